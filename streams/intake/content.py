"""What a hotline's record says: its digest, and the times it states."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

import msgspec

from schemas.codec import HOTLINE
from schemas.records.hotline import Answer, Check, HotlineRecord, Notice, Report, Withdrawal

DIGEST_HEX_LENGTH: Final = 32
"""128 bits: two contents of one id never share a digest by accident."""

_T = TypeVar("_T", bound=msgspec.Struct)


def digest_of(record: HotlineRecord, times: Sequence[datetime] | None = None) -> str:
    """Return the digest of a record's content: SHA-256 over its JSON, `replays` left out.

    It confirms a guessed URL, so it is kept only as `schemas.identity.ids.keyed_digest` of it.
    Times are brought to UTC, so that the same instant written in another zone is the same.

    Args:
        record: of a hotline.
        times: what `times_of` says of it; None = not asked yet.
    """
    stated = times_of(record) if times is None else times
    content = record if _is_content(record, stated) else _content(record)
    return hashlib.sha256(HOTLINE.encode(content)).hexdigest()[:DIGEST_HEX_LENGTH]


def _is_content(record: HotlineRecord, times: Sequence[datetime]) -> bool:
    """Tell whether a record is its own content, as most are."""
    if record.replays is not None:
        return False
    for time in times:  # noqa: SIM110 - a generator costs as much as what is asked
        if time.tzinfo is not UTC:
            return False
    return True


def _content(record: HotlineRecord) -> HotlineRecord:
    return _in_utc(msgspec.structs.replace(record, replays=None))


def _in_utc(record: _T) -> _T:
    changes: dict[str, datetime | msgspec.Struct] = {}
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if isinstance(value, datetime):
            changes[name] = value.astimezone(UTC)
        elif isinstance(value, msgspec.Struct):
            changes[name] = _in_utc(value)
    return msgspec.structs.replace(record, **changes)


def times_of(record: HotlineRecord) -> list[datetime]:
    """Return every time a record states."""
    match record:
        case Report():
            if record.source is None and record.seen_at is not None:
                return [record.reported_at, record.seen_at]
            last_online = record.source.last_online if record.source else None
            stated = (record.reported_at, record.seen_at, last_online)
        case Notice():
            stated = (record.sent_at, record.delivered_at, None)
        case Withdrawal():
            return [record.withdrawn_at]
        case Check():
            return [record.checked_at]
        case Answer():
            return [record.answered_at]
    return [time for time in stated if time is not None]
