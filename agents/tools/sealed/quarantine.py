"""The records of `quarantine.v1`: which there are, what one holds, and handing them in again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgspec

from agents.config import Settings
from agents.edges.crypto.key_reading import is_there, read_ring
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import NotSealed
from agents.engine.produce.exclusive import exclusively
from agents.engine.read.bulk import read_decoded
from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.decisions.settle import ROLE
from agents.tools.sealed.audit import Authority, Opening, read_audit, signed_entries, write_down
from schemas.closed_lists import Quarantine
from schemas.codec import QUARANTINED
from schemas.identity.ids import partition_of
from schemas.moments import moment
from schemas.records.hotline import RECORD_BYTES_MAX
from schemas.records.processing import Origin, Quarantined
from schemas.records.reports import OWN_PAGE, HotlineId
from schemas.seal_context import quarantined_key, quarantined_record
from schemas.topics import HOTLINE, QUARANTINE, REPLAY_HEADER

BATCH: Final = 500
"""Records handed in at once: some 8 MB at most, and a kill repeats none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineFilter:
    """Which records are asked for; None = any.

    Attributes:
        reason: why it was quarantined.
        hotline: whose inbox it stood in.
        day: UTC day on which the broker took it, such as `2026-03-09`.
        places: `topic/partition/offset` at which it stood; empty = any.
    """

    reason: Quarantine | None = None
    hotline: HotlineId | None = None
    day: str | None = None
    places: frozenset[str] = frozenset()

    def fits(self, record: Quarantined) -> bool:
        """Return whether a record is asked for."""
        return (
            self.reason in (None, record.reason)
            and self.hotline in (None, record.hotline)
            and self.day in (None, f"{moment(record.origin.appended_at):%Y-%m-%d}")
            and (not self.places or place_of(record.origin) in self.places)
        )


class QuarantinedRecord(NamedTuple):
    """A quarantined record.

    Attributes:
        record: sealed.
        replayed: it was handed in again.
    """

    record: Quarantined
    replayed: bool


class QuarantinedContent(NamedTuple):
    """What a quarantined record holds: the Kafka key and the value, as they were sent."""

    key: bytes
    value: bytes


class ReplayedRecords(NamedTuple):
    """What became of a call of `replay`.

    Attributes:
        sent: places of those that were handed in now.
        before: how many were handed in earlier.
        left: why others were not, by place.
    """

    sent: tuple[str, ...]
    before: int
    left: dict[str, str]


def place_of(origin: Origin) -> str:
    """Return the name of a place in an inbox."""
    return f"{origin.topic}/{origin.partition}/{origin.offset}"


async def quarantined(settings: Settings, wanted: QuarantineFilter) -> list[QuarantinedRecord]:
    """Return the quarantined records that are asked for, each once, the oldest first.

    Raises:
        KafkaError, TimeoutError: the broker does not answer, or there is no such topic.
    """
    found: dict[str, Quarantined] = {}
    count = range(settings.kafka.partitions)
    async for record, _ in read_decoded(settings, QUARANTINE.name, count, QUARANTINED):
        if wanted.fits(record):
            found[place_of(record.origin)] = record
    again = await _replayed(settings)
    oldest = sorted(found.items(), key=lambda one: (one[1].origin.appended_at, one[0]))
    return [QuarantinedRecord(record, place in again) for place, record in oldest]


async def _replayed(settings: Settings) -> set[str]:
    audited = await read_audit(settings)
    return {one.entry.place for one in audited if one.genuine and one.entry.what == "replayed"}


