"""From episodes to cases: what notices, withdrawals and decisions make of them (DESIGN 3.1, 3.7).

`evaluate(state)` is a pure function of the set of events; the class at an instant is the last
phase not after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.case import (
    TRAIT_TOO_LATE,
    CaseSummary,
    PackedNotice,
    PackedReport,
    Phase,
    UrlState,
)
from schemas.ids import case_id
from schemas.moments import HOUR_MS, Instant
from schemas.reasons import (
    OPEN,
    Basis,
    Confidence,
    Delivery,
    Flag,
    HotlineMode,
    NormVerdict,
    Outcome,
)
from streams.lifecycle.norms import norm_verdict
from streams.lifecycle.presence import UNKNOWN, Stay, stays
from streams.lifecycle.removal import Episode, walk
from streams.lifecycle.sights import items
from streams.lifecycle.table import ENDS, EXPIRY_MS

SEEN_BEFORE_NOTICE_MS = HOUR_MS
"""A sighting up to an hour before the notice still shows that it was there when noticed."""


@dataclass(frozen=True, slots=True)
class _Clock:
    """The notices that count for one case."""

    noticed_at: Instant | None
    naming_at: Instant | None
    norm_from_at: Instant | None
    norm_s: int
    flags: frozenset[Flag]


def evaluate(state: UrlState) -> tuple[CaseSummary, ...]:
    """Return the cases of a URL, oldest first within a stay; none until reported and attributed."""
    if not state.reports:
        return ()
    found = []
    for stay in stays(state):
        opened_at = state.reports[0].received_at if stay.first else stay.open_at
        episodes = walk(items(state, stay), opened_at, stay.left_at)
        for ordinal, episode in enumerate(episodes):
            found.append(_case(state, stay, episode, ordinal))
    return tuple(found)


def class_at(case: CaseSummary, as_of: Instant) -> Outcome:
    """Return the class a case is in at an instant, by what is known now."""
    outcome = case.phases[0].outcome
    for phase in case.phases:
        if phase.from_at > as_of:
            break
        outcome = phase.outcome
    return outcome


def _case(state: UrlState, stay: Stay, episode: Episode, ordinal: int) -> CaseSummary:
    clock = _clock(state, stay, episode.opened_at if ordinal else None)
    reports = state.reports
    end = episode.end
    removed_at, last_at = _first_end(episode)
    norms = reports[0].norms_s
    return CaseSummary(
        case_id=case_id(state.url_key, stay.group, stay.role, ordinal),
        hoster=stay.place.hoster,
        group=stay.group,
        role=stay.role,
        country=stay.place.country,
        asn=stay.place.asn,
        asn_country=stay.place.asn_country,
        opened_at=episode.opened_at,
        reported_at=min(report.reported_at for report in reports),
        received_at=reports[0].received_at,
        noticed_at=clock.noticed_at,
        naming_at=clock.naming_at,
        norm_from_at=clock.norm_from_at,
        norm_s=clock.norm_s,
        norms_s=norms,
        first_seen_at=episode.first_seen_at,
        last_seen_at=episode.last_seen_at,
        gone_at=end.gone_at if end else None,
        settled_at=end.settled_at if end else None,
        first_end=episode.first_end,
        returns=tuple(episode.returns),
        phases=_phases(state, episode, clock),
        verdicts=tuple(norm_verdict(n, clock.noticed_at, last_at, removed_at) for n in norms),
        flags=_flags(state, stay, episode, clock),
        naming=_naming(state, stay, clock),
        hotlines=tuple(sorted({report.hotline for report in reports})),
    )


def _first_end(episode: Episode) -> tuple[Instant | None, Instant | None]:
    """Return R and L that the norm verdict is made from: those of the first end that stood."""
    if episode.first_end is not None:
        last, gone = episode.first_end
        return gone, last
    end = episode.end
    removed = end.gone_at if end and end.state is Outcome.REMOVED else None
    return removed, episode.last_seen_at


def _clock(state: UrlState, stay: Stay, since: Instant | None) -> _Clock:
    mine = {stay.group, *stay.hosters}
    sector = state.reports[0].sector_norm_s
    told = [n for n in state.notices if since is None or n.noticed_at > since]
    counting = [n for n in told if n.recipient in mine and _starts_clock(n)]
    flags = set()
    if any(n.recipient not in mine and n.recipient != UNKNOWN for n in told):
        flags.add(Flag.MISDIRECTED)
    on_report = [r for r in state.reports if r.mode is HotlineMode.ON_REPORT]
    moments = [(n.noticed_at, n) for n in counting]
    if not moments and on_report and since is None:
        at = on_report[0].received_at
        return _Clock(at, None, at, sector, frozenset(flags | {Flag.NO_DELIVERY_PROOF}))
    if not moments:
        return _Clock(None, None, None, sector, frozenset(flags))
    if all(n.result is not Delivery.DELIVERED for n in counting):
        flags.add(Flag.NO_DELIVERY_PROOF)
    noticed_at = min(at for at, _ in moments)
    if any(n.backdated and n.noticed_at == noticed_at for n in counting):
        flags.add(Flag.BACKDATED)
    naming = [_naming_at(state, n) for n in counting if n.result is Delivery.DELIVERED]
    orders = [n for n in counting if n.basis is Basis.ORDER and n.term_s]
    norm_from_at, norm_s = noticed_at, sector
    if orders:
        order = min(orders, key=lambda n: n.noticed_at + (n.term_s or 0) * 1_000)
        norm_from_at, norm_s = order.noticed_at, order.term_s or sector
    return _Clock(noticed_at, min(naming, default=None), norm_from_at, norm_s, frozenset(flags))


def _starts_clock(notice: PackedNotice) -> bool:
    if notice.result is Delivery.DELIVERED:
        return True
    return notice.mode is HotlineMode.SENT_ONLY and notice.result is Delivery.SENT


def _naming_at(state: UrlState, notice: PackedNotice) -> Instant:
    confirmed = any(d.action == "confirm_backdated" for d in state.decisions)
    return notice.received_at if notice.backdated and not confirmed else notice.noticed_at


def _phases(state: UrlState, episode: Episode, clock: _Clock) -> tuple[Phase, ...]:
    noticed_at = clock.noticed_at
    instants = {at for at, _ in episode.states}
    if noticed_at is not None and noticed_at > episode.opened_at:
        instants.add(noticed_at)
    stop = _stopped(state, episode)
    phases: list[Phase] = []
    for at in sorted(instants):
        if stop is not None and at >= stop.from_at:
            break
        raw = _state_at(episode, at)
        outcome = _class(
            episode, raw, noticed_at if noticed_at is not None and noticed_at <= at else None
        )
        if not phases or phases[-1].outcome is not outcome:
            phases.append(Phase(at, outcome))
    if stop is not None and (
        not phases or phases[-1].outcome in OPEN or stop.outcome is not Outcome.EXPIRED
    ):
        phases.append(stop)
    return tuple(phases)


def _state_at(episode: Episode, at: Instant) -> Outcome:
    state = episode.states[0][1]
    for since, entered in episode.states:
        if since > at:
            break
        state = entered
    return state


def _class(episode: Episode, raw: Outcome, noticed_at: Instant | None) -> Outcome:
    if raw in ENDS and episode.end is not None and raw is episode.end.state:
        return _ended(episode, raw, noticed_at)
    if raw in ENDS:  # an end that a return voided or that was followed by one
        return raw if noticed_at is not None else Outcome.ENDED_WITHOUT_NOTICE
    return raw if noticed_at is not None else Outcome.AWAITING


def _ended(episode: Episode, raw: Outcome, noticed_at: Instant | None) -> Outcome:
    end = episode.end
    if end is None or raw in (Outcome.MOVED, Outcome.DARK):
        return raw
    if episode.first_seen_at is None:
        return Outcome.NEVER_ONLINE
    if noticed_at is None:
        return Outcome.ENDED_WITHOUT_NOTICE
    seen = any(at >= noticed_at - SEEN_BEFORE_NOTICE_MS for at in episode.sightings)
    if end.gone_at <= noticed_at or not seen:
        return Outcome.GONE_BEFORE_NOTICE
    return raw


def _stopped(state: UrlState, episode: Episode) -> Phase | None:
    """Return what ends measuring from outside: withdrawn, excluded or expired, the earliest."""
    stops = [Phase(episode.opened_at + EXPIRY_MS, Outcome.EXPIRED)]
    withdrawn = _withdrawn_at(state)
    if withdrawn is not None:
        stops.append(Phase(max(withdrawn, episode.opened_at), Outcome.WITHDRAWN))
    excluded = [d.decided_at for d in state.decisions if d.action == "exclude"]
    if excluded:
        stops.append(Phase(max(min(excluded), episode.opened_at), Outcome.EXCLUDED))
    return min(stops, key=lambda phase: (phase.from_at, phase.outcome))


def _withdrawn_at(state: UrlState) -> Instant | None:
    """Return when the last hotline took its report back; None while one stands by it."""
    newest: dict[str, Instant] = {}
    for report in state.reports:
        newest[report.hotline] = max(newest.get(report.hotline, 0), report.reported_at)
    latest: dict[str, Instant] = {}
    for mark in state.withdrawals:
        latest[mark.hotline] = max(latest.get(mark.hotline, 0), mark.at)
    if any(latest.get(hotline, -1) < at for hotline, at in newest.items()):
        return None
    return max(latest[hotline] for hotline in newest)


def _flags(state: UrlState, stay: Stay, episode: Episode, clock: _Clock) -> tuple[Flag, ...]:
    flags = set(clock.flags)
    late = any(look.traits & TRAIT_TOO_LATE for track in state.tracks for look in track.looks)
    conditions = {
        Flag.CONTESTED: stay.place.contested,
        Flag.ANNOUNCED_ONLY: bool(episode.end and episode.end.announced_only),
        Flag.SPLIT: episode.split,
        Flag.UNPROVEN: episode.unproven,
        Flag.SELF_REPORT: _self_reported(state.reports),
        Flag.TOO_LATE: late,
    }
    return tuple(sorted(flags | {flag for flag, holds in conditions.items() if holds}))


def _self_reported(reports: Sequence[PackedReport]) -> bool:
    return all(report.self_report for report in reports)


def _naming(state: UrlState, stay: Stay, clock: _Clock) -> bool:
    return (
        clock.naming_at is not None
        and not stay.place.contested
        and stay.place.confidence is not Confidence.UNKNOWN
        and not _self_reported(state.reports)
        and any(report.mode is HotlineMode.DELIVERY for report in state.reports)
    )


__all__ = ["NormVerdict", "class_at", "evaluate"]
