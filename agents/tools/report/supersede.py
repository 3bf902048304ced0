"""A report in the place of an earlier one: it says what is another now, and why."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from agents.edges.web.messages import speaking, told
from agents.errors import UserError
from agents.tools.report.context import Superseded
from agents.tools.report.files import HOSTERS_FILE, hosters_csv
from agents.tools.report.publication import Report
from agents.tools.report.recheck import parameters_of, published_method
from streams.report.cohort import Cohort

SHOWN_MAX: Final = 30
"""Hosters told one by one; the others are counted."""


def superseding(report: Report, folder: Path, reason: str) -> Report:
    """Return a report that says what differs from an earlier one.

    Args:
        report: the new one.
        folder: the earlier one.
        reason: why there is a new one.

    Raises:
        UserError: the folder holds no report.
    """
    before, rows = parameters_of(folder), _published(folder / HOSTERS_FILE)
    with speaking(report.context.language):
        changes = [
            *_parameters(report, before.cohort, before.threshold),
            *_named(report, rows),
            *_rows(report, rows),
        ]
    named = Superseded(
        digest=str(published_method(folder).get("digest", "")),
        reason=reason.strip(),
        changes=tuple(changes),
    )
    context = msgspec.structs.replace(report.context, supersedes=named)
    return replace(report, context=context)


def _parameters(report: Report, cohort: Cohort, threshold: float) -> list[str]:
    if (report.cohort, report.threshold) == (cohort, threshold):
        return []
    return [told("Its period, norm, country or threshold is another one.")]


def _named(report: Report, rows: list[dict[str, str]]) -> list[str]:
    before = {row["hoster"] for row in rows if row["named"] == "True"}
    now = set(report.field.named)
    found = []
    if now - before:
        found.append(told("Named now and not before: %(names)s.", names=_list(now - before)))
    if before - now:
        found.append(told("Named before and not now: %(names)s.", names=_list(before - now)))
    return found


def _rows(report: Report, rows: list[dict[str, str]]) -> list[str]:
    before = {row["hoster"]: row for row in rows}
    now = {row["hoster"]: row for row in csv.DictReader(hosters_csv(report.field).splitlines())}
    other = sorted(
        hoster
        for hoster in before.keys() | now.keys()
        if before.get(hoster) != now.get(hoster) and not hoster.startswith("hoster-")
    )
    if not other:
        return []
    names = told("Figures differ for: %(names)s.", names=_list(set(other[:SHOWN_MAX])))
    if len(other) <= SHOWN_MAX:
        return [names]
    more = told("Figures differ for %(count)s more hosters.", count=len(other) - SHOWN_MAX)
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
