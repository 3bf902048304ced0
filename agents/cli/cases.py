"""`hostwatch cases list|show|find`: the cases of the ledger, without a URL."""

import asyncio
import csv
import io
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from agents.cli.shared.connected import connected, reached
from agents.cli.shared.results import write_result
from agents.errors import UserError
from schemas.reasons import CaseClass, Flag, NormVerdict

if TYPE_CHECKING:
    from agents.tools.case_search import Answer
    from streams.views.case_search import FoundCase

LISTED_MAX: Final = 50
"""Lines of a table on a terminal; files have them all."""

_app = typer.Typer(no_args_is_help=True, help="Show cases: which, and what became of them.")


class Form(StrEnum):
    """How cases are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


Written = Annotated[Form, typer.Option("--format", help="How they are written.")]
Out = Annotated[
    str, typer.Option("--out", metavar="FILE", help="Where they go; - = standard output.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(_app, name="cases")


@_app.command(name="list")
def list_(
    ctx: typer.Context,
    *,
    hoster: Annotated[
        str | None, typer.Option(metavar="ID", help="Of a hoster or of its owner.")
    ] = None,
    hotline: Annotated[str | None, typer.Option(metavar="ID", help="Reported by it.")] = None,
    case_class: Annotated[
        CaseClass | None, typer.Option("--class", help="In this class now.")
    ] = None,
    verdict: Annotated[
        NormVerdict | None, typer.Option(help="With this verdict for one of its norms.")
    ] = None,
    flag: Annotated[Flag | None, typer.Option(help="With this flag.")] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Open, and seen after the norm ran out.")
    ] = False,
    open_for_h: Annotated[
        int, typer.Option(min=0, metavar="H", help="Open, H hours after its notice or longer.")
    ] = 0,
    format: Written = Form.TABLE,
    out: Out = "-",
) -> None:
    """List the cases that fit all that is asked, oldest notice first.

    Example: hostwatch cases list --hoster acme --overdue --format csv --out overdue.csv

    Exit codes: 0 done; 1 no case fits; 2 a mistake, named in one line.
    """
    from agents.tools.case_search import search
    from schemas.moments import HOUR_MS
    from streams.views.case_search import CaseFilter

    wanted = CaseFilter(
        hoster=hoster,
        hotline=hotline,
        case_class=case_class,
        verdict=verdict,
        flag=flag,
        overdue=overdue,
        open_for_ms=open_for_h * HOUR_MS,
    )
    settings = connected(ctx)
    with reached():
        answer = asyncio.run(search(settings, wanted))
    _write(answer, format, out)


@_app.command()
def find(
    ctx: typer.Context,
    own_id: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="A record's id, or a notice's reference, message or envelope id."
        ),
    ],
    *,
    hotline: Annotated[str, typer.Option(metavar="ID", help="The hotline whose id it is.")],
    format: Written = Form.TABLE,
    out: Out = "-",
) -> None:
    """Find the cases of the URL that a hotline's own id names. Needs the key file.

    Example: hostwatch cases find 2026-001234 --hotline alpha

    Exit codes: 0 done; 1 no case fits; 2 a mistake, named in one line.
    """
    from agents.tools.case_search import find as find_cases

    settings = connected(ctx)
    with reached():
        answer = asyncio.run(find_cases(settings, hotline, own_id))
    _write(answer, format, out)


@_app.command()
def show(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE_ID", help="The case.")],
) -> None:
    """Tell the history of a case's URL: what changed when, and by which rule.

    Hours count from the first record. The numbers are those of docs/measurement.md.

    Example: hostwatch cases show 3f0c1a9b2d4e5f60718293a4

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    import msgspec

    from agents.tools.judge import case_history
    from streams.history import tell, timeline
    from streams.history.judge import opened

    settings = connected(ctx)
    with reached():
        told = opened(msgspec.json.encode(asyncio.run(case_history(settings, case))))
    for line in (*tell.lines(told.history), "", *timeline.lines(told, told.as_of(None))):
        typer.echo(line)


def _write(answer: "Answer", form: Form, out: str) -> None:
    import msgspec

    if form is Form.TABLE and out != "-":
        raise UserError("--out: a table goes to the terminal; add --format csv or json")
    if form is Form.TABLE:
        _table(answer)
    elif form is Form.JSON:
        write_result(out, msgspec.json.encode([_plain(one) for one in answer.cases]) + b"\n")
    else:
        write_result(out, _csv(answer).encode())
    if not answer.cases:
        raise typer.Exit(1)


def _plain(case: "FoundCase") -> dict[str, Any]:
    """Return a case with its instants as text, UTC."""
    import msgspec

    from schemas.moments import rfc3339

    said = msgspec.to_builtins(case)
    for name, value in said.items():
        if name.endswith("_at") and value is not None:
            said[name] = rfc3339(value)
    return {"class": said.pop("case_class"), **said} | {"as_of": rfc3339(case.as_of)}


def _csv(answer: "Answer") -> str:
    """Return a line for each case; what has several values stands with `;` between them."""
    from streams.views.case_search import FoundCase

    names = [name for name in FoundCase.__struct_fields__ if name not in ("case_class", "as_of")]
    text = io.StringIO()
    table = csv.DictWriter(text, ["case_id", "class", *names[1:], "as_of"])
    table.writeheader()
    for case in answer.cases:
        said = _plain(case)
        for name, value in said.items():
            if isinstance(value, dict):
                said[name] = ";".join(f"{norm}:{verdict}" for norm, verdict in value.items())
            elif isinstance(value, list | tuple):
                said[name] = ";".join(value)
        table.writerow(said)
    return text.getvalue()


def _table(answer: "Answer") -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from schemas.moments import moment, rfc3339

    def at(instant: int | None) -> str:
        return "" if instant is None else f"{moment(instant):%Y-%m-%d %H:%M}"

    whole = [Column(name, no_wrap=True) for name in ("case", "noticed", "L", "R")]
    folded = [Column(name, overflow="fold") for name in ("hoster", "class", "verdicts", "flags")]
    table = Table(*whole, *folded)
    for case in answer.cases[:LISTED_MAX]:
        verdicts = [
            f"{norm if norm == 'order' else f'{int(norm) // 3_600} h'} {verdict}"
            for norm, verdict in case.verdicts.items()
        ]
        table.add_row(
            case.case_id,
            at(case.noticed_at),
            at(case.last_seen_at),
            at(case.gone_at),
            case.hoster,
            f"{case.case_class}{', overdue' if case.overdue else ''}",
            ", ".join(verdicts),
            ", ".join(case.flags),
        )
    Console(soft_wrap=True).print(table)
    shown = min(len(answer.cases), LISTED_MAX)
    rest = f"; {shown} shown, --format csv has all" if shown < len(answer.cases) else ""
    typer.echo(f"{len(answer.cases)} cases as of {rfc3339(answer.as_of)}{rest}", err=True)
