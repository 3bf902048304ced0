"""One run in memory: a world of some days, worked off, judged by the oracle and folded again."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from agents.config import ProbeSettings, VantageSettings
from agents.orders import Orders
from schemas.codec import STATE
from schemas.facts import Attribution
from schemas.ids import canonical, partition_of
from schemas.ledger import LedgerEntry, ReportAccepted
from schemas.moments import DAY_MS, HOUR_MS, SECOND_MS, Instant
from sim.answers import AGENT_MARK, Monitor
from sim.evidence import Evidence
from sim.findings import Finding
from sim.made import looks_made, placed_at
from sim.memory.faults import Faults
from sim.memory.inboxes import PARTITIONS, Inboxes
from sim.memory.looks import Eye
from sim.memory.partition import Partition
from sim.memory.places import Places, attribution
from sim.memory.prober import Prober
from sim.memory.scenarios import CALM, Scenario
from sim.memory.secrets import key_of, opened
from sim.oracle import Oracle, Sentence
from sim.world import WORLD_START, World
from streams import lifecycle
from streams.casetable import URL_CASES
from streams.hosters import HosterIndex
from streams.lifecycle.fold import Happened
from streams.registry import Book

PORT: Final = 18_080
SETTLE_MS: Final = 2 * HOUR_MS
"""After the hotlines stopped: what was true then is confirmed within the hour, and written."""

RESOLVED_MS: Final = 2 * SECOND_MS
"""From a report to the fact of where it is."""

_VANTAGES: Final = (
    VantageSettings(id="announced", asn=64_496, source_address="127.0.1.1"),
    VantageSettings(id="quiet", asn=64_497, announced=False, source_address="127.0.2.1"),
    VantageSettings(
        id="hidden", asn=64_498, announced=False, recheck=True, source_address="127.0.3.1"
    ),
)
_MONITOR: Final = Monitor(
    announced=frozenset({"127.0.1.1"}), quiet=frozenset({"127.0.2.1"})
)  # nobody knows the hidden one


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a run came to.

    Attributes:
        reports: accepted.
        sentence: what the oracle says.
        differences: URLs whose state is another when their ledger is folded again, at once and
            in another order.
        crashes: of owners.
        world: what is true.
        evidence: what stands in Kafka.
        ledger: everything that was written of each URL, with the instants it was appended at.
    """

    reports: int
    sentence: Sentence
    differences: int
    crashes: int
    world: World = field(repr=False, compare=False)
    evidence: Evidence = field(repr=False, compare=False)
    ledger: Mapping[str, Sequence[Happened]] = field(repr=False, compare=False)

    @property
    def lost(self) -> int:
        """Accepted reports and URLs that are nowhere, and records with another fate."""
        found = self.sentence.findings
        return sum(found.get(f, 0) for f in (Finding.UNACCOUNTED, Finding.LOST, Finding.INTAKE))

    @property
    def doubled(self) -> int:
        """URLs with another case than the one they should have."""
        return self.sentence.findings.get(Finding.MISPLACED, 0)

    @property
    def wrong_intervals(self) -> int:
        """Intervals (L, R] without the true removal in them."""
        return self.sentence.findings.get(Finding.WRONG_INTERVAL, 0)

    @property
    def ok(self) -> bool:
        """All properties hold."""
        return self.sentence.ok and not self.differences


def play(scenario: Scenario, seed: int, days: float) -> Played:
    """Run a world and judge it.

    Args:
        scenario: who takes part, and what goes wrong.
        seed: of the world and of the faults.
        days: how long the hotlines report.
    """
    world = World(scenario.plan(seed, PORT))
    told_until = WORLD_START + int(days * DAY_MS)
    world.extend(told_until + DAY_MS)
    book = Book(scenario.registry())
    inboxes = Inboxes(book)
    places = _places(world, book)
    partitions = [_partition(scenario, seed, number, places) for number in range(PARTITIONS)]
    for entry in inboxes.take(world.events(WORLD_START - 1, told_until)):
        partition = partitions[partition_of(entry.url_key.encode(), PARTITIONS)]
        for happened in _written(entry, places):
            partition.write(happened)
    for partition in partitions:
        partition.work(WORLD_START, told_until + SETTLE_MS)
        partition.finish()
    evidence = _evidence(partitions, inboxes, told_until)
    sentence = _judged(world, evidence, by_timetable=scenario.weather == CALM)
    return Played(
        reports=sum(len(url.reports) for url in evidence.urls.values()),
        sentence=sentence,
        differences=sum(_differing(p, random.Random(f"{seed}/again")) for p in partitions),
        crashes=sum(partition.crashes for partition in partitions),
        world=world,
        evidence=evidence,
        ledger={key: found for p in partitions for key, found in p.ledger.items()},
    )


