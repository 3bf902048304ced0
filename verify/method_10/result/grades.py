"""What L and R rest on: probes, a person's check, a source, a report or a statement (rule 4.17)."""

from collections.abc import Iterator

from schemas.closed_lists import CheckResult, Grade
from schemas.moments import Instant
from verify.ledger.records import UrlRecords, is_dated_back

_ABSENT = (CheckResult.ABSENT, CheckResult.NOT_ILLEGAL_NOW)


def seen_by(records: UrlRecords, last_at: Instant | None, *, unobserved: bool) -> Grade | None:
    """Return what L rests on (rule 4.17); None = there is no L.

    Args:
        records: all that the ledger holds of the URL.
        last_at: L.
        unobserved: L is the later of the hotline's sighting and the notice.
    """
    if last_at is None:
        return None
    if unobserved:
        return Grade.REPORT
    said = [g for at, g, there in _said(records) if at == last_at and there]
    return next((grade for grade in Grade if grade in said), Grade.PROBE)


def gone_by(records: UrlRecords, gone_at: Instant | None, found_at: Instant | None) -> Grade | None:
    """Return what R rests on (rule 4.17); None = there is no R.

    Args:
        records: all that the ledger holds of the URL.
        gone_at: R.
        found_at: when the end was found; probes find none at R itself.
    """
    if gone_at is None:
        return None
    said = [g for at, g, there in _said(records) if at == gone_at and not there]
    otherwise = Grade.OWNER_CHANGED if found_at == gone_at else Grade.PROBE
    return next((grade for grade in Grade if grade in said), otherwise)


def _said(records: UrlRecords) -> Iterator[tuple[Instant, Grade, bool]]:
    """Give of all statements: the instant they speak of, their grade, and whether it was there."""
    for check in records.checks:
        if is_dated_back(check):
            continue
        grade = Grade.SOURCE if check.authoritative else Grade.CHECK
        if check.result is CheckResult.PRESENT:
            yield check.checked_at, grade, True
        elif check.result in _ABSENT:
            yield check.checked_at, grade, False
    for report in records.reports:
        if report.seen_at is not None:
            yield report.seen_at, Grade.REPORT, True
        if report.last_online_at is not None:
            yield report.last_online_at, Grade.SOURCE, True
        if report.source_online is False:
            yield report.last_online_at or report.reported_at, Grade.SOURCE, False
