"""`hostwatch report`: figures that stand in public."""

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import typer

from agents.cli.shared.connected import connected, reached
from agents.cli.shared.days import FromOption, ToOption, day_of
from agents.cli.shared.report_options import (
    Besides,
    BridgeOption,
    CasesOption,
    CountryBasisOption,
    CountryOption,
    EmbargoOption,
    ErrataOption,
    ExposureOption,
    NormOption,
    NoteOption,
    OverrideOption,
    PdfOption,
    ReportJsonOption,
    ReportLangOption,
    ReportOutOption,
    ReportReasonOption,
    ShrinkOption,
    SupersedesOption,
    ThresholdOption,
    country_of,
)
from agents.cli.shared.reports import made, needs_extra
from agents.cli.shared.results import write_json
from agents.errors import UserError
from schemas.moments import HOUR_MS, SECOND_MS

if TYPE_CHECKING:
    from agents.config import Settings
    from streams.report.cohort import Cohort

_ORDER: Final = "order"
_HOURS: Final = re.compile(r"([1-9][0-9]{0,3})h", re.ASCII)
_SHARE: Final = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,3})?)%", re.ASCII)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(report)


def report(
    ctx: typer.Context,
    *,
    from_: FromOption = None,
    to: ToOption = None,
    norm: NormOption = "24h",
    threshold: ThresholdOption = "80%",
    out: ReportOutOption = None,
    country: CountryOption = None,
    country_basis: CountryBasisOption = "used",
    exposure: ExposureOption = None,
    lang: ReportLangOption = "en",
    shrink: ShrinkOption = True,
    pdf: PdfOption = True,
    note: NoteOption = "",
    embargo: EmbargoOption = None,
    errata: ErrataOption = None,
    supersedes: SupersedesOption = None,
    reason: ReportReasonOption = None,
    cases: CasesOption = None,
    json: ReportJsonOption = None,
    bridge: BridgeOption = None,
    override: OverrideOption = None,
) -> None:
    """Judge the hosters of a period: shares within the norm, ranks, and who is named.

    It is read from the ledger's table, 31 days after --to at the earliest. Nothing is published
    within 14 days after the dossier of a named hoster was handed over, or while it disputes a case,
    without --override. With --cases it is read from a published file, without a broker and without
    a key, and --json says where the result goes. It needs the extra: pip install
    'hostwatch[report]'. --out gets the page, its PDF, the cases, the hosters, and how they were
    made.

    Interrupted, the same command goes on where it was. What was read lies beside --out until the
    report is written, in a folder that ends in .reading. --bridge 9 10 shows the same period by two
    methods.

    Example: hostwatch report --from 2026-01-01 --to 2026-04-01 --norm 24h --out report-2026-q1

    Exit codes: 0 done; 2 a mistake, named in one line.
    """
    norm_s, share = _norm_s(norm), _share(threshold)
    if (cases is None) == (out is None):
        raise UserError("give --from, --to and --out, or --cases")
    needs_extra()
    if cases is not None:
        if from_ or to:
            raise UserError("--cases: the file has its period; leave --from and --to out")
        _of_file(cases, norm_s, share, json or "-")
    elif out is not None:
        if json is not None:
            raise UserError("--json goes with --cases; --out has its own files")
        place = country_of(country, country_basis)
        from streams.report.cohort import Cohort

        cohort = Cohort(day_of("--from", from_), day_of("--to", to), norm_s, *place)
        besides = Besides(lang, note, embargo, errata, supersedes, reason, exposure, shrink, pdf)
        asked = _Asked(besides, out, override, bridge)
        _of_ledger(connected(ctx), cohort, share, asked)


def _of_file(file: Path, norm_s: int | None, share: float, out: str) -> None:

    from agents.tools.report.published_file import published_cases
    from streams.report.hosters_of_report import judged

    found = published_cases(file)
    if norm_s is None and not any(case.verdict for case in found):
        raise UserError("--norm order needs a file with the column verdict")
    try:
        field = judged(found, norm_s, share)
    except ValueError as error:
        raise UserError(f"{file}: {error}") from None
    write_json(out, field)


class _Asked(NamedTuple):
    """What is asked for besides the period, as it is typed."""

    besides: Besides
    folder: Path
    override: str | None
    bridge: tuple[str, str] | None


def _of_ledger(settings: "Settings", cohort: "Cohort", share: float, asked: _Asked) -> None:
    if cohort.from_at >= cohort.to_at:
        raise UserError("--from lies before --to")
    from agents.tools.dossier.right_of_reply import Period, held_back, refuse
    from agents.tools.report.files import write
    from agents.tools.report.neighbours import that_name_others
    from agents.tools.report.publication import ReadOptions
    from agents.tools.report.reading.two_methods import methods_of
    from agents.tools.report.reading.working_folder import WorkingFolder, folder_beside
    from agents.tools.report.supersede import earlier_of, superseding

    besides, methods = asked.besides, asked.bridge and methods_of(*asked.bridge)
    context, period = besides.context(), Period(cohort.from_at, cohort.to_at)
    earlier = None if besides.supersedes is None else earlier_of(besides.supersedes)
    with WorkingFolder(folder_beside(asked.folder), cohort, methods) as kept:
        with reached():
            reading = ReadOptions(methods, kept=kept)
            report = asyncio.run(made(settings, cohort, share, context, reading))
            named = report.hosters.named
            refuse(asyncio.run(held_back(settings, named, period, asked.override)))
        if earlier is not None:
            report = superseding(report, earlier, besides.reason or "")
        write(report, asked.folder, pdf=besides.pdf)
        kept.remove()
    known = [] if besides.supersedes is None else [besides.supersedes]
    _warn_of(that_name_others(report, asked.folder, known))
    found = report.hosters
    named_in_words = ", ".join(found.named) or "nobody"
    judged = sum(row.bounds is not None for row in found.rows)
    typer.echo(f"{len(found.rows)} hosters, {judged} judged; named: {named_in_words}")


def _warn_of(others: list[Path]) -> None:
    if others:
        names = ", ".join(one.name for one in others)
        typer.echo(
            f"{names} judges other hosters of this time: joined by their cases' instants, the two"
            " reports name each other's pseudonyms (docs/methods.md)",
            err=True,
        )


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
