"""Reports that lie beside a new one and share cases with it: together they tell who pseudonyms are.

Cases are published with instants in milliseconds, from which their figures follow. A case stands in
two reports with the same instants, so these join it. Who is judged in one of them has its own name
there, and that name is the pseudonym's of the other.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from agents.errors import UserError
from agents.tools.report.files import METHOD_FILE
from agents.tools.report.publication import PeriodReport
from agents.tools.report.supersede import Earlier, earlier_of
from schemas.records.reports import PSEUDONYM


def that_name_others(report: PeriodReport, folder: Path, known: Iterable[Path] = ()) -> list[Path]:
    """Return the reports with which one can be joined to name hosters that it or they do not name.

    Args:
        report: the new one.
        folder: where it lies, or will; reports beside it are asked.
        known: folders of other reports.
    """
    own, mine = folder.resolve(), {row.hoster for row in report.hosters.rows}
    return [
        other
        for other in sorted({*_beside(own), *(one.resolve() for one in known)} - {own})
        for earlier in _report_in(other)
        if _share_cases(report, earlier) and _lifts(mine, {row["hoster"] for row in earlier.rows})
    ]


def _beside(folder: Path) -> Iterator[Path]:
    try:
        yield from (one for one in folder.parent.iterdir() if (one / METHOD_FILE).is_file())
    except OSError:
        return  # a folder that may not be listed hides its reports from us alone


def _report_in(folder: Path) -> Iterator[Earlier]:
    try:
        yield earlier_of(folder)
    except UserError:
        return  # half a report is published by nobody


def _share_cases(report: PeriodReport, earlier: Earlier) -> bool:
    mine, theirs = report.cohort, earlier.cohort
    return mine.from_at < theirs.to_at and theirs.from_at < mine.to_at


def _lifts(first: set[str], second: set[str]) -> bool:
    """Return whether one names who may be a pseudonym of the other."""
    hidden = [{one for one in rows if PSEUDONYM.fullmatch(one)} for rows in (first, second)]
    named = [first - hidden[0], second - hidden[1]]
    return any((named[0] - named[1] and hidden[1], named[1] - named[0] and hidden[0]))
