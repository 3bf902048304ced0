"""What L and R of a case rest on: probes, or somebody's word.

See docs/measurement.md, Confirmation. A word sets L or R alone at the instant it speaks of, and
nothing else does at that instant. So the grade follows from the finished case and the records of
its URL, and is kept nowhere.
"""

from collections.abc import Iterable
from typing import NamedTuple

from schemas.closed_lists import CheckResult, Flag, Grade
from schemas.moments import Instant
from schemas.records.case import CaseSummary, UrlState
from schemas.records.case_events import PackedCheck
from streams.lifecycle.evidence.timeline import PERSONS_ABSENT, PERSONS_PRESENT


class Grades(NamedTuple):
    """What the two ends of (L, R] rest on; None = there is no such instant."""

    seen_by: Grade | None
    gone_by: Grade | None


def grades(state: UrlState, case: CaseSummary) -> Grades:
    """Return what L and R of a case rest on."""
    return Grades(_seen_by(state, case), _gone_by(state, case))


def _seen_by(state: UrlState, case: CaseSummary) -> Grade | None:
    at = case.last_seen_at
    if at is None:
        return None
    if Flag.UNOBSERVED in case.flags:
        return Grade.REPORT
    checked = _checked(state.checks, at, PERSONS_PRESENT)
    if checked is not None:
        return checked
    if any(report.last_online_at == at for report in state.reports):
        return Grade.SOURCE
    return Grade.REPORT if any(report.seen_at == at for report in state.reports) else Grade.PROBE


def _gone_by(state: UrlState, case: CaseSummary) -> Grade | None:
    at = case.gone_at
    if at is None:
        return None
    checked = _checked(state.checks, at, PERSONS_ABSENT)
    if checked is not None:
        return checked
    for report in state.reports:
        last_at = report.last_online_at
        if report.source_online is False and at == (last_at or report.reported_at):
            return Grade.SOURCE
    # probes take 30 min to confirm an end, so one that was confirmed at R rests on a statement
    return Grade.OWNER_CHANGED if at == case.confirmed_at else Grade.PROBE


def is_checked_absent(state: UrlState, at: Instant) -> bool:
    """Return whether a person's check alone says that the material was gone by an instant."""
    return _checked(state.checks, at, PERSONS_ABSENT) is Grade.CHECK


def _checked(
    checks: Iterable[PackedCheck], at: Instant, said: frozenset[CheckResult]
) -> Grade | None:
    """Return the grade of a check of an instant that says one of these; None = there is none."""
    found = {
        Grade.SOURCE if check.authoritative else Grade.CHECK
        for check in checks
        if check.at == at and check.what in said and not check.backdated
    }
    return None if not found else Grade.CHECK if Grade.CHECK in found else Grade.SOURCE
