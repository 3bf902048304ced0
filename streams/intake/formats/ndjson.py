"""Records of hotlines as they would send them, one JSON object a line.

Specification: schemas/contract/hotline and docs/operator.md. A line that is no record goes to the
inbox as it stands, so that intake quarantines it with its reason. A line that carries content, or
has a field that no record has, goes nowhere.
"""

from collections.abc import Sequence
from typing import Final

from schemas.codec import HOTLINE, Rejected, decode_hotline
from streams.intake.carried_content import carries_content, text_carries_content
from streams.intake.formats.base import FileRefusal, InboxRecord, ParsedRecord, Refused, Using
from streams.intake.record_fields import fields_of, with_unknown_field


class Ndjson:
    """Knows a file by its name, or by the brace that it begins with; it is its own rows."""

    name = "ndjson"
    says = "NDJSON"

    def named(self, name: str) -> "Ndjson | None":
        """Return the rows if the name ends as such files do."""
        return self if name.endswith((".ndjson", ".jsonl", ".json")) else None

    def by_header(self, raw: bytes, using: Using) -> "Ndjson | None":
        """Return the rows if the line begins an object."""
        return self if raw.lstrip(b" \t\r").startswith(b"{") else None

    def count(self, raw: bytes, *, ended: bool) -> None:
        """Leave the line to the second reading."""

    def rows(self, raw: bytes, *, ended: bool) -> Sequence[ParsedRecord]:
        """Return the record under its id, or the line as it stands if it is none."""
        tree = fields_of(raw)
        if tree is None:  # a name that stands twice too: a reader takes the last, the line has both
            carries = text_carries_content(raw.decode("latin-1"))
        else:
            carries = carries_content(tree)
        if carries:
            return (Refused(FileRefusal.CONTENT),)
        if isinstance(tree, dict) and with_unknown_field(tree) is not None:
            return (Refused(FileRefusal.UNKNOWN_FIELD),)
        try:
            record = decode_hotline(raw)
        except Rejected:
            return (as_it_stands(raw),)
        return (InboxRecord(record.id, HOTLINE.encode(record)),)


def as_it_stands(raw: bytes, *, has_url: bool = False) -> ParsedRecord:
    """Return a line that is no whole record for intake to quarantine, unless it carries content.

    Args:
        raw: the line.
        has_url: in lines of its format only a URL can be long, so a long run is no sign.
    """
    if text_carries_content(raw.decode("latin-1"), runs=not has_url):
        return Refused(FileRefusal.CONTENT)
    return InboxRecord(None, raw)


FORMAT: Final = Ndjson()
