"""`hostwatch report`: figures that stand in public."""

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from agents.cli.shared.results import write_result
from agents.errors import UserError
from schemas.moments import HOUR_MS, SECOND_MS

_ORDER: Final = "order"
_HOURS: Final = re.compile(r"([1-9][0-9]{0,3})h", re.ASCII)
_SHARE: Final = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,3})?)%", re.ASCII)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(report)


def report(
    *,
    cases: Annotated[Path, typer.Option(metavar="FILE", help="The cases.parquet of a report.")],
    norm: Annotated[str, typer.Option(metavar="NORM", help="24h, another one, or order.")] = "24h",
    threshold: Annotated[
        str, typer.Option(metavar="SHARE", help="A hoster whose share is lower is named.")
    ] = "80%",
    out: Annotated[
        str, typer.Option("--json", metavar="OUT", help="Where it goes; - = standard output.")
    ] = "-",
) -> None:
    """Judge the hosters of a published file of cases again; it needs no broker and no key.

    It needs the extra: pip install 'hostwatch[report]'.

    Example: hostwatch report --cases cases.parquet --norm 24h --threshold 80% --json out.json

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    norm_s, share = _norm_s(norm), _share(threshold)
    try:
        from agents.tools.report.published_file import published_cases
        from streams.report.field import judged
    except ImportError:
        raise UserError("a report needs the extra: pip install 'hostwatch[report]'") from None
    import msgspec

    found = published_cases(cases)
    if norm_s is None and not any(case.verdict for case in found):
        raise UserError("--norm order needs a file with the column verdict")
    try:
        field = judged(found, norm_s, share)
    except ValueError as error:
        raise UserError(f"{cases}: {error}") from None
    write_result(out, msgspec.json.format(msgspec.json.encode(field), indent=2) + b"\n")


def _norm_s(text: str) -> int | None:
    """Return a norm in seconds; None = the terms of orders."""
    hours = _HOURS.fullmatch(text)
    if hours is None and text != _ORDER:
        raise UserError("--norm: hours like 24h, or order")
    return None if hours is None else int(hours[1]) * HOUR_MS // SECOND_MS


def _share(text: str) -> float:
    percent = _SHARE.fullmatch(text)
    share = float(percent[1]) / 100 if percent else 0.0
    if not 0 < share < 1:
        raise UserError("--threshold: a share above 0 and below 100, like 80%")
    return share
