"""What the records of a case's URL say of it beyond its summary, for what is published of it.

All of it is as known at an instant: what came later changes no published figure.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from schemas.closed_lists import CaseClass
from schemas.moments import Instant
from schemas.records.case import CaseSummary, UrlState
from schemas.records.case_events import PackedReport
from schemas.records.reports import HotlineId
from streams.case_class import phase_at
from streams.lifecycle.result.grades import is_checked_absent


class OfUrl(NamedTuple):
    """What is said of a case by its URL's records.

    Attributes:
        moved_to: the hoster that had the URL after it moved; empty = none is known.
        category, site_type: as its hotline's newest report that says it; empty = none does.
        on_check: a person's check alone says that it was gone.
    """

    moved_to: str = ""
    category: str = ""
    site_type: str = ""
    on_check: bool = False


NOTHING_SAID: Final = OfUrl()


def of_url(case: CaseSummary, state: UrlState, as_of: Instant) -> OfUrl:
    """Return what the records of its URL say of a case.

    Args:
        case: the case.
        state: of its URL.
        as_of: what came later is not known.
    """
    hotline = hotline_of(case)
    own = [
        report
        for report in sorted(state.reports, key=_received)
        if report.hotline == hotline and report.received_at <= as_of
    ]
    _, gone_at = first_end(case, as_of)
    categories = [report.category for report in own if report.category]
    site_types = [report.site_type for report in own if report.site_type]
    return OfUrl(
        moved_to=moved_to(case, state.cases, as_of),
        category=categories[-1] if categories else "",
        site_type=site_types[-1] if site_types else "",
        on_check=gone_at is not None and is_checked_absent(state, gone_at),
    )


def _received(report: PackedReport) -> tuple[Instant, str]:
    return report.received_at, report.record_id


def hotline_of(case: CaseSummary) -> HotlineId:
    """Return whose notice is the clock of a case; where no notice is, the first of who reported it.

    Args:
        case: the case.
    """
    return case.delay[0] if case.delay else min(case.hotlines, default="")


def first_end(case: CaseSummary, as_of: Instant) -> tuple[Instant | None, Instant | None]:
    """Return L and R of the first end after the clock began, as known at an instant.

    Args:
        case: the case.
        as_of: what came later is not known.
    """
    last_seen_at, gone_at = case.first_end or _moved(case) or (case.last_seen_at, case.gone_at)
    if gone_at is not None and gone_at > as_of:
        gone_at = None
    if last_seen_at is not None and last_seen_at > as_of:
        last_seen_at = as_of
    return last_seen_at, gone_at


def first_end_was(case: CaseSummary, as_of: Instant) -> CaseClass | None:
    """Return what the first end was where the case was there again after it; None = it was not.

    Args:
        case: the case.
        as_of: what came later is not known.
    """
    if case.first_end is not None and case.first_end[1] <= as_of:
        return CaseClass.REMOVED
    moved = _moved(case)
    return CaseClass.MOVED if moved is not None and moved[1] <= as_of else None


def _moved(case: CaseSummary) -> tuple[Instant, Instant] | None:
    """Return (L, R] of the first end if it was a move, and not the end that stands.

    Where nothing backs what was there after it, no return has its L. Then L is the last sighting,
    or R where that one is later: of a move R alone decides.
    """
    first = (one for one in case.returns if one.moved and one.gone_at == case.moved_at)
    found = next(((one.last_seen_at, one.gone_at) for one in first), None)
    moved_at = case.moved_at
    if found is None and moved_at is not None and moved_at != case.gone_at:
        seen_at = moved_at if case.last_seen_at is None else min(case.last_seen_at, moved_at)
        return seen_at, moved_at
    return found


def moved_to(case: CaseSummary, of_url: Sequence[CaseSummary], as_of: Instant) -> str:
    """Return the hoster that had a case's URL after it moved; empty = it did not, or none had.

    A name leads elsewhere before the old copy is gone, or at that time. So it is the one that had
    the URL last when the move ended, of those that came after the case. Where there is none, it is
    the first that had it after that.

    Args:
        case: the case.
        of_url: all cases of its URL.
        as_of: what came later is not known.
    """
    phase, gone_at = phase_at(case, as_of), _moved_away_at(case, as_of)
    if phase is None or phase.case_class is not CaseClass.MOVED or gone_at is None:
        return ""
    others = sorted(
        (one.opened_at, one.case_id, one.hoster)
        for one in of_url
        if one.role is case.role
        and one.group != case.group
        and case.opened_at <= one.opened_at <= as_of
    )
    by_then = [hoster for opened_at, _, hoster in others if opened_at <= gone_at]
    after = [hoster for opened_at, _, hoster in others if opened_at > gone_at]
    return (by_then[-1:] or after[:1] or [""])[0]


def _moved_away_at(case: CaseSummary, as_of: Instant) -> Instant | None:
    """Return R of the move that stood at an instant, also where the case came back later."""
    past = (one.gone_at for one in case.returns if one.moved and one.gone_at <= as_of < one.back_at)
    return next(past, case.gone_at)
