"""A mapping of columns, from its TOML: which records a row of a hotline's own CSV stands for.

It names every column of the file, those of records and those that are dropped. One that it does
not name would be a field nobody decided about, so such a file is refused.
"""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from schemas.records.hotline import Answer, Check, Notice, Report, Withdrawal

KINDS: Final[dict[str, type[Struct]]] = {
    "report": Report,
    "notice": Notice,
    "check": Check,
    "answer": Answer,
    "withdrawal": Withdrawal,
}

TIMES: Final = frozenset(
    {
        "reported_at",
        "seen_at",
        "sent_at",
        "delivered_at",
        "checked_at",
        "answered_at",
        "withdrawn_at",
    }
)
_OURS: Final = frozenset({"v", "type", "replays", "source", "row_digest", "proof", "probing"})

NEEDED: Final = {
    kind: frozenset(one.encode_name for one in msgspec.structs.fields(record) if one.required)
    - _OURS
    for kind, record in KINDS.items()
}
"""By kind of record, the fields that a mapping has to fill."""


class BadMapping(Exception):
    """A mapping says what no record has; its message names the field of the mapping."""


class _Toml(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    encoding: Annotated[str, Meta(pattern="^(utf-8|cp1252|latin-1)$")] = "utf-8"
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    zone: str = ""
    time: str = ""
    drop: tuple[str, ...] = ()
    report: dict[str, str] | UnsetType = UNSET
    notice: dict[str, str] | UnsetType = UNSET
    check: dict[str, str] | UnsetType = UNSET
    answer: dict[str, str] | UnsetType = UNSET
    withdrawal: dict[str, str] | UnsetType = UNSET
    fixed: dict[str, dict[str, str | int | bool]] = {}
    values: dict[str, dict[str, str]] = {}


class ColumnMapping(Struct, frozen=True, kw_only=True):
    """What the columns of a CSV are.

    Attributes:
        encoding, delimiter: of the file.
        zone: IANA name of the zone of times that name none; empty = the one of the command.
        time: pattern of its times; empty = ISO 8601.
        drop: columns that are not read.
        columns: by kind of record, the column of each field.
        fixed: by kind of record, what each of its records says besides.
        values: by field, what a word of the file means; a word that is not listed stays as it is.
        digest: of the mapping, so that a file read by another one is another file.
    """

    encoding: str
    delimiter: str
    zone: str
    time: str
    drop: frozenset[str]
    columns: dict[str, dict[str, str]]
    fixed: dict[str, dict[str, str | int | bool]]
    values: dict[str, dict[str, str]]
    digest: str


def mapping_of(fields: dict[str, Any], digest: str) -> ColumnMapping:
    """Return the mapping that a TOML file says.

    Args:
        fields: as `tomllib` reads them.
        digest: hex SHA-256 of the file.

    Raises:
        BadMapping: a field is unknown or of the wrong kind, or no record can be made by it.
    """
    try:
        said = msgspec.convert(fields, _Toml)
    except msgspec.ValidationError as error:
        raise BadMapping(str(error)) from None
    columns = {kind: found for kind in KINDS if (found := getattr(said, kind)) is not UNSET}
    if not columns:
        raise BadMapping(f"it has none of the tables [{'], ['.join(KINDS)}]")
    for kind in said.fixed.keys() - columns.keys():
        raise BadMapping(f"[fixed.{kind}]: there is no table [{kind}]")
    for kind, of_field in columns.items():
        _check(kind, of_field, said.fixed.get(kind, {}))
    for field in said.values:
        if not any(field in {*of, *said.fixed.get(kind, {})} for kind, of in columns.items()):
            raise BadMapping(f"[values.{field}]: no table names the field {field}")
    return ColumnMapping(
        encoding=said.encoding,
        delimiter=said.delimiter,
        zone=said.zone,
        time=said.time,
        drop=frozenset(said.drop),
        columns=columns,
        fixed=said.fixed,
        values=said.values,
        digest=digest,
    )


def _check(kind: str, of_field: dict[str, str], fixed: dict[str, str | int | bool]) -> None:
    known = msgspec.structs.fields(KINDS[kind])
    names = {one.encode_name for one in known} - _OURS
    for field in (*of_field, *fixed):
        if field not in names:
            raise BadMapping(f"[{kind}] {field}: the fields are {', '.join(sorted(names))}")
    missing = sorted(NEEDED[kind] - of_field.keys() - fixed.keys())
    if missing:
        raise BadMapping(f"[{kind}] names no column for {', '.join(missing)}")
