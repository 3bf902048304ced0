"""One partition of the ledger, folded up to the end of the watch: its cases of the cohort.

Only URLs that may have a case of the cohort are folded, and of the others no fact is kept.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received
from agents.errors import UserError
from agents.tools.report.reading.two_methods import ByTwo, TwoMethods
from agents.tools.verification.signed import Signed
from schemas.codec import Rejected
from schemas.identity.ids import Hash
from schemas.moments import DAY_MS, Instant
from schemas.records.case import UrlState
from schemas.topics import DECISIONS, FACTS, OF_A_URL, REPORTS
from streams import lifecycle
from streams.lifecycle.state_table import EXPIRY_MS
from streams.report.cohort import Cohort
from streams.report.known_by import is_known_by
from streams.report.published_case import PublishedCase
from streams.report.published_state import published_of
from verify.ledger.records import LedgerRecord

MARGIN_MS: Final = EXPIRY_MS + 31 * DAY_MS
"""A case that nobody spoke of for so long has expired, and no clock of it begins any more."""


class PartitionCases(Struct, kw_only=True):
    """What a partition gives.

    Attributes:
        cases: of the cohort, hosters by their ids.
        left_out: cases of the period that are not published, by reason.
        two: the same period by two methods; None = nobody asked.
    """

    cases: list[PublishedCase] = []
    left_out: dict[str, int] = {}
    two: ByTwo | None = None


class _Times(Struct):
    """The times that an entry of `reports.v1` may say."""

    received_at: Instant | None = None
    reported_at: Instant | None = None
    seen_at: Instant | None = None
    noticed_at: Instant | None = None
    withdrawn_at: Instant | None = None
    checked_at: Instant | None = None
    answered_at: Instant | None = None


_TIMES: Final = msgspec.json.Decoder(_Times)


class PartitionTask(NamedTuple):
    """What is to be read of a partition.

    Attributes:
        ends: the next offset of each topic of the ledger; what stands there is read no more.
        signed: what two persons signed.
        methods: two methods that lay the period side by side; None = nobody asked.
    """

    settings: Settings
    partition: int
    ends: Mapping[str, int]
    signed: Signed
    cohort: Cohort
    methods: tuple[str, str] | None = None


async def part_of(task: PartitionTask) -> PartitionCases:
    """Read a partition up to its position and fold it.

    Raises:
        UserError: a record cannot be read.
        KafkaError, TimeoutError: the broker failed.
    """
    written: dict[bytes, list[LedgerRecord]] = {}
    times: dict[bytes, tuple[Instant, Instant]] = {}
    async with aclosing(_records(task, REPORTS.name)) as records:
        async for record in records:
            key = record.key
            times[key] = _widened(times.get(key), record)
            written.setdefault(key, []).append(_written(record))
    written = {key: of for key, of in written.items() if _may_count(times[key], task.cohort)}
    for topic in (FACTS.name, DECISIONS.name):
        async with aclosing(_records(task, topic)) as records:
            async for record in records:
                own = written.get(record.key)
                if own is not None:
                    own.append(_written(record))
    return _folded(written, task)


def _folded(written: dict[bytes, list[LedgerRecord]], task: PartitionTask) -> PartitionCases:
    hash = Keyring.load(task.settings.key_file).hasher
    part, reasons = PartitionCases(cases=[], left_out={}), Counter[str]()
    two = None if task.methods is None else TwoMethods(task.methods, task.cohort, hash)
    while written:
        key, records = written.popitem()
        try:
            happened = [(OF_A_URL[one.topic].decode(one.value), one.appended_at) for one in records]
            state = lifecycle.advance(key.decode(), None, happened)
            _take(state, (task.cohort, hash), part, reasons)
            if two is not None:
                two.url(key.decode(), records, state)
        except (Rejected, msgspec.DecodeError):
            raise UserError(
                "a record of the ledger cannot be read; `hostwatch verify` names it"
            ) from None
    part.left_out = dict(sorted(reasons.items()))
    part.cases.sort(key=lambda one: one.case)
    if two is not None:
        part.two = two.found
    return part


def _take(
    state: UrlState,
    by: tuple[Cohort, Hash],
    part: PartitionCases,
    reasons: "Counter[str]",
) -> None:
    cohort, hash = by
    for one in published_of(state, cohort, hash):
        if isinstance(one, str):
            reasons[one] += 1
        else:
            part.cases.append(one)


async def _records(task: PartitionTask, topic: str) -> AsyncGenerator[Received, None]:
    """Yield what counts of a topic's records before the position, and of the watch."""
    end = task.ends.get(topic, 0)
    if not end:
        return
    async with aclosing(read_partitions(task.settings, topic, (task.partition,))) as pieces:
        async for records in pieces:
            for record in records:
                if record.offset >= end:
                    return
                known = is_known_by(topic, record.appended_at, task.cohort.as_of)
                if known and task.signed.passes(record):
                    yield record
            if records and records[-1].next_offset >= end:
                return


def _written(record: Received) -> LedgerRecord:
    return LedgerRecord(record.topic, record.offset, record.appended_at, record.value or b"")


def _widened(known: tuple[Instant, Instant] | None, record: Received) -> tuple[Instant, Instant]:
    """Return the first and last instant that entries of a URL speak of."""
    try:
        said = msgspec.structs.astuple(_TIMES.decode(record.value or b""))
    except msgspec.DecodeError:
        said = ()  # it is told when its URL is folded, if that may count
    times = [record.appended_at, *(at for at in said if at is not None), *(known or ())]
    return min(times), max(times)


def _may_count(times: tuple[Instant, Instant], cohort: Cohort) -> bool:
    """Return whether a URL of which entries speak in that time may have a case of the cohort."""
    return times[0] < cohort.to_at and times[1] >= cohort.from_at - MARGIN_MS
