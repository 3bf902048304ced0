"""What a report publishes of a URL's state: a case as it is, or as it was before its withdrawal.

What a hotline withdrew starts no clock, so a case that ended `withdrawn` has none. No report could
say how often that was done when the norm had run out. Such a case is judged once more as if that
last withdrawal had not been made. Of it the clock is published, and that it was withdrawn.
"""

from collections.abc import Iterator
from typing import Final

from msgspec import structs

from schemas.closed_lists import CaseClass
from schemas.identity.ids import Hash
from schemas.moments import Instant
from schemas.records.case import CaseSummary, UrlState
from schemas.records.reports import HotlineId
from streams.case_class import phase_at
from streams.lifecycle.result.cases import evaluate
from streams.report.cohort import Cohort, left_out, published
from streams.report.published_case import MOVED_FIRST, ON_CHECK, REMOVED_FIRST, PublishedCase
from streams.report.url_records import of_url

_NOT_OF_A_WITHDRAWN: Final = frozenset({ON_CHECK, MOVED_FIRST, REMOVED_FIRST})
"""They speak of an R, and a withdrawn case has none."""


def published_of(state: UrlState, cohort: Cohort, hash: Hash) -> Iterator[PublishedCase | str]:
    """Yield each case of the period as the report publishes it, or why it is left out.

    Args:
        state: of a URL, by the records that were known when the watch ended
            (`streams.report.known_by`).
        cohort: the period.
        hash: makes names that hold in this publication alone.
    """
    for case in state.cases:
        found = _published(case, state, (cohort, hash)) or left_out(case, cohort)
        if found is not None:
            yield found


def _published(case: CaseSummary, state: UrlState, by: tuple[Cohort, Hash]) -> PublishedCase | None:
    cohort, hash = by
    ended_at = withdrawn_at(case, cohort.as_of)
    if ended_at is not None:
        return _withdrawn(case, state, ended_at, by)
    if not cohort.covers(case):
        return None
    return published(case, cohort, hash, of_url(case, state, cohort.as_of))


def withdrawn_at(case: CaseSummary, as_of: Instant) -> Instant | None:
    """Return when a case ended because no report of it stood; None = it did not.

    Args:
        case: the case.
        as_of: what came later is not known.
    """
    phase = phase_at(case, as_of)
    return phase.from_at if phase and phase.case_class is CaseClass.WITHDRAWN else None


def _withdrawn(
    case: CaseSummary, state: UrlState, ended_at: Instant, by: tuple[Cohort, Hash]
) -> PublishedCase | None:
    cohort, hash = by
    last_at = max((one.at for one in state.withdrawals if one.at <= ended_at), default=ended_at)
    stood = _of(_before(state, last_at), case.case_id)
    if stood is None or not cohort.covers(stood):
        return None
    made = published(stood, cohort, hash, of_url(stood, state, cohort.as_of))
    if made is None or made.noticed_at >= ended_at:
        return None
    seen_at = made.last_seen_at
    return structs.replace(
        made,
        case_class=CaseClass.WITHDRAWN,
        last_seen_at=None if seen_at is None else min(seen_at, ended_at),
        gone_at=None,
        back_at=None,
        moved_to="",
        verdict=None,
        flags=tuple([one for one in made.flags if one not in _NOT_OF_A_WITHDRAWN]),
        withdrawn_at=ended_at,
        reported_again_at=_reported_again_at(state, made.hotline, (last_at, ended_at), cohort),
    )


def _before(state: UrlState, at: Instant) -> UrlState:
    """Return a state with its cases as they are if no report was withdrawn from an instant on."""
    earlier = tuple([one for one in state.withdrawals if one.at < at])
    found = structs.replace(state, withdrawals=earlier)
    return structs.replace(found, cases=evaluate(found))


def _of(state: UrlState, case_id: str) -> CaseSummary | None:
    return next((one for one in state.cases if one.case_id == case_id), None)


def _reported_again_at(
    state: UrlState, hotline: HotlineId, ended: tuple[Instant, Instant], cohort: Cohort
) -> Instant | None:
    """Return when a hotline reported again what its own withdrawal had ended."""
    last_at, ended_at = ended
    by = {one.hotline for one in state.withdrawals if one.at == last_at}
    again = (
        one.reported_at
        for one in state.reports
        if one.hotline == hotline
        and one.reported_at > ended_at
        and max(one.reported_at, one.received_at) <= cohort.as_of
    )
    return min(again, default=None) if hotline in by else None
