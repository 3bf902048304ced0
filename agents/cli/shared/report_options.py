"""The options of `hostwatch report`, and what those say that are printed besides the figures."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from agents.cli.shared.results import result_file
from agents.errors import UserError

if TYPE_CHECKING:
    from agents.tools.report.context import ReportContext

_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
REASON_MAX: Final = 500
"""Characters of a reason: it is printed on the first page."""

NormOption = Annotated[str, typer.Option(metavar="NORM", help="24h, another one, or order.")]
ThresholdOption = Annotated[
    str, typer.Option(metavar="SHARE", help="A hoster whose share is lower is named.")
]
ReportOutOption = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where the report is written.")
]
CountryOption = Annotated[
    str | None, typer.Option(metavar="CODE", help="Cases in this country alone, like NL.")
]
CountryBasisOption = Annotated[
    str, typer.Option(metavar="BASIS", help="used: where the address is; seat: the hoster's.")
]
ExposureOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="CSV of sizes: hoster, date, addresses, domains, customers, source.",
    ),
]
ReportLangOption = Annotated[
    str, typer.Option(metavar="LANG", help="Language of the page: en or nl.")
]
ShrinkOption = Annotated[
    bool, typer.Option("--shrink/--no-shrink", help="Show shrunken estimates in the funnel.")
]
PdfOption = Annotated[bool, typer.Option("--pdf/--no-pdf", help="Print the page too.")]
NoteOption = Annotated[
    str, typer.Option(metavar="TEXT", help="What a reader has to know first; printed.")
]
EmbargoOption = Annotated[
    str | None, typer.Option(metavar="DATE", help="Not to be published before; printed.")
]
ErrataOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Corrections, one a line; printed.")
]
SupersedesOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="The report in whose place this one stands.")
]
ReportReasonOption = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Only with --supersedes: why there is a new one.")
]
CasesOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Judge a published cases.parquet again instead."),
]
ReportJsonOption = Annotated[
    str | None,
    typer.Option(
        "--json",
        metavar="OUT",
        callback=result_file,
        help="Only with --cases: where the result goes; - = standard output.",
    ),
]
BridgeOption = Annotated[
    tuple[str, str] | None,
    typer.Option("--bridge", metavar="A B", help="Two methods: the same period by each, too."),
]
OverrideOption = Annotated[
    str | None,
    typer.Option(
        "--override",
        metavar="REASON",
        help="Name hosters that may still reply. REASON is the one that two persons signed with"
        " `dossier override`.",
    ),
]


def country_of(country: str | None, basis: str) -> tuple[str, str]:
    """Return the country of a report, empty for all, and what it goes by.

    Args:
        country: ISO 3166 code.
        basis: `used` or `seat`.

    Raises:
        UserError: one of them is none.
    """
    from streams.report.cohort import COUNTRY_BASES

    if basis not in COUNTRY_BASES:
        raise UserError(
            "--country-basis: used or seat; where an address is registered is not in the ledger"
        )
    if country is not None and _COUNTRY.fullmatch(country) is None:
        raise UserError("--country: two capital letters, like NL")
    return country or "", basis


class Besides(NamedTuple):
    """What is asked for besides the figures, as it is typed."""

    lang: str
    note: str
    embargo: str | None
    errata: Path | None
    supersedes: Path | None
    reason: str | None
    exposure: Path | None
    shrink: bool
    pdf: bool

    def context(self) -> "ReportContext":
        """Return it, read.

        Raises:
            UserError: something of it is not as it must be, or cannot be read.
        """
        from agents.edges.web.messages import LANGUAGES
        from agents.tools.report.context import ReportContext
        from agents.tools.report.inputs import errata_of, exposures

        if self.lang not in LANGUAGES:
            raise UserError(f"--lang: one of {', '.join(LANGUAGES)}")
        if (self.supersedes is None) != (self.reason is None):
            raise UserError("--supersedes and --reason go together")
        if len(self.note) > REASON_MAX:
            raise UserError(f"--note: at most {REASON_MAX} characters")
        if self.reason is not None and not 0 < len(self.reason.strip()) <= REASON_MAX:
            raise UserError(f"--reason: 1 to {REASON_MAX} characters")
        return ReportContext(
            language=self.lang,
            note=self.note.strip(),
            embargo=_day(self.embargo),
            errata=() if self.errata is None else errata_of(self.errata),
            exposure=() if self.exposure is None else exposures(self.exposure),
            shrink=self.shrink,
        )


def _day(text: str | None) -> str:
    if text is None:
        return ""
    try:
        return f"{datetime.strptime(text, '%Y-%m-%d').replace(tzinfo=UTC):%Y-%m-%d}"
    except ValueError:
        raise UserError("--embargo: a date like 2026-05-01") from None