def _judged(world: World, evidence: Evidence, *, by_timetable: bool) -> Sentence:
    """Return what the oracle says; where nothing goes wrong the timetable has to be kept, too."""
    oracle = Oracle(world=world, key_of=key_of)
    sentence = oracle.judge(evidence)
    if not (sentence.ok and by_timetable):
        return sentence
    strict = oracle.judge(replace(evidence, looks=None))
    return sentence if strict.ok else strict


def _places(world: World, book: Book) -> Places:
    snapshot = book.at(WORLD_START)
    return Places(
        world=world,
        snapshot=snapshot,
        index=HosterIndex(snapshot.hosters),
        hosters={hoster.id: hoster for hoster in world.plan.hosters},
    )


def _partition(scenario: Scenario, seed: int, number: int, places: Places) -> Partition:
    chance = random.Random(f"{seed}/partition/{number}")
    return Partition(
        probers={vantage.id: _prober(vantage, places, scenario) for vantage in _VANTAGES},
        orders=Orders(_VANTAGES, ProbeSettings(recheck_share=1.0)),
        faults=Faults(scenario.weather, chance),
    )


def _prober(vantage: VantageSettings, places: Places, scenario: Scenario) -> Prober:
    eye = Eye(
        world=places.world,
        monitor=_MONITOR,
        places=places,
        hosters={hoster.address: hoster for hoster in scenario.hosters},
        source=vantage.source_address or "",
        agent=AGENT_MARK if vantage.announced else "ordinary",
    )
    return Prober(vantage, eye)


def _written(
    entry: LedgerEntry, places: Places
) -> Iterator[tuple[LedgerEntry | Attribution, Instant]]:
    """Yield what a record brings to the ledger: its entry, and for a report where it is."""
    at = entry.received_at
    yield entry, at
    if isinstance(entry, ReportAccepted):
        led = places.find(canonical(opened(entry.sealed)).host, at)
        found_at = at + RESOLVED_MS
        inclusions = places.snapshot.inclusions
        yield attribution(entry.url_key, "attribution", led, found_at, inclusions), found_at


def _evidence(partitions: Sequence[Partition], inboxes: Inboxes, told_until: Instant) -> Evidence:
    records = {key: raw for partition in partitions for key, raw in partition.records.items()}
    states = {key: STATE.decode(raw) for key, raw in records.items()}
    return Evidence(
        as_of=told_until,
        told_until=told_until,
        read_at=told_until + SETTLE_MS,
        urls={key: URL_CASES.decode(raw) for key, raw in records.items()},
        outcomes=inboxes.outcomes,
        looks={key: looks_made(state) for key, state in states.items()},
        placed={key: placed_at(state) for key, state in states.items()},
        vantages=tuple(vantage.id for vantage in _VANTAGES if not vantage.recheck),
        hidden=tuple(vantage.id for vantage in _VANTAGES if vantage.recheck),
    )


def _differing(partition: Partition, chance: random.Random) -> int:
    """Return how many URLs have another state when their ledger is folded again.

    Their records come at once, shuffled, some of them twice.
    """
    found = 0
    for key, happened in partition.ledger.items():
        again = [*happened, *chance.sample(happened, len(happened) // 4)]
        chance.shuffle(again)
        found += lifecycle.advance(key, None, again) != STATE.decode(partition.records[key])
    return found
