"""A report in the place of an earlier one: it says what is another now, and why."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from agents.edges.web.messages import speaking, translated
from agents.errors import UserError
from agents.tools.report.context import Superseded
from agents.tools.report.files import HOSTERS_FILE, hosters_csv
from agents.tools.report.publication import PeriodReport
from agents.tools.report.recheck import parameters_of, published_method
from schemas.records.reports import PSEUDONYM
from streams.report.cohort import Cohort

SHOWN_MAX: Final = 30
"""Hosters told one by one; the others are counted."""


class Earlier(NamedTuple):
    """What of an earlier report is laid beside the new one.

    Attributes:
        cohort, threshold: that it was made with.
        digest: of its `method.json`, as that says it.
        rows: of its hosters.
    """

    cohort: Cohort
    threshold: float
    digest: str
    rows: list[dict[str, str]]


def earlier_of(folder: Path) -> Earlier:
    """Return an earlier report.

    Args:
        folder: of it.

    Raises:
        UserError: the folder holds no report.
    """
    made_with, rows = parameters_of(folder), _published(folder / HOSTERS_FILE)
    digest = str(published_method(folder).get("digest", ""))
    return Earlier(made_with.cohort, made_with.threshold, digest, rows)


def superseding(report: PeriodReport, earlier: Earlier, reason: str) -> PeriodReport:
    """Return a report that says what differs from an earlier one.

    Args:
        report: the new one.
        earlier: the one in whose place it stands.
        reason: why there is a new one.
    """
    with speaking(report.context.language):
        changes = [
            *_parameters(report, earlier.cohort, earlier.threshold),
            *_named(report, earlier.rows),
            *_rows(report, earlier.rows),
        ]
    named = Superseded(
        digest=earlier.digest,
        reason=reason.strip(),
        changes=tuple(changes),
    )
    context = msgspec.structs.replace(report.context, supersedes=named)
    return replace(report, context=context)


def _parameters(report: PeriodReport, cohort: Cohort, threshold: float) -> list[str]:
    if (report.cohort, report.threshold) == (cohort, threshold):
        return []
    return [translated("Its period, norm, country or threshold is another one.")]


def _named(report: PeriodReport, rows: list[dict[str, str]]) -> list[str]:
    before = {row["hoster"] for row in rows if row["named"] == "True"}
    now = set(report.hosters.named)
    found = []
    if now - before:
        found.append(translated("Named now and not before: %(names)s.", names=_list(now - before)))
    if before - now:
        found.append(translated("Named before and not now: %(names)s.", names=_list(before - now)))
    return found


def _rows(report: PeriodReport, rows: list[dict[str, str]]) -> list[str]:
    before = {row["hoster"]: row for row in rows}
    now = {row["hoster"]: row for row in csv.DictReader(hosters_csv(report.hosters).splitlines())}
    other = sorted(
        hoster
        for hoster in before.keys() | now.keys()
        if before.get(hoster) != now.get(hoster) and PSEUDONYM.fullmatch(hoster) is None
    )
    if not other:
        return []
    names = translated("Figures differ for: %(names)s.", names=_list(set(other[:SHOWN_MAX])))
    if len(other) <= SHOWN_MAX:
        return [names]
    more = translated("Figures differ for %(count)s more hosters.", count=len(other) - SHOWN_MAX)
    return [names, more]


def _published(file: Path) -> list[dict[str, str]]:
    try:
        rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UserError(f"{file} cannot be read: name the folder of a report") from None
    if any(row.get("hoster") is None or row.get("named") is None for row in rows):
        raise UserError(f"{file} is no report's: a line lacks hoster or named")
    return rows


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names))
