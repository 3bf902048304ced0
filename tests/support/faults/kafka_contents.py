"""What stands in Kafka after a run, and the laws it must keep whatever happened on the way."""

import operator
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec
from fault_story import DAILY
from fault_world import FaultWorld

from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received
from schemas.closed_lists import Result
from schemas.codec import DECISION, FACT, OUTCOME, POSITION, REPORTS_ENTRY, STATE
from schemas.records.case import UrlState
from schemas.records.processing import OutcomeRecord
from schemas.topics import CASES, DECISIONS, FACTS, OUTCOMES, REPORTS
from streams import lifecycle
from streams.lifecycle.events.event_union import Happened

_POSITION: Final = b"position/"
_CODECS: Final[Mapping[str, Any]] = {
    REPORTS.name: REPORTS_ENTRY,
    FACTS.name: FACT,
    DECISIONS.name: DECISION,
}
_WHEN: Final = frozenset({"received_at", "opened_at", "norm_probes", "checked", "told_again"})
"""What of a case depends on when the broker took the records of a `daily` hotline.

So does which probes around a norm were planned, since none is before the case was opened, and which
a check or a word after an end brought.
"""


@dataclass(slots=True)
class KafkaContents:
    """All records of a run that count, as a reader of committed records finds them.

    Attributes:
        outcomes: by origin; all that were written.
        entries: (hotline, record id) of the ledger's entries.
        ledger: what happened to each URL, with append times.
        written: states of each URL in the order in which they were written.
        positions: positions of each partition in the order in which they were written.
    """

    outcomes: dict[tuple[str, int, int], list[OutcomeRecord]] = field(
        default_factory=lambda: defaultdict(list)
    )
    entries: Counter[tuple[str, str]] = field(default_factory=Counter)
    ledger: dict[str, list[Happened]] = field(default_factory=lambda: defaultdict(list))
    written: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    positions: dict[int, list[dict[str, int]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    async def read(cls, world: FaultWorld) -> "KafkaContents":
        """Read them all."""
        books = cls()
        async for record in _all(world, OUTCOMES.name):
            outcome = OUTCOME.decode(record.value)
            origin = outcome.origin
            books.outcomes[origin.topic, origin.partition, origin.offset].append(outcome)
        for topic, codec in _CODECS.items():
            async for record in _all(world, topic):
                entry = codec.decode(record.value)
                books.ledger[record.key.decode()].append((entry, record.appended_at))
                if topic == REPORTS.name:
                    books.entries[entry.hotline, entry.record_id] += 1
        async for record in _all(world, CASES.name):
            if record.key.startswith(_POSITION):
                position = POSITION.decode(record.value)
                books.positions[position.partition].append(position.offsets)
            else:
                books.written[record.key.decode()].append(record.value)
        return books

    def states(self) -> dict[str, UrlState]:
        """Return the newest state of every URL that has one."""
        return {key: STATE.decode(values[-1]) for key, values in self.written.items()}

    def outcomes_by_record(self) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """Return what became of the records of each (hotline, record id), one per origin."""
        found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for outcome, *_ in self.outcomes.values():
            reason = outcome.reason.value if outcome.reason else ""
            found[outcome.hotline, outcome.record_id].append((outcome.result.value, reason))
        return {name: sorted(outcomes) for name, outcomes in found.items()}

    def lost(self) -> int:
        """Return how many accepted reports stand in no state."""
        accepted = {
            (found[0].hotline, found[0].record_id)
            for found in self.outcomes.values()
            if found[0].type == "report" and found[0].result is Result.ACCEPTED
        }
        return len(accepted - self._counted().keys())

    def doubled(self) -> int:
        """Return how many times more than once reports stand in the states."""
        counted = self._counted()
        return counted.total() - len(counted)

    def _counted(self) -> Counter[tuple[str, str]]:
        return Counter(
            (report.hotline, report.record_id)
            for state in self.states().values()
            for report in state.reports
        )

    def repeated(self) -> int:
        """Return how many outcomes were written more than once; no figure may show it."""
        return sum(len(found) - 1 for found in self.outcomes.values())


async def _all(world: FaultWorld, topic: str) -> AsyncIterator[Received]:
    partitions = range(world.settings.kafka.partitions)
    async for records in read_partitions(world.settings, topic, partitions):
        for record in records:
            yield record


def faults(books: KafkaContents, world: FaultWorld) -> Iterator[str]:
    """Yield what is wrong, a line each: something lost, doubled, or not the fold of the ledger."""
    sent = sum(count for topic, count in world.fed.items() if topic.startswith("hotline."))
    if len(books.outcomes) != sent:
        yield f"{sent} records were sent and {len(books.outcomes)} have an outcome"
    several = sum(any(o != found[0] for o in found) for found in books.outcomes.values())
    if several:
        yield f"{several} records have outcomes that differ"
    accepted = {
        (found[0].hotline, found[0].record_id)
        for found in books.outcomes.values()
        if found[0].result is Result.ACCEPTED
    }
    lost, invented = accepted - set(books.entries), set(books.entries) - accepted
    if lost or invented:
        yield f"{len(lost)} accepted records are not in the ledger, {len(invented)} others are"
    yield from _misfolded(books)
    yield from _went_back(books)


def _misfolded(books: KafkaContents) -> Iterator[str]:
    """Compare every state, byte for byte, with the fold of all that the ledger holds."""
    missing = books.ledger.keys() - books.written.keys()
    if missing:
        yield f"{len(missing)} URLs of the ledger have no state"
    wrong = [
        key
        for key, happened in books.ledger.items()
        if key in books.written
        and STATE.encode(lifecycle.advance(key, None, happened)) != books.written[key][-1]
    ]
    if wrong:
        yield f"{len(wrong)} states are not the fold of the ledger, such as {wrong[0]}"


def _went_back(books: KafkaContents) -> Iterator[str]:
    """Look for a state or position that is older than the one written before it."""
    shrunk = [key for key, values in books.written.items() if not _grows(map(_events, values))]
    if shrunk:
        yield f"{len(shrunk)} states were followed by older ones, such as {shrunk[0]}"
    for partition, positions in books.positions.items():
        for topic in {topic for offsets in positions for topic in offsets}:
            if not _grows(offsets.get(topic, 0) for offsets in positions):
                yield f"the position of partition {partition} in {topic} went back"


def _events(value: bytes) -> int:
    """Return how many events a state holds; it never holds fewer than before."""
    state = STATE.decode(value)
    sets = (
        state.reports,
        state.notices,
        state.withdrawals,
        state.checks,
        state.answers,
        state.attributions,
        state.decisions,
    )
    return sum(map(len, sets)) + sum(len(track.observations) for track in state.tracks)


def _grows(counts: Iterable[int]) -> bool:
    last = 0
    for count in counts:
        if count < last:
            return False
        last = count
    return True


def comparable(state: UrlState) -> Any:
    """Return what two runs with the same input must agree on to the letter.

    That is the whole state, except what is sealed: that is never the same twice. Of a URL of the
    `daily` hotline it is the cases, except when the broker took the records.
    """
    placements = tuple(msgspec.structs.replace(one, address="") for one in state.placements)
    bare = msgspec.structs.replace(state, sealed="", placements=placements)
    found = msgspec.json.decode(msgspec.json.encode(bare))
    if all(report.hotline != DAILY for report in state.reports):
        return found
    return [_timeless(case) for case in found["cases"]]


def _timeless(case: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in case.items() if name not in _WHEN}
    for name in ("phases", "unnoticed"):
        kept[name] = [outcome for _, outcome in case.get(name, ())]
    return kept


class Ends(NamedTuple):
    """What a run ends with: comparable states by URL, outcomes by (hotline, record id)."""

    states: Mapping[str, Any]
    outcomes: Mapping[tuple[str, str], list[tuple[str, str]]]


def _alike(outcomes: list[tuple[str, str]], others: list[tuple[str, str]]) -> bool:
    duplicate = {(Result.DUPLICATE.value, "")}
    return set(outcomes) - duplicate == set(others) - duplicate


def differences(books: KafkaContents, ends: Ends, *, repeats: bool) -> Iterator[str]:
    """Yield where states and outcomes differ from those of an undisturbed run of the same input.

    Args:
        books: of the run.
        ends: of the undisturbed one.
        repeats: records were sent more often than there.
    """
    outcomes = books.outcomes_by_record()
    same = _alike if repeats else operator.eq
    others = [
        name for name, found in outcomes.items() if not same(found, ends.outcomes.get(name, []))
    ]
    if others:
        yield f"{len(others)} record ids had other outcomes in the undisturbed run"
    states, undisturbed = books.states(), ends.states
    absent = [key for key in states if key not in undisturbed]
    if absent:
        yield f"{len(absent)} URLs are unknown to the undisturbed run"
    other = [
        key
        for key, state in states.items()
        if key in undisturbed and comparable(state) != undisturbed[key]
    ]
    if other:
        yield f"{len(other)} URLs differ from the undisturbed run, such as {other[0]}"
