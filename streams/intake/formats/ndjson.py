"""Records of hotlines as they would send them, one JSON object a line."""

from typing import Final

from schemas.codec import Rejected, decode_hotline
from streams.intake.formats.base import Row


class Ndjson:
    """Knows a file by its name, or by the brace that it begins with; it is its own rows."""

    says = "NDJSON"

    def named(self, name: str) -> "Ndjson | None":
        """Return the rows if the name ends as such files do."""
        return self if name.endswith((".ndjson", ".jsonl", ".json")) else None

    def opened(self, line: str) -> "Ndjson | None":
        """Return the rows if the line begins an object."""
        return self if line.lstrip(" \t\r").startswith("{") else None

    def count(self, text: str, *, ended: bool) -> None:
        """Leave the line to the second reading."""

    def row(self, raw: bytes, *, ended: bool) -> Row:
        """Return the line under its record's id, if it is one."""
        try:
            return Row(decode_hotline(raw).id, raw)
        except Rejected:
            return Row(None, raw)


FORMAT: Final = Ndjson()
