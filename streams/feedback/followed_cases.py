"""What hotlines are told of a URL's cases, taken from the URL's state."""

from collections.abc import Iterator

from schemas.closed_lists import NormVerdict, Target
from schemas.iccam import IccamReason
from schemas.moments import Instant
from schemas.records.case import CaseSummary, UrlState
from schemas.records.case_observations import PackedObservation
from schemas.records.feedback import FollowedCase
from streams.feedback.iccam import reason_of


def followed_cases(state: UrlState) -> tuple[FollowedCase, ...]:
    """Return what is followed of a URL's cases."""
    return tuple(_followed(state, case) for case in state.cases)


def _followed(state: UrlState, case: CaseSummary) -> FollowedCase:
    newest, ending = _reasons(state, case)
    noticed = case.noticed_at is not None
    return FollowedCase(
        case_id=case.case_id,
        hoster=case.hoster,
        owner=case.group,
        role=case.role,
        opened_at=case.opened_at,
        phases=case.phases,
        last_seen_at=case.last_seen_at,
        gone_at=case.gone_at,
        norms=_norms(case) if noticed else (),
        order_verdict=case.order_verdict,
        noticed=noticed,
        newest=newest,
        ending=ending,
    )


def _norms(case: CaseSummary) -> tuple[tuple[int, NormVerdict], ...]:
    """Return the verdict of each norm, of which a norm that was never judged has none."""
    return tuple(zip(case.norms_s, case.verdicts, strict=False))


def _reasons(state: UrlState, case: CaseSummary) -> tuple[IccamReason | None, IccamReason | None]:
    """Return ICCAM's reasons by the newest probe of a case, and by the one that found it gone."""
    newest: PackedObservation | None = None
    ending: PackedObservation | None = None
    for observation in _observations(state, case):
        if newest is None or _done_at(observation) > _done_at(newest):
            newest = observation
        if _done_at(observation) == case.gone_at:
            ending = observation
    if newest is None:
        return None, None
    met = reason_of(state.fingerprints[newest.print])
    if ending is None or case.gone_at is None:
        return met, None if case.gone_at is None else met
    return met, reason_of(state.fingerprints[ending.print])


def _observations(state: UrlState, case: CaseSummary) -> Iterator[PackedObservation]:
    served = case.probed_at[0], case.role
    for track in state.tracks:
        if track.target is Target.URL and (track.hoster, track.role) == served:
            yield from track.observations


def _done_at(observation: PackedObservation) -> Instant:
    return observation.slot_at + observation.sent_ms + observation.done_ms