async def show(settings: Settings, place: str, by: Authority) -> QuarantinedContent:
    """Open a quarantined record for a person, once `audit.v1` has an entry.

    Args:
        settings: name the broker and the key file.
        place: `topic/partition/offset`.
        by: the person who asks, and why.

    Raises:
        UserError: nothing of it can be opened, or whoever holds the key may not sign.
        SendFailed, KafkaError, TimeoutError: the broker failed; nothing was opened.
    """
    found = await quarantined(settings, QuarantineFilter(places=frozenset({place})))
    if not found:
        raise UserError(f"{place}: nothing of it in quarantine.v1: see `hostwatch quarantine list`")
    ring, record = await read_ring(settings), found[0].record
    why = _unopenable(ring, record)
    if why is not None:
        raise UserError(f"{place}: {why}")
    await write_down(settings, [Opening("quarantined", None, place)], by)
    return _opened(ring, record)


def _unopenable(ring: Keyring, record: Quarantined) -> str | None:
    if not record.record:
        return "a batch that could not be read, of which only a digest is kept"
    return None if is_there(ring, record.record) else "the key of its month is destroyed"


def _opened(ring: Keyring, record: Quarantined) -> QuarantinedContent:
    origin = record.origin
    try:
        value = ring.open_bytes(record.record, quarantined_record(origin)).reveal()
        key = b""
        if record.key:
            key = ring.open_bytes(record.key, quarantined_key(origin)).reveal()
    except NotSealed:
        raise UserError(f"{place_of(origin)}: its sealed text was changed") from None
    return QuarantinedContent(key or _own_id(value), value)


class _Id(msgspec.Struct):
    id: str = ""


def _own_id(value: bytes) -> bytes:
    """Return the id in a record of version 1, which was kept without its Kafka key."""
    try:
        return msgspec.json.decode(value, type=_Id).id.encode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return b""


async def replay(settings: Settings, wanted: QuarantineFilter, by: Authority) -> ReplayedRecords:
    """Hand quarantined records to their inboxes once more; each once, however often it is called.

    A record and what `audit.v1` says of it are written at once or not at all, so a call that was
    ended goes on where it was.

    Args:
        settings: name the broker and the key file.
        wanted: which records.
        by: the person who has them handed in, and why.

    Raises:
        UserError: whoever holds the key may not sign, or another such command began meanwhile.
        SendFailed, KafkaError, TimeoutError: the broker failed; call it again.
    """
    ring = await read_ring(settings)
    kept = await quarantined(settings, wanted)
    left = {place_of(k.record.origin): why for k in kept if (why := _unfit(ring, k.record))}
    ours = [one.record for one in kept if place_of(one.record.origin) not in left]
    sent: list[str] = []
    for begin in range(0, len(ours), BATCH):
        sent += await _hand_in(settings, ring, ours[begin : begin + BATCH], by)
    return ReplayedRecords(tuple(sent), len(ours) - len(sent), left)


def _unfit(ring: Keyring, record: Quarantined) -> str | None:
    """Return why a record cannot be handed in; nothing is opened."""
    if record.hotline == OWN_PAGE:
        return "a hoster's answer: the hoster has to give it again on its own page"
    if record.reason is Quarantine.TOO_LARGE and record.record:
        return f"it was longer than {RECORD_BYTES_MAX} bytes, and only its beginning is kept"
    return _unopenable(ring, record)


async def _hand_in(
    settings: Settings, ring: Keyring, batch: Sequence[Quarantined], by: Authority
) -> list[str]:
    places: list[str] = []

    async def decide() -> list[Send]:
        again = await _replayed(settings)
        records = [one for one in batch if place_of(one.origin) not in again]
        places.extend(place_of(one.origin) for one in records)
        entries = await signed_entries(
            settings, [Opening("replayed", None, place) for place in places], by
        )
        return [*entries, *(_send(settings, ring, one) for one in records)]

    await exclusively(settings, ROLE, decide)
    return places


def _send(settings: Settings, ring: Keyring, record: Quarantined) -> Send:
    """Return a record as it is handed in: a new one that names its origin."""
    key, value = _opened(ring, record)
    return Send(
        topic=HOTLINE.named(record.hotline),
        key=key,
        value=value,
        headers=((REPLAY_HEADER, place_of(record.origin).encode()),),
        partition=partition_of(key, settings.kafka.partitions),
    )
