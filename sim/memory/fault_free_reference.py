"""The same once more without faults: what a run came to must be what its inputs say by themselves.

An intake that never dies judges the inboxes' records in their order. A lifecycle is handed the
whole ledger once, shuffled, and folds it. A rollup reads figures off that. What
the run's own stages made of the same inputs, with all that went wrong, must be equal to it.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from agents.engine.stage import Received
from agents.stages.rollup.stage import RollupStage
from agents.tools.verification.published import PublishedState
from schemas.codec import DECISION, FACT, OUTCOME, POSITION, REPORTS_ENTRY, STATE, Codec
from schemas.moments import Instant
from schemas.records.case import POSITION_KEY
from schemas.records.processing import Origin
from schemas.records.reports import OWN_PAGE
from schemas.topics import ANSWERS, CASES, DECISIONS, FACTS, HOTLINE, OUTCOMES, REPORTS
from sim.memory.broker.broker import PARTITIONS, Broker, partition_of_key
from sim.memory.stages.secrets import SECRETS
from streams import lifecycle
from streams.intake.accepted_ids import AcceptedIdIndex
from streams.intake.hoster_answers import judge_answer
from streams.intake.judgement import Inbound, Judgement, RecordAdmission
from streams.lifecycle.events.event_union import Happened
from streams.registry.snapshot import RegistryHistory
from streams.rollup.case_figures import totals
from streams.rollup.case_table import CaseTable
from streams.rollup.figures import HosterFigures
from streams.rollup.incremental_figures import FiguresByGroup
from streams.rollup.intake_counts import IntakeTally
from verify.compared.compare import cases_differ
from verify.ledger.records import LedgerRecord, url_records
from verify.method_10.cases import cases

ADMISSION: Final = RecordAdmission(keys=SECRETS, partitions=PARTITIONS)
_PREFIX, _SUFFIX = HOTLINE.name.split("{id}")
_LEDGER: Final = ((REPORTS, REPORTS_ENTRY), (FACTS, FACT), (DECISIONS, DECISION))


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultFreeReference:
    """What stands on a broker at the end of a run.

    Attributes:
        broker: where it stands.
        registry_history: the registry, as it was at any time.
        hotlines: whose inboxes there are.
        ledger: everything that was written of each URL, with append times.
        records: the newest record of each URL in `cases.v1`.
    """

    broker: Broker
    registry_history: RegistryHistory
    hotlines: Sequence[str]
    ledger: "LedgerByUrl" = field(repr=False)
    records: Mapping[str, bytes] = field(repr=False)

    def differences(self, replicas: Sequence[RollupStage], rng: random.Random) -> int:
        """Return how much is another than without faults: outcomes, entries, states, figures.

        Args:
            replicas: rollups that have read all there is.
            rng: in which order the ledger is folded.
        """
        table, tally = CaseTable(), IntakeTally()
        found = self._intake(tally) + self._unread()
        as_of = min(replica.view.as_of for replica in replicas)
        for key, happened in self.ledger.items():
            again = list(happened)
            rng.shuffle(again)
            value = STATE.encode(lifecycle.advance(key, None, again))
            found += value != self.records.get(key)
            table.put_record(bytes.fromhex(key), value, as_of)
        found += len(self.records.keys() - self.ledger.keys())
        figures_by_group = FiguresByGroup(table, anew=0)
        steps = figures_by_group.prepare(sorted(table.groups()), as_of)
        expected = [one for step in steps if (one := figures_by_group.moved(step)) is not None]
        expected += totals(expected, as_of)
        for replica in replicas:
            view = replica.view
            found += view.as_of != as_of
            found += _unlike([*view.figures, *view.totals], expected)
            found += view.intake != tally.counts()
        return found

    def read_otherwise(self, as_of: Instant) -> int:
        """Return how many URLs have other cases by the second reading of the rules (`verify`).

        Args:
            as_of: the instant that cases are compared for.
        """
        return sum(
            any(
                cases_differ(
                    key,
                    cases(url_records(key, self.ledger.written(key)), as_of),
                    PublishedState.of(value).cases(as_of),
                )
            )
            for key, value in self.records.items()
        )

    def _intake(self, tally: IntakeTally) -> int:
        """Return how many records have another outcome or entry than they must."""
        outcomes: defaultdict[tuple[str, int, int], set[bytes | None]] = defaultdict(set)
        for record in self.broker.read(OUTCOMES.name):
            origin = OUTCOME.decode(record.value).origin
            outcomes[origin.topic, origin.partition, origin.offset].add(record.value)
        entries = {record.value for record in self.broker.read(REPORTS.name)}
        found = 0
        for topic in (ANSWERS.name, *map(HOTLINE.named, self.hotlines)):
            for partition in range(PARTITIONS):
                memory = AcceptedIdIndex()
                for record in self.broker.log(topic, partition).records:
                    said = judged(record, self.registry_history, memory)
                    place = (record.topic, record.partition, record.offset)
                    found += outcomes.pop(place, set()) != {OUTCOME.encode(said.outcome)}
                    tally.add(said.outcome)
                    if said.entry is not None:
                        value = REPORTS_ENTRY.encode(said.entry)
                        found += value not in entries
                        entries.discard(value)
        return found + len(outcomes) + len(entries)

    def _unread(self) -> int:
        """Return how many partitions of the ledger are not folded to their end."""
        found = 0
        for partition in range(PARTITIONS):
            ends = {
                spec.name: end
                for spec, _ in _LEDGER
                if (end := self.broker.log(spec.name, partition).end)
            }
            found += _position(self.broker, partition) != ends
        return found


class LedgerByUrl(Mapping[str, Sequence[Happened]]):
    """Everything that was written of each URL, in order; decoded when it is asked for.

    A record takes four times the room when it is decoded, and there can be millions.

    Args:
        broker: where it stands.
    """

    def __init__(self, broker: Broker) -> None:
        self._written: defaultdict[str, list[tuple[Codec[Any], Received]]] = defaultdict(list)
        for spec, codec in _LEDGER:
            for record in broker.read(spec.name):
                self._written[record.key.decode()].append((codec, record))

    def __getitem__(self, url_key: str) -> list[Happened]:
        if url_key not in self._written:
            raise KeyError(url_key)
        return [
            (codec.decode(record.value), record.appended_at)
            for codec, record in self._written[url_key]
        ]

    def written(self, url_key: str) -> list[LedgerRecord]:
        """Return everything that was written of a URL, as it lies in the ledger."""
        return [
            LedgerRecord(record.topic, record.offset, record.appended_at, record.value or b"")
            for _, record in self._written.get(url_key, ())
        ]

    def many(self, url_key: str, at: Instant) -> int:
        """Return how much had been written of a URL by an instant, without decoding it."""
        return sum(record.appended_at <= at for _, record in self._written.get(url_key, ()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


def newest(broker: Broker) -> dict[str, bytes]:
    """Return the newest record of each URL in `cases.v1`."""
    return {
        record.key.decode(): record.value
        for record in broker.read(CASES.name)
        if record.value is not None and not record.key.startswith(POSITION_KEY)
    }


def _position(broker: Broker, partition: int) -> Mapping[str, int]:
    said: Sequence[Received] = broker.log(CASES.name, partition).records
    found = next((r for r in reversed(said) if r.key.startswith(POSITION_KEY)), None)
    return {} if found is None else POSITION.decode(found.value).offsets


def _unlike(found: Sequence[HosterFigures], expected: Sequence[HosterFigures]) -> int:
    """Return how many hosters have other figures."""
    names = Counter((one.hoster, one.role) for one in (*found, *expected))
    mine = {(one.hoster, one.role): one for one in found}
    theirs = {(one.hoster, one.role): one for one in expected}
    return sum(mine.get(name) != theirs.get(name) for name in names)


def judged(
    record: Received, registry_history: RegistryHistory, memory: AcceptedIdIndex
) -> Judgement:
    """Judge a record and remember what became of it.

    Args:
        record: as it stands in the inbox, or in `answers.v1`.
        registry_history: the registry, as it was at any time.
        memory: what was accepted before.
    """
    answered = record.topic == ANSWERS.name
    hotline = record.topic.removeprefix(_PREFIX).removesuffix(_SUFFIX)
    inbound = Inbound(
        hotline=OWN_PAGE if answered else hotline,
        origin=Origin(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            appended_at=record.appended_at,
        ),
        key=record.key,
        value=record.value or b"",
        home=partition_of_key(record.key),
    )
    found = (
        judge_answer(ADMISSION, inbound, memory)
        if answered
        else ADMISSION.judge(inbound, registry_history.at(record.appended_at), memory)
    )
    memory.learn(found.outcome)
    return found
