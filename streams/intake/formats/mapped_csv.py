"""A hotline's own CSV (RFC 4180), by a mapping of its columns.

RFC 4180 says what a field and its quotes are. One row stands on one physical line here: a row with
a line break in it cannot be told from two that were cut. A row may stand for several records. Each
table of the mapping makes one, if the cells of all fields that such a record needs are filled.
"""

from collections.abc import Sequence
from typing import Any, Final

from streams.intake.formats.base import FileRefusal, ParsedRecord, Refused, UnfitHeader, Using
from streams.intake.formats.column_mapping import NEEDED, TIMES, ColumnMapping
from streams.intake.formats.csv_rows import NotARow, fields_of, row_carries_content, torn
from streams.intake.formats.local_times import BadTime, time_of
from streams.intake.formats.made_records import made

_FLAGS: Final = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
_BOOLEAN: Final = frozenset({"self_report", "origin_disclosed"})
_WHOLE: Final = frozenset({"term_s"})


class MappedRows:
    """The rows of one file.

    Args:
        mapping: of its columns.
        header: its columns.
        using: what it is read with.

    Raises:
        UnfitHeader: a column is missing, or one is named nowhere.
    """

    def __init__(self, mapping: ColumnMapping, header: Sequence[str], using: Using) -> None:
        self._mapping, self._using, self._header = mapping, using, tuple(header)
        self._at = {name: at for at, name in enumerate(header)}
        wanted = {column for of in mapping.columns.values() for column in of.values()}
        urls = {of.get("url") for of in mapping.columns.values()}
        self._urls = frozenset(at for at, name in enumerate(header) if name in urls)
        if missing := sorted(wanted - self._at.keys()):
            raise UnfitHeader(f"the mapping names a column that the file has not: {missing[0]}")
        if len(self._at) != len(header):
            raise UnfitHeader("two columns have one name")
        for at, name in enumerate(header, 1):
            if name and name not in wanted and name not in mapping.drop:
                raise UnfitHeader(
                    f"column {at} is not in the mapping: name it, or put it in `drop`"
                )

    def count(self, raw: bytes, *, ended: bool) -> None:
        """Leave the line to the second reading."""

    def rows(self, raw: bytes, *, ended: bool) -> Sequence[ParsedRecord]:
        """Return the records of a row."""
        mapping = self._mapping
        try:
            fields = fields_of(raw, mapping.encoding, mapping.delimiter)
        except NotARow:
            return (torn(raw),)
        if tuple(name.strip() for name in fields) == self._header:
            return ()
        if row_carries_content(fields, self._urls):
            return (Refused(FileRefusal.CONTENT),)
        if len(fields) != len(self._header):
            return (Refused(FileRefusal.MALFORMED),)
        found = [self._record(kind, fields) for kind in mapping.columns]
        records = [one for one in found if one is not None]
        return records or (Refused(FileRefusal.MALFORMED),)

    def _record(self, kind: str, fields: Sequence[str]) -> ParsedRecord | None:
        mapping = self._mapping
        said: dict[str, Any] = {"v": 2, "type": kind, **mapping.fixed.get(kind, {})}
        for field, column in mapping.columns[kind].items():
            text = fields[self._at[column]].strip()
            if not text:
                if field not in said and field in NEEDED[kind]:
                    return None
                continue
            word = mapping.values.get(field, {}).get(text, text)
            try:
                said[field] = self._value(field, word)
            except BadTime:
                return Refused(FileRefusal.BAD_TIME)
            except (ValueError, KeyError):
                return Refused(FileRefusal.MALFORMED)
        if kind != next(iter(mapping.columns)):
            said["id"] = f"{said['id']}.{kind}"  # an id is one record's
        return made(said)

    def _value(self, field: str, text: str) -> Any:
        if field in TIMES:
            return time_of(text, self._using.zone, self._mapping.time, earlier=field == "seen_at")
        if field in _BOOLEAN:
            return _FLAGS[text.lower()]
        return int(text) if field in _WHOLE else text


class MappedCsv:
    """Knows a file by the mapping that it is handed in with."""

    name = "csv"
    says = "a CSV with a mapping (--mapping)"

    def named(self, name: str) -> None:
        """Leave it to the mapping: no name tells what columns mean."""

    def by_header(self, raw: bytes, using: Using) -> MappedRows | None:
        """Return the rows if there is a mapping."""
        mapping = using.mapping
        if mapping is None:
            return None
        try:
            header = fields_of(raw, mapping.encoding, mapping.delimiter)
        except NotARow:
            raise UnfitHeader("its first line is no header in the mapping's encoding") from None
        return MappedRows(mapping, [name.strip() for name in header], using)


FORMAT: Final = MappedCsv()
