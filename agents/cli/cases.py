"""`hostwatch cases list|show|find`: the cases of the ledger, without a URL unless one is asked
for with a person's signature.
"""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents.cli.shared.case_forms import Form, check_form, safe, write_cases
from agents.cli.shared.connected import connected, reached
from agents.cli.shared.results import result_file
from agents.cli.shared.revealing import Reveal, Who, Why, authority
from agents.errors import UserError
from schemas.closed_lists import CaseClass, Flag, NormVerdict

if TYPE_CHECKING:
    from agents.config import Settings
    from agents.tools.case_search import FoundCases
    from agents.tools.sealed.audit import Authority

_app = typer.Typer(no_args_is_help=True, help="Show cases: which, and what became of them.")


Written = Annotated[Form, typer.Option("--format", help="How they are written.")]
AsJson = Annotated[bool, typer.Option("--json", help="The same as --format json.")]
CasesOutOption = Annotated[
    str,
    typer.Option(
        "--out", metavar="FILE", callback=result_file, help="Where they go; - = standard output."
    ),
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
    norm: Annotated[
        str | None,
        typer.Option(metavar="HOURS", help="With this norm, such as 24; `order` = an order's."),
    ] = None,
    verdict: Annotated[
        NormVerdict | None,
        typer.Option(help="With this verdict for that norm, or for one of its norms."),
    ] = None,
    flag: Annotated[Flag | None, typer.Option(help="With this flag.")] = None,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Open, and seen after the norm ran out.")
    ] = False,
    open_for_h: Annotated[
        int, typer.Option(min=0, metavar="H", help="Open, H hours after its notice or longer.")
    ] = 0,
    format: Written = Form.TABLE,
    json: AsJson = False,
    out: CasesOutOption = "-",
    reveal: Reveal = False,
    reason: Why = None,
    person: Who = None,
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
        norm=_norm(norm),
        verdict=verdict,
        flag=flag,
        overdue=overdue,
        open_for_ms=open_for_h * HOUR_MS,
    )
    form = _form(format, json)
    by, settings = authority(reveal, reason, person), connected(ctx)
    with reached():
        answer = asyncio.run(search(settings, wanted))
    _write(settings, answer, (form, out), by)


@_app.command()
def find(
    ctx: typer.Context,
    own_id: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A case's id; with --hotline a record's id, or a notice's reference, message or"
            " envelope id.",
        ),
    ],
    *,
    hotline: Annotated[
        str | None, typer.Option(metavar="ID", help="The hotline whose own id it is.")
    ] = None,
    format: Written = Form.TABLE,
    json: AsJson = False,
    out: CasesOutOption = "-",
    reveal: Reveal = False,
    reason: Why = None,
    person: Who = None,
) -> None:
    """Find a case by its id, or all of the URL that a hotline's own id names.

    A hotline's id needs the key file.

    Example: hostwatch cases find 2026-001234 --hotline alpha

    Exit codes: 0 done; 1 no case fits; 2 a mistake, named in one line.
    """
    from agents.tools.case_search import find as find_cases
    from agents.tools.case_search import search
    from streams.views.case_search import CaseFilter

    form = _form(format, json)
    by, settings = authority(reveal, reason, person), connected(ctx)
    with reached():
        answer = asyncio.run(
            search(settings, CaseFilter(case_id=own_id))
            if hotline is None
            else find_cases(settings, hotline, own_id)
        )
    _write(settings, answer, (form, out), by)


@_app.command()
def show(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE_ID", help="The case.")],
    *,
    json: Annotated[
        bool, typer.Option("--json", help="The history as `hostwatch judge` reads it.")
    ] = False,
    reveal: Reveal = False,
    reason: Why = None,
    person: Who = None,
) -> None:
    """Tell the history of a case's URL: what changed when, and by which rule.

    Hours count from the full hour before the first report. The numbers are those of
    docs/measurement.md.

    Example: hostwatch cases show 3f0c1a9b2d4e5f60718293a4

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    from agents.tools.case_search import search
    from agents.tools.judge import case_history
    from streams.views.case_search import CaseFilter

    by, settings = authority(reveal, reason, person), connected(ctx)
    with reached():
        history = asyncio.run(case_history(settings, case))
        urls = {}
        if by is not None:
            answer = asyncio.run(search(settings, CaseFilter(case_id=case)))
            urls = _revealed(settings, answer, by)
    _tell(history, urls, json)


def _tell(history: dict[str, Any], urls: dict[str, str], json: bool) -> None:
    import msgspec

    from streams.history import tell, timeline
    from streams.history.judge import decoded

    text = msgspec.json.encode(history)
    if json:
        typer.echo(msgspec.json.format(text, indent=1).decode())
    else:
        told = decoded(text)
        said = *tell.given_lines(told.history), *tell.lines(told.history)
        for line in (*said, "", *timeline.lines(told, told.as_of(None))):
            typer.echo(line)
    for url in urls.values():
        typer.echo(f"URL: {safe(url)}", err=json)


def _form(form: Form, json: bool) -> Form:
    """Return how cases are to be written; raises `UserError` if that cannot be."""
    if json and form not in (Form.TABLE, Form.JSON):
        raise UserError(f"--json or --format {form}: name one of them")
    form = Form.JSON if json else form
    check_form(form)
    return form


def _norm(hours: str | None) -> str | None:
    """Return a norm as a case names it: seconds as text, or `order`."""
    if hours is None or hours == "order":
        return hours
    try:
        return str(round(float(hours) * 3_600))
    except (ValueError, OverflowError):
        raise UserError("--norm: a number of hours such as 24, or `order`") from None


def _revealed(settings: "Settings", answer: "FoundCases", by: "Authority") -> dict[str, str]:
    from agents.tools.sealed.reveal import reveal

    return asyncio.run(reveal(settings, {one.url_key for one in answer.cases}, by))


def _write(
    settings: "Settings", answer: "FoundCases", to: tuple[Form, str], by: "Authority | None"
) -> None:
    urls = {}
    if by is not None and answer.cases:
        with reached():
            urls = _revealed(settings, answer, by)
    write_cases(answer, *to, urls)
