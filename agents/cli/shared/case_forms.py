"""How cases are written: a table on a terminal, JSON, CSV or Parquet."""

import io
from collections.abc import Collection, Mapping
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import msgspec
import typer

from agents.cli.shared.results import wrapping_table, write_result
from agents.edges.files.csv_text import csv_text
from agents.errors import UserError
from schemas.closed_lists import NormVerdict
from schemas.moments import moment, rfc3339

if TYPE_CHECKING:
    from agents.tools.case_search import FoundCases
    from streams.views.case_search import FoundCase

LISTED_MAX: Final = 50
"""Lines of a table on a terminal; files have them all."""

WIDE_COLUMNS_MIN: Final = 140
"""From this width on each value has a column; on a narrower terminal a case has several lines."""

_BY_NORM: Final = ("verdicts", "again_verdicts")
_LISTS: Final = ("flags", "hotlines", "not_due_yet", "again_not_due_yet")
"""Columns with several values."""

Urls = Mapping[str, str]
"""URLs that were opened, by url_key; none = no column of that name."""


class Form(StrEnum):
    """How cases are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


def write_cases(answer: "FoundCases", form: Form, out: str, urls: Urls) -> None:
    """Write what was found.

    Args:
        answer: the cases.
        form: how.
        out: a file, or `-` for standard output.
        urls: what was opened of them.

    Raises:
        UserError: the file cannot be written, a table is to go into one, or a package is missing.
        typer.Exit: no case was found; code 1.
    """
    if form is Form.TABLE and out != "-":
        raise UserError("--out: a table goes to the terminal; add --format csv, json or parquet")
    if form is Form.TABLE:
        _table(answer, urls)
    elif form is Form.JSON:
        said = [_plain(one, urls, rfc3339) for one in answer.cases]
        write_result(out, msgspec.json.encode(said) + b"\n")
    elif form is Form.CSV:
        write_result(out, _csv(answer, urls).encode())
    else:
        write_result(out, _parquet(answer, urls))
    if not answer.cases:
        raise typer.Exit(1)


def check_form(form: Form) -> None:
    """Refuse a form that needs a package which is not here, before a broker is asked.

    Raises:
        UserError: it is missing.
    """
    if form is Form.PARQUET:
        try:
            import_module("pyarrow.parquet")
        except ImportError:
            raise UserError(
                '--format parquet needs a package: pip install "hostwatch[parquet]"'
            ) from None


def _plain(case: "FoundCase", urls: Urls, instant: Any) -> dict[str, Any]:
    """Return a case's fields by name, its instants as a function writes them."""
    said = msgspec.to_builtins(case)
    for name, value in said.items():
        if name.endswith("_at") and value is not None:
            said[name] = instant(value)
    url = {"url": urls[case.url_key]} if urls else {}
    return {"class": said.pop("case_class"), **said} | {"as_of": instant(case.as_of)} | url


def _columns(urls: Urls) -> list[str]:
    from streams.views.case_search import FoundCase

    names = [name for name in FoundCase.__struct_fields__ if name not in ("case_class", "as_of")]
    return [
        "case_id",
        "class",
        *(n for n in names if n != "case_id"),
        "as_of",
        *(("url",) if urls else ()),
    ]


def _csv(answer: "FoundCases", urls: Urls) -> str:
    """Return a line for each case; what has several values stands with `;` between them."""
    names, rows = _columns(urls), []
    for case in answer.cases:
        said = _plain(case, urls, rfc3339)
        for name, value in said.items():
            if isinstance(value, dict):
                said[name] = ";".join(f"{norm}:{verdict}" for norm, verdict in value.items())
            elif isinstance(value, list | tuple):
                said[name] = ";".join(value)
        rows.append([said[name] for name in names])
    return csv_text(names, rows)


def _parquet(answer: "FoundCases", urls: Urls) -> bytes:
    """Return the same columns with their types: UTC instants in ms, lists, a map of verdicts."""
    import pyarrow as pa
    from pyarrow import parquet

    kinds: dict[str, Any] = {
        **dict.fromkeys(_BY_NORM, pa.map_(pa.string(), pa.string())),
        "overdue": pa.bool_(),
        "overdue_unseen": pa.bool_(),
        "reappearances": pa.int32(),
        **dict.fromkeys(_LISTS, pa.list_(pa.string())),
        "as_of": pa.timestamp("ms", tz="UTC"),
    }
    fields = [
        (
            name,
            pa.timestamp("ms", tz="UTC") if name.endswith("_at") else kinds.get(name, pa.string()),
        )
        for name in _columns(urls)
    ]
    rows = [_plain(case, urls, moment) for case in answer.cases]
    for row in rows:
        row |= {name: list(row[name].items()) for name in _BY_NORM}
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows, schema=pa.schema(fields)), out)
    return out.getvalue()


def _table(answer: "FoundCases", urls: Urls) -> None:
    from rich.console import Console

    console = Console(soft_wrap=True)
    times, said = ("noticed", "L", "R"), ("class", "verdicts", "flags")
    wide = console.width >= WIDE_COLUMNS_MIN
    if wide:
        table = wrapping_table("case", *times, "hoster", *said, whole=4)
    else:
        table = wrapping_table("case", ", ".join(times), "hoster", ", ".join(said), whole=2)
    for case in answer.cases[:LISTED_MAX]:
        instants, words = _instants(case), _words(case)
        if wide:
            table.add_row(case.case_id, *instants, case.hoster, *words)
        else:
            stacked = "\n".join(one or "-" for one in instants)
            table.add_row(case.case_id, stacked, case.hoster, "\n".join(filter(None, words)))
    console.print(table)
    for case in answer.cases[:LISTED_MAX] if urls else ():
        typer.echo(f"{case.case_id} {safe(urls[case.url_key])}")
    shown = min(len(answer.cases), LISTED_MAX)
    rest = f"; {shown} shown, --format csv has all" if shown < len(answer.cases) else ""
    typer.echo(f"{len(answer.cases)} cases as of {rfc3339(answer.as_of)}{rest}", err=True)


def _instants(case: "FoundCase") -> list[str]:
    """Return when it was noticed, L and R; what there is not is empty."""
    return [
        "" if instant is None else f"{moment(instant):%Y-%m-%d %H:%M}"
        for instant in (case.noticed_at, case.last_seen_at, case.gone_at)
    ]


def _words(case: "FoundCase") -> list[str]:
    """Return class, verdicts and flags."""
    verdicts = _verdicts(case.verdicts, case.not_due_yet)
    if case.again_verdicts:
        again = _verdicts(case.again_verdicts, case.again_not_due_yet)
        verdicts = f"{verdicts}; after the return {again}"
    overdue = ", overdue" if case.overdue else ""
    return [f"{case.case_class}{overdue}", verdicts, ", ".join(case.flags)]


def _verdicts(said: Mapping[str, NormVerdict], not_due_yet: Collection[str]) -> str:
    return ", ".join(
        f"{_norm(norm)} {'not due yet' if norm in not_due_yet else verdict}"
        for norm, verdict in said.items()
    )


def _norm(norm: str) -> str:
    """Write a norm in whole hours, else in whole minutes, else in seconds."""
    if norm == "order":
        return norm
    seconds = int(norm)
    sizes = ((3_600, "h"), (60, "min"), (1, "s"))
    return next(f"{seconds // size} {unit}" for size, unit in sizes if seconds % size == 0)


def safe(text: str) -> str:
    """Return a text that a terminal shows and does not obey."""
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in text)
