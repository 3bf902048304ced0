"""Who judges the inboxes: hotline.<id>.v1 in; reports.v1, outcomes.v1, quarantine.v1 out.

What is not accepted its hotline is told at once, in hotline.<id>.out.v1.

What hosters answer on their own pages (answers.v1) comes in beside them.

The ids that were accepted before are held per partition. They are read from outcomes.v1 when a
partition is assigned: a record and its outcome have one key, so the accepted ids of partition p of
every inbox stand in partition p of outcomes.v1.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from msgspec.structs import replace

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.geo.host_locator import Registered
from agents.edges.metrics.feed_metrics import FeedDelays
from agents.engine.consume.poison_records import Guard, taken
from agents.engine.fault_points import FaultPoint, fault_point
from agents.engine.observe.ownership import OWNERSHIP
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Outbox, Received, Send, UnreadableInboxBatch
from agents.errors import UserError
from agents.stages.intake.accepted_ids import AcceptedIdFiles
from agents.stages.intake.told_outcomes import told_outcomes
from schemas.closed_lists import Guess
from schemas.codec import OUTCOME, QUARANTINED, REPORTS_ENTRY
from schemas.identity.partitions import partitions_of
from schemas.records.processing import Origin
from schemas.records.reports import OWN_PAGE, HotlineId
from schemas.topics import ANSWERS, GUESS_HEADER, HOTLINE, OUTCOMES, QUARANTINE, REPORTS
from streams.intake.accepted_ids import AcceptedIdIndex, OldLedger
from streams.intake.entries import KeyOperations
from streams.intake.hoster_answers import judge_answer
from streams.intake.judgement import Inbound, Judgement, RecordAdmission
from streams.intake.unreadable_batch import unreadable_batch_judgement

_MIGRATE: Final = (
    "the ledger is of version 1: stop all workers and copy it with `hostwatch topics migrate`"
)
_GUESSES: Final = {doubt.value.encode(): doubt for doubt in Guess}


class IntakeStage:
    """The stage.

    Args:
        settings: broker and partitions.
        keyring: seals and hashes.
        registry: started by the caller, stopped by the caller.
        outbox: writes what follows.
        hotlines: ids whose inboxes are read from the start.
        guard: knows what is set aside, and names a record that stops it; None = nothing is.
    """

    role = "intake"
    topics_change = True
    pooled = False
    concurrency = 1

    def __init__(
        self,
        settings: Settings,
        keyring: Keyring,
        registry: Registered,
        outbox: Outbox,
        hotlines: Sequence[HotlineId],
        *,
        guard: Guard | None = None,
    ) -> None:
        """Remember nothing yet."""
        self._hotlines: dict[str, HotlineId] = {ANSWERS.name: OWN_PAGE}
        self._left: frozenset[HotlineId] = frozenset()
        self.topics: Sequence[str] = ()
        self.subscribe(hotlines)
        self.feed_delays = FeedDelays()
        self._settings = settings
        self._registry = registry
        self._outbox = outbox
        self._guard = guard
        self._accepted: dict[int, AcceptedIdIndex] = {}
        self._kept = AcceptedIdFiles(settings)
        self._keyring = keyring
        hasher = keyring.hasher
        keys = KeyOperations(url_key=hasher.url_key, hash=hasher, seal=keyring.seal_bytes)
        self._admission = RecordAdmission(keys=keys, partitions=settings.kafka.partitions)

    @property
    def hotlines(self) -> frozenset[HotlineId]:
        """Return the ids of those whose inboxes are read."""
        return frozenset(self._hotlines.values()) - self._left - {OWN_PAGE}

    def subscribe(self, hotlines: Iterable[HotlineId]) -> None:
        """Read the inboxes of these hotlines too, from the next second on."""
        hotlines = frozenset(hotlines)
        self._hotlines |= {HOTLINE.named(id): id for id in hotlines}
        self._left -= hotlines
        self._name_topics()

    def unsubscribe(self, hotlines: Iterable[HotlineId]) -> None:
        """Read the inboxes of these hotlines no more; what was fetched of them is judged still."""
        self._left |= frozenset(hotlines)
        self._name_topics()

    def _name_topics(self) -> None:
        self.topics = tuple(sorted(t for t, id in self._hotlines.items() if id not in self._left))

    async def assigned(self, partitions: frozenset[int]) -> None:
        """Read the accepted ids of newly owned partitions from the outcomes.

        Raises:
            UserError: the ledger was written by an earlier release.
        """
        ours = frozenset(p for p in partitions if p < self._settings.kafka.partitions)
        accepted, since = await self._kept.open(ours)
        accepted |= {partition: AcceptedIdIndex() for partition in partitions - ours}

        def learn(record: Received) -> None:
            try:
                accepted[record.partition].learn(OUTCOME.decode(record.value))
            except OldLedger:
                raise UserError(_MIGRATE) from None

        async for records in read_partitions(
            self._settings, OUTCOMES.name, ours, partial(OWNERSHIP.loading, self.role), since
        ):
            read_to: dict[int, int] = {}
            for record in records:
                await taken(self._guard, record, learn)
                read_to[record.partition] = record.offset + 1
            for partition, position in read_to.items():
                await self._kept.keep(partition, accepted[partition], position)
        self._accepted.update(accepted)

    async def revoked(self, partitions: frozenset[int]) -> None:
        """Forget partitions that are no longer owned."""
        for partition in partitions:
            self._accepted.pop(partition, None)
        self._kept.close(partitions)

    async def handle(self, records: Sequence[Received]) -> None:
        """Judge records of one partition of the inboxes and write all that follows, in one go."""
        registry_history = self._registry.registry_history
        accepted = self._accepted[records[0].partition]
        times = [record.appended_at for record in records]
        await self._keyring.ready(min(times), max(times))
        first, last = registry_history.at(min(times)), registry_history.at(max(times))
        shared = first if first is last else None  # nearly always one registry holds for all
        judgements: list[Judgement] = []
        homes = partitions_of([record.key for record in records], self._admission.partitions)
        for record, home in zip(records, homes, strict=True):
            hotline = self._hotlines[record.topic]
            if isinstance(record, UnreadableInboxBatch):
                judgements.append(self._of_unreadable(record, hotline))
                continue
            snapshot = shared or registry_history.at(record.appended_at)
            inbound = Inbound(
                hotline=hotline,
                origin=_place(record),
                key=record.key,
                value=record.value or b"",  # a tombstone says nothing, so it is malformed
                home=home,
            )
            judgement = (
                judge_answer(self._admission, inbound, accepted)
                if hotline is OWN_PAGE
                else self._admission.judge(inbound, snapshot, accepted)
            )
            accepted.learn(judgement.outcome)
            judgements.append(_flagged(judgement, record) if record.headers else judgement)
        fault_point(FaultPoint.JUDGED)
        await self._write([record.key for record in records], judgements)
        await self._kept.keep(records[0].partition, accepted)
        self.feed_delays.add([judgement.entry for judgement in judgements])

    def _of_unreadable(self, record: UnreadableInboxBatch, hotline: HotlineId) -> Judgement:
        return unreadable_batch_judgement(
            hotline, _origin(record), record.fault, record.digest, self._admission.keys.hash
        )

    async def set_aside(self, records: Sequence[Received]) -> None:
        """Write the outcomes of records that two persons set aside."""
        outcomes = [
            self._admission.set_aside(self._hotlines[record.topic], _origin(record), record.key)
            for record in records
        ]
        judgements = [Judgement(outcome=outcome) for outcome in outcomes]
        await self._write([record.key for record in records], judgements)

    async def _write(self, keys: Sequence[bytes], judgements: Sequence[Judgement]) -> None:
        """Write all that follows from judgements, and what hotlines are told of them."""
        sends = sends_of(judgements, self._admission.partitions)
        sends += told_outcomes(keys, [judgement.outcome for judgement in judgements])
        await self._outbox.send(sends)


def sends_of(judgements: Sequence[Judgement], partitions: int) -> list[Send]:
    """Return what is written for judgements: entries and quarantined records, then outcomes.

    An outcome lies in the partition that its record lay in, whatever its key hashes to; where
    the ledger has no such partition, in the one that its key hashes to.

    Args:
        judgements: of a list.
        partitions: of the ledger.
    """
    entries = [judgement.entry for judgement in judgements if judgement.entry is not None]
    keys = [entry.url_key.encode() for entry in entries]
    sends = [
        Send(REPORTS.name, key, REPORTS_ENTRY.encode(entry), partition=partition)
        for key, entry, partition in zip(
            keys, entries, partitions_of(keys, partitions), strict=True
        )
    ]
    for judgement in judgements:
        if judgement.quarantined is not None:
            key, value = (
                judgement.outcome.hotline.encode(),
                QUARANTINED.encode(judgement.quarantined),
            )
            sends.append(Send(QUARANTINE.name, key, value))
    for judgement in judgements:
        outcome = judgement.outcome
        key, value = outcome.record_id.encode(), OUTCOME.encode(outcome)
        there = outcome.origin.partition  # an inbox may have been given more than the ledger has
        home = there if there < partitions else None
        sends.append(Send(OUTCOMES.name, key, value, partition=home))
    return sends


def _place(record: Received) -> Origin:
    return Origin(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        appended_at=record.appended_at,
    )


def _origin(record: Received) -> Origin:
    """Return where a record stood, or the records of a batch that cannot be read."""
    origin = _place(record)
    return (
        replace(origin, last_offset=record.last_offset)
        if isinstance(record, UnreadableInboxBatch)
        else origin
    )


def _flagged(judgement: Judgement, record: Received) -> Judgement:
    """Return a judgement with what the record's sender guessed of it."""
    said = dict(record.headers).get(GUESS_HEADER)
    doubt = _GUESSES.get(said or b"")
    return (
        replace(judgement, outcome=replace(judgement.outcome, doubt=doubt)) if doubt else judgement
    )
