"""XARF version 4 (github.com/xarf/xarf-spec, v4.2.0): reports of the category `content`.

A report is taken as the library `xarf` reads it, not strictly: fields that the specification only
recommends may be missing. Older versions are refused, since the library turns them into new ones
with an id by chance. Evidence with a payload is material. Contacts, descriptions, hashes of
material and everything about networks are dropped.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from schemas.closed_lists import Category
from streams.intake.carried_content import carries_content
from streams.intake.formats.base import (
    BYTE_ORDER_BYTES,
    FileRefusal,
    ParsedRecord,
    Refused,
    Using,
    XarfFields,
)
from streams.intake.formats.json_documents import values_of
from streams.intake.formats.local_times import BadTime, time_of
from streams.intake.formats.made_records import made

_KNOWN: Final = re.compile(rb'"xarf_version"|"ReporterInfo"')
_CATEGORIES: Final = {
    "csam": Category.CSAM,
    "csem": Category.CSAM,
    "malware": Category.MALWARE,
}


class Xarf:
    """Knows a report by its version."""

    name = "xarf"
    says = "XARF reports as JSON"

    def claims(self, name: str, head: bytes) -> bool:
        """Tell whether the file begins with JSON that names a version of XARF."""
        first = head.lstrip(BYTE_ORDER_BYTES + b" \t\r\n")[:1]
        return first in {b"{", b"["} and bool(_KNOWN.search(head))

    def read(self, data: bytes, using: Using) -> Sequence[ParsedRecord]:
        """Return a report for each of the file's."""
        return [_read(value, using) for value in values_of(data)]


def _read(tree: Any, using: Using) -> ParsedRecord:
    if not isinstance(tree, dict):
        return Refused(FileRefusal.MALFORMED)
    if (refusal := _refusal(tree)) is not None:
        return Refused(refusal)
    said = XarfFields(valid=False, unknown=False, fields={})
    if using.xarf is not None:
        said = using.xarf(tree)
    if said.unknown:
        return Refused(FileRefusal.UNKNOWN_FIELD)
    return _report(said.fields) if said.valid else Refused(FileRefusal.MALFORMED)


def _refusal(tree: Mapping[str, Any]) -> FileRefusal | None:
    """Return why a report is refused without asking the library; None = it may be one."""
    if _has_payload(tree) or carries_content(tree):
        return FileRefusal.CONTENT
    version = tree.get("xarf_version")
    if not isinstance(version, str) or not version.startswith("4."):
        return FileRefusal.UNKNOWN_VERSION
    return None if tree.get("category") == "content" else FileRefusal.UNKNOWN_TYPE


def _has_payload(tree: Mapping[str, Any]) -> bool:
    evidence = tree.get("evidence")
    items = evidence if isinstance(evidence, list) else [evidence]
    return any(isinstance(item, dict) and item.get("payload") for item in items)


def _report(fields: Mapping[str, Any]) -> ParsedRecord:
    verified_at = fields.get("verified_at")
    try:
        return made(
            {
                "v": 2,
                "type": "report",
                "id": fields["report_id"],
                "url": fields["url"],
                "reported_at": time_of(fields["timestamp"], None),
                "seen_at": None if verified_at is None else time_of(verified_at, None),
                "category": _CATEGORIES.get(fields["type"], Category.OTHER),
            }
        )
    except BadTime:
        return Refused(FileRefusal.BAD_TIME)


FORMAT: Final = Xarf()
