"""Reads `cases.parquet`, the file of cases that a report publishes."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from agents.errors import UserError
from schemas.closed_lists import CaseClass, NormVerdict, Role
from streams.report.published_case import PublishedCase

CASES_MAX: Final = 5_000_000
"""Twice what all hotlines known report in a year; a case takes some 600 bytes in memory."""

BATCH_ROWS: Final = 65_536
"""Rows decoded at a time: some 50 MB."""

WEIGHT_MAX: Final = 1e6
"""An inclusion probability is at least one in a million."""

_TEXTS: Final = ("case", "hoster", "hotline", "incident")
_INSTANTS: Final = (
    *("noticed_at", "last_seen_at", "gone_at", "as_of", "back_at"),
    *("withdrawn_at", "reported_again_at"),
)
_NEEDED: Final = (*_TEXTS, "role", *_INSTANTS[:3], "class", "weight", "flags")
_OPTIONAL: Final = (
    *("backed", "verdict", "category", "as_of"),
    *("group", "country", "moved_to", "back_at"),
    *("site_type", "withdrawn_at", "reported_again_at"),
)

_OPEN: Final = {"open": CaseClass.ONLINE}
"""A file may say `open` without saying which kind of open; no figure of a report tells them apart.
"""

_Member = TypeVar("_Member", bound=StrEnum)


def published_cases(file: Path) -> list[PublishedCase]:
    """Read the cases of a published file.

    Args:
        file: in Parquet; the columns of `_OPTIONAL` may be missing. Instants without a zone are
            UTC.

    Raises:
        UserError: the file cannot be read, lacks a column, or a row cannot be a case.
    """
    try:
        with pq.ParquetFile(file) as opened:
            return list(_cases(opened))
    except (OSError, pa.ArrowException):
        raise UserError(f"{file} cannot be read as Parquet") from None


def _cases(opened: "pq.ParquetFile") -> Iterator[PublishedCase]:
    names = opened.schema_arrow.names
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise UserError(f"the file of cases lacks the column {', '.join(missing)}")
    if opened.metadata.num_rows > CASES_MAX:
        raise UserError(f"the file has more than {CASES_MAX:,} cases")
    columns = [*_NEEDED, *(name for name in _OPTIONAL if name in names)]
    number = 0
    for batch in opened.iter_batches(BATCH_ROWS, columns=columns):
        for row in _in_ms(batch).to_pylist():
            number += 1
            yield _case(row, number)


def _in_ms(batch: "pa.RecordBatch") -> "pa.RecordBatch":
    """Return the batch with its instants as whole milliseconds."""
    for name in _INSTANTS:
        place = batch.schema.get_field_index(name)
        if place >= 0:
            column = batch.column(place)
            if not (pa.types.is_timestamp(column.type) or pa.types.is_null(column.type)):
                raise UserError(f"the column {name} holds no timestamps")
            ms = column.cast(pa.timestamp("ms"), safe=False).cast(pa.int64())
            batch = batch.set_column(place, name, ms)
    return batch


def _case(row: dict[str, Any], number: int) -> PublishedCase:
    for name in _TEXTS:
        if not isinstance(row[name], str) or not row[name]:
            raise UserError(f"row {number}: {name} is no text")
    if row["noticed_at"] is None:
        raise UserError(f"row {number}: noticed_at is missing")
    verdict = row.get("verdict")
    return PublishedCase(
        **{name: row[name] for name in (*_TEXTS, *_INSTANTS[:3])},
        role=_member(Role, row["role"], number),
        case_class=_OPEN.get(row["class"]) or _member(CaseClass, row["class"], number),
        weight=_weight(row["weight"], number),
        flags=tuple(row["flags"] or ()),
        backed=row.get("backed") is not False,
        verdict=None if verdict is None else _member(NormVerdict, verdict, number),
        category=row.get("category") or "",
        as_of=row.get("as_of"),
        group=row.get("group") or "",
        country=row.get("country") or "",
        moved_to=row.get("moved_to") or "",
        back_at=row.get("back_at"),
        site_type=row.get("site_type") or "",
        withdrawn_at=row.get("withdrawn_at"),
        reported_again_at=row.get("reported_again_at"),
    )


def _member(kind: type[_Member], value: Any, number: int) -> _Member:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(kind)
        raise UserError(f"row {number}: one of {known} is expected") from None


def _weight(value: Any, number: int) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not (value == 0 or 1 <= value <= WEIGHT_MAX):
        raise UserError(f"row {number}: weight is neither 0 nor from 1 to {WEIGHT_MAX:,.0f}")
    return float(value)
