"""`keys shred`: which months may go, and what still needs their keys."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from agents.config import Settings
from agents.edges.crypto.sealing import NotSealed, month_of
from agents.edges.crypto.shredding import shred
from agents.engine.read.bulk import read_partitions
from agents.engine.read.end_offsets import Ends
from agents.errors import UserError
from schemas.codec import POSITION, STATE, Rejected
from schemas.moments import DAY_MS, Instant, instant
from schemas.records.case import POSITION_KEY, Position
from schemas.topics import CASES, HOTLINE, LEDGER
from streams.schedule.orders import Orders

POSITION_S: Final = 3.0
"""Lifecycle folds what is there within a second, and writes its position with it."""

INBOX_DAYS: Final = HOTLINE.retention_ms // DAY_MS
"""A record of a month may still be taken in, and sealed, for so long after its end."""


async def destroy(settings: Settings, month: str) -> None:
    """Destroy a month's data key, unless something still needs it.

    Args:
        settings: name the key file, the broker and the vantages.
        month: `yyyymm`.

    Raises:
        UserError: it is no month that is over, a case needs it, or what `shred` raises.
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
        cases = needed[int(month)]
        if cases:
            raise UserError(
                f"{cases} URLs sealed in {month} have probes to come: destroying their key would"
                " end them. Wait until their cases have ended and their last probe is over"
            )

    await shred(settings, month, check)


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


async def months_needed(settings: Settings, now: Instant) -> Counter[int]:
    """Return how many URLs with a probe to come need the data key of which month (yyyymm).

    Args:
        settings: the broker, the vantages.
        now: the present instant.

    Raises:
        UserError: a state cannot be read, or the table is behind the ledger.
        KafkaError, TimeoutError: the broker does not answer.
    """
    orders = Orders(settings.vantages, settings.probe)
    months: dict[bytes, frozenset[int]] = {}
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
            if record.value:
                found = _months_of(record.value, orders, now)
                if found:
                    months[record.key] = found
    for topic, partition, end in ends:
        position = positions.get(partition)
        if end and (position is None or position.offsets.get(topic, 0) < end):
            raise UserError(
                "cases.v1 is behind the ledger, so it does not show what is needed: run a worker"
                " with the role lifecycle, and try again when it has caught up"
            )
    return Counter(month for found in months.values() for month in found)


async def _ends(settings: Settings) -> list[tuple[str, int, int]]:
    """Return topic, partition and end of all that lifecycle folds."""
    names = [spec.name for spec in LEDGER]
    async with Ends(settings, names) as ends:
        found = await ends.of(range(settings.kafka.partitions))
    return [(topic, p, end) for p, of in found.items() for topic, end in of.items()]


def _months_of(value: bytes, orders: Orders, now: Instant) -> frozenset[int]:
    try:
        return frozenset(month_of(text) for text in orders.carried(STATE.decode(value), now))
    except (Rejected, NotSealed):
        raise UserError("a state in cases.v1 cannot be read: run `hostwatch verify`") from None
