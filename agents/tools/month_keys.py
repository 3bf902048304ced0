"""`keys destroy` and `keys rotate`: which months may go, and what still needs their keys."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, NamedTuple

from agents.config import Settings
from agents.edges.crypto.key_held import Holds
from agents.edges.crypto.month_destruction import destroy_month
from agents.edges.crypto.sealing import NotSealed, month_of
from agents.engine.read.bulk import read_partitions
from agents.engine.read.end_offsets import Ends
from agents.errors import UserError
from agents.tools.sealed.holds import texts_kept
from agents.tools.verification.read import UNREADABLE, state_of
from schemas.closed_lists import DecisionAction
from schemas.codec import POSITION, Rejected
from schemas.moments import DAY_MS, Instant, instant
from schemas.records.case import POSITION_KEY, Position, UrlState
from schemas.records.reports import UrlKey
from schemas.topics import CASES, HOTLINE
from schemas.topics import LEDGER as LEDGER_TOPICS
from streams.lifecycle.evidence.decisions import in_force
from streams.schedule.orders import Orders

POSITION_S: Final = 3.0
"""Lifecycle folds what is there within a second, and writes its position with it."""

_BROKER_SEGMENT_MS: Final = 7 * DAY_MS
"""Kafka's own `segment.ms`, for a topic that names none."""

INBOX_DAYS: Final = (HOTLINE.retention_ms + (HOTLINE.segment_ms or _BROKER_SEGMENT_MS)) // DAY_MS
"""A record of a month may lie in an inbox for so long after its end, and still be sealed: the
broker deletes a file when its newest record is old enough."""


async def destroy(settings: Settings, month: str) -> None:
    """Destroy a month's data key, unless something still needs it.

    Args:
        settings: name the key file, the broker and the vantages.
        month: `yyyymm`.

    Raises:
        UserError: it is no month that is over, a probe to come needs it, a text under legal hold
            cannot be kept, or what `destroy_month` raises.
        KafkaError, TimeoutError, SendFailed: the broker does not answer.
    """
    now = settings.clock.clock().now()
    if now < _ends_at(month) + INBOX_DAYS * DAY_MS:
        raise UserError(
            f"{month} is not over for {INBOX_DAYS} days: inboxes may hold records of it, which"
            " could not be sealed"
        )
    needed = await months_needed(settings, now)

    def check(month: str) -> None:
        cases = needed.probed[int(month)]
        if cases:
            raise UserError(
                f"{cases} URLs sealed in {month} have probes to come: destroying their key would"
                " end them. Wait until their cases have ended and their last probe is over"
            )

    texts = await texts_kept(settings, needed.held, int(month))
    await destroy_month(settings, month, check, Holds(needed.held, texts))


async def rotate(settings: Settings) -> None:
    """Replace the master key, and destroy the keys of legal holds that were revoked.

    Where the table does not show which holds stand, all of them are kept.

    Args:
        settings: name the key file and the broker.

    Raises:
        UserError: see `destroy_month`.
        KafkaError, TimeoutError, SendFailed: the broker does not answer.
    """
    try:
        needed = await months_needed(settings, settings.clock.clock().now())
        holds = Holds(needed.held)
    except UserError:
        holds = Holds()
    await destroy_month(settings, None, lambda _: None, holds)


def _ends_at(month: str) -> Instant:
    """Return when a month ends.

    Raises:
        UserError: it is none.
    """
    try:
        began = datetime.strptime(month, "%Y%m").replace(tzinfo=UTC)
    except ValueError:
        raise UserError("a month is written yyyymm, such as 202603") from None
    year, number = divmod(began.year * 12 + began.month, 12)
    return instant(datetime(year, number + 1, 1, tzinfo=UTC))


class Needed(NamedTuple):
    """What needs the data keys of months.

    Attributes:
        probed: how many URLs need which (yyyymm) because of a probe to come.
        held: URLs under a legal hold; what was sealed of them is kept.
    """

    probed: Counter[int]
    held: frozenset[UrlKey]


async def months_needed(settings: Settings, now: Instant) -> Needed:
    """Return which months' data keys are needed, and what legal holds keep.

    Args:
        settings: the broker, the vantages.
        now: the present instant.

    Raises:
        UserError: a state cannot be read, or the table is behind the ledger.
        KafkaError, TimeoutError: the broker does not answer.
    """
    orders = Orders(settings.vantages, settings.probe)
    months: dict[bytes, frozenset[int]] = {}
    held: set[UrlKey] = set()
    positions: dict[int, Position] = {}
    ends = await _ends(settings)
    await asyncio.sleep(POSITION_S)
    async for records in read_partitions(settings, CASES.name, range(settings.kafka.partitions)):
        for record in records:
            if record.key.startswith(POSITION_KEY):
                with suppress(Rejected):
                    positions[record.partition] = POSITION.decode(record.value)
                continue
            months.pop(record.key, None)
            held.discard(record.key.decode())
            if record.value:
                state = state_of(record.value)
                if _is_held(state):
                    held.add(state.url_key)
                found = _months_of(orders.carried(state, now))
                if found:
                    months[record.key] = found
    for topic, partition, end in ends:
        position = positions.get(partition)
        folded = 0 if position is None else position.offsets.get(topic, 0)
        if folded < end and await _holds_records(settings, topic, partition, folded):
            raise UserError(
                "cases.v1 is behind the ledger, so it does not show what is needed: run a worker"
                " with the role lifecycle, and try again when it has caught up"
            )
    return Needed(_counted(months), frozenset(held))


def _counted(months: Mapping[bytes, Collection[int]]) -> Counter[int]:
    return Counter(month for found in months.values() for month in found)


def _is_held(state: UrlState) -> bool:
    """Return whether a decision that stands puts a case of the URL under legal hold."""
    return any(made.action is DecisionAction.LEGAL_HOLD for made in in_force(state.decisions))


async def _holds_records(settings: Settings, topic: str, partition: int, since: int) -> bool:
    """Tell whether a partition has a record from an offset on; a transaction's marker is none."""
    async for records in read_partitions(settings, topic, (partition,), since={partition: since}):
        if records:
            return True
    return False


async def _ends(settings: Settings) -> list[tuple[str, int, int]]:
    """Return topic, partition and end of all that lifecycle folds."""
    names = [spec.name for spec in LEDGER_TOPICS]
    async with Ends(settings, names) as ends:
        found = await ends.of(range(settings.kafka.partitions))
    return [(topic, p, end) for p, of in found.items() for topic, end in of.items()]


def _months_of(texts: Iterable[str]) -> frozenset[int]:
    """Return the months in which texts were sealed; an empty one is none."""
    try:
        return frozenset(month_of(text) for text in texts if text)
    except NotSealed:
        raise UserError(UNREADABLE) from None
