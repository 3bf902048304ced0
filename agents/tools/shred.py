"""`keys shred`: which months may go, and what still needs their keys."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, NamedTuple

from agents.config import Settings
from agents.edges.crypto.sealing import NotSealed, month_of
from agents.edges.crypto.shredding import shred
from agents.engine.read.bulk import read_partitions
from agents.engine.read.end_offsets import Ends
from agents.errors import UserError
from schemas.codec import FACT, LEDGER, POSITION, STATE, Rejected
from schemas.identity.ids import partition_of
from schemas.moments import DAY_MS, Instant, instant, moment
from schemas.reasons import DecisionAction
from schemas.records.case import POSITION_KEY, Position, UrlState
from schemas.records.facts import Attribution, Fact, Observation
from schemas.records.ledger import LedgerEntry, ReportAccepted
from schemas.topics import CASES, FACTS, HOTLINE, REPORTS
from schemas.topics import LEDGER as LEDGER_TOPICS
from streams.lifecycle.result.url_context import in_force
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
        held, cases = needed.held[int(month)], needed.probed[int(month)]
        if held:
            raise UserError(
                f"{held} URLs with texts sealed in {month} are under legal hold: destroying their"
                " key would end the evidence. Two signatories have to revoke the hold first"
                " (`hostwatch decide list`, then `decide propose --action revoke`)"
            )
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


class Needed(NamedTuple):
    """How many URLs need the data key of which month (yyyymm).

    Attributes:
        probed: because of a probe to come.
        held: because a legal hold keeps all that was sealed of them.
    """

    probed: Counter[int]
    held: Counter[int]


async def months_needed(settings: Settings, now: Instant) -> Needed:
    """Return how many URLs need the data key of which month.

    Args:
        settings: the broker, the vantages.
        now: the present instant.

    Raises:
        UserError: a state cannot be read, or the table is behind the ledger.
        KafkaError, TimeoutError: the broker does not answer.
    """
    orders = Orders(settings.vantages, settings.probe)
    months: dict[bytes, frozenset[int]] = {}
    held: set[bytes] = set()
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
            held.discard(record.key)
            if record.value:
                state = _state(record.value)
                if _is_held(state):
                    held.add(record.key)
                found = _months_of(orders.carried(state, now))
                if found:
                    months[record.key] = found
    for topic, partition, end in ends:
        position = positions.get(partition)
        if end and (position is None or position.offsets.get(topic, 0) < end):
            raise UserError(
                "cases.v1 is behind the ledger, so it does not show what is needed: run a worker"
                " with the role lifecycle, and try again when it has caught up"
            )
    kept = await _months_kept(settings, held) if held else {}
    return Needed(_counted(months), _counted(kept))


def _counted(months: Mapping[bytes, Collection[int]]) -> Counter[int]:
    return Counter(month for found in months.values() for month in found)


def _is_held(state: UrlState) -> bool:
    """Return whether a decision that stands puts a case of the URL under legal hold."""
    return any(made.action is DecisionAction.LEGAL_HOLD for made in in_force(state.decisions))


async def _months_kept(settings: Settings, held: Collection[bytes]) -> dict[bytes, set[int]]:
    """Return in which months something was sealed of URLs, by all that the ledger holds of them.

    A state keeps the newest texts alone. Of a record that cannot be read the month counts in which
    the broker took it.
    """
    count = settings.kafka.partitions
    partitions = sorted({partition_of(key, count) for key in held})
    found: dict[bytes, set[int]] = {key: set() for key in held}
    for topic, codec in ((REPORTS, LEDGER), (FACTS, FACT)):
        async for records in read_partitions(settings, topic.name, partitions):
            for record in records:
                if record.key not in found:
                    continue
                try:
                    texts = _sealed_texts(codec.decode(record.value))
                    found[record.key] |= _months_of(texts)
                except (Rejected, UserError):
                    taken = moment(record.appended_at)
                    found[record.key].add(taken.year * 100 + taken.month)
    return found


def _sealed_texts(record: LedgerEntry | Fact) -> Iterator[str]:
    """Yield what is sealed in a record of the ledger."""
    match record:
        case ReportAccepted():
            yield from (record.sealed, record.sealed_ids)
        case Attribution():
            yield record.names
            yield from (place.address for place in record.placements)
        case Observation():
            return
        case _:
            yield record.sealed_ids


async def _ends(settings: Settings) -> list[tuple[str, int, int]]:
    """Return topic, partition and end of all that lifecycle folds."""
    names = [spec.name for spec in LEDGER_TOPICS]
    async with Ends(settings, names) as ends:
        found = await ends.of(range(settings.kafka.partitions))
    return [(topic, p, end) for p, of in found.items() for topic, end in of.items()]


def _state(value: bytes) -> UrlState:
    try:
        return STATE.decode(value)
    except Rejected:
        raise UserError(_UNREADABLE) from None


def _months_of(texts: Iterable[str]) -> frozenset[int]:
    """Return the months in which texts were sealed; an empty one is none."""
    try:
        return frozenset(month_of(text) for text in texts if text)
    except NotSealed:
        raise UserError(_UNREADABLE) from None


_UNREADABLE: Final = "a state in cases.v1 cannot be read: run `hostwatch verify`"
