"""Records that a format makes, validated as intake would, before anything is written."""

import hashlib
from typing import Any, Final

import msgspec

from schemas.codec import HOTLINE, Rejected, decode_hotline
from schemas.identity.ids import BadUrl, canonical
from schemas.records.hotline import RECORD_BYTES_MAX, URL_BYTES_MAX, HotlineRecord
from streams.intake.carried_content import carries_content
from streams.intake.formats.base import FileRefusal, InboxRecord, ParsedRecord, Refused

_ENCODER: Final = msgspec.json.Encoder()
_ID_DIGITS: Final = 32


def made(record: HotlineRecord | dict[str, Any]) -> ParsedRecord:
    """Return what is sent for a record, or why nothing is.

    Args:
        record: of a hotline, or its fields as JSON has them; fields that are None are left out.
    """
    fields = (
        {name: value for name, value in record.items() if value is not None}
        if isinstance(record, dict)
        else msgspec.to_builtins(record)
    )
    if carries_content(fields):
        return Refused(FileRefusal.CONTENT)
    try:
        value = _ENCODER.encode(fields)
        if len(value) > RECORD_BYTES_MAX:
            return Refused(FileRefusal.TOO_LARGE)
        found = decode_hotline(value)
    except (Rejected, UnicodeEncodeError):
        return Refused(
            FileRefusal.BAD_URL if not _is_url(fields.get("url")) else FileRefusal.MALFORMED
        )
    if not _is_url(found.url):
        return Refused(FileRefusal.BAD_URL)
    return InboxRecord(found.id, HOTLINE.encode(found))


def derived_id(kind: str, *parts: str) -> str:
    """Return an id for a record that its source gives none: the same parts have the same.

    Args:
        kind: of record and source, before the digits.
        parts: what tells it from all others.
    """
    text = "".join(f"{len(part)}:{part}" for part in parts)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{kind}.{digest[:_ID_DIGITS]}"


def _is_url(text: object) -> bool:
    if not isinstance(text, str):
        return False
    try:
        canonical(text)
    except (BadUrl, UnicodeEncodeError):
        return False
    return len(text.encode()) <= URL_BYTES_MAX
