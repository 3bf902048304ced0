"""The cases of a URL at an instant, by all rules together (rules 3.1 to 3.9 and 3.14)."""

from collections.abc import Sequence
from itertools import pairwise

from schemas.moments import Instant
from schemas.reasons import Confidence, Flag, NormVerdict, Outcome, Role
from schemas.records.ledger import ReportAccepted
from verify.compared.record import Case
from verify.ledger.records import UrlRecords
from verify.method_10.classes import Stops, claimed_sightings, class_at, classes, is_unobserved
from verify.method_10.clock import Clock, Ran, clock, delay
from verify.method_10.measurable import missed, on_time, unmeasurable
from verify.method_10.norms import (
    is_overdue,
    late_at,
    late_in_public,
    norm_verdicts,
    order_verdict,
    second_verdicts,
)
from verify.method_10.parts import Part, names_of_owner, parts, reattributed, reports_of
from verify.method_10.presence import behind_a_proxy
from verify.method_10.stays import End, Episode
from verify.method_10.told import DELIVERED, is_to, notices, on_reports, standing_decisions
from verify.method_10.walk import VOID_MS


def cases(url: UrlRecords, as_of: Instant) -> list[Case]:
    """Return the cases of a URL at an instant; none until it is reported and attributed."""
    found = list(parts(url))
    astray = misdirected(url, found)
    return [_case(part, as_of, misdirected=part.id in astray) for part in found]


def clock_of(part: Part) -> Clock:
    """Return the clock of a case."""
    episode, _presence = part.episode, part.presence
    reports = reports_of(part)
    since, until = _span(part)
    ends = [(s.end, s.back_at) for s in episode.stays if s.end is not None]
    returned = [(e.gone_at, back) for e, back in ends if back is not None]
    confirmed = bool(standing_decisions(part.url, "confirm_backdated", part.id))
    ran = Ran(
        since=since,
        until=until,
        removals=sorted(e.gone_at for e, _ in ends if e.outcome is Outcome.REMOVED),
        ends=sorted(e.gone_at for e, _ in ends),
        returns=returned,
        names=frozenset(names_of_owner(part)),
    )
    reported = list(on_reports(reports))
    return clock(part.url, notices(part.url, confirmed=confirmed), reported, ran)


def _span(part: Part) -> tuple[Instant, Instant | None]:
    """Return between which instants a notice can be a case's clock (rule 3.2)."""
    episode = part.episode
    since = episode.opened_at
    if part.number == 0 and part.presence.from_start:
        since = min(r.reported_at for r in reports_of(part))
    elif episode.told_at is not None:
        since = min(episode.told_at, since)
    end = episode.end
    moved_at = end.gone_at if end and end.outcome is Outcome.MOVED else None
    return since, min((at for at in (part.until, moved_at) if at is not None), default=None)


def misdirected(url: UrlRecords, found: Sequence[Part]) -> set[str]:
    """Return the cases that were open when a notice went to nobody who had one (rule 3.2)."""
    astray: set[str] = set()
    for notice in notices(url, confirmed=False):
        there = []
        for part in found:
            since, until = _span(part)
            if since <= notice.at and (until is None or notice.at < until):
                there.append(part)
        if notice.names and not any(is_to(notice, names_of_owner(part)) for part in there):
            astray |= {part.id for part in there}
    return astray


def _case(part: Part, as_of: Instant, *, misdirected: bool) -> Case:
    presence, episode = part.presence, part.episode
    time = clock_of(part)
    reports = reports_of(part)
    claimed = claimed_sightings(reports) if presence.from_start or episode.told_at else []
    excluded = standing_decisions(part.url, "exclude", part.id)
    stops = Stops(
        excluded_at=min((d.decided_at for d in excluded), default=None),
        withdrawn_at=part.epoch.withdrawn_at if part.until is None or _last(part) else None,
    )
    held = classes(episode, time, claimed, stops)
    outcome, since_at = class_at(held, as_of)
    norms_s = time.notice.norms_s if time.notice else ()
    unobserved = is_unobserved(episode, time, claimed)
    verdicts = norm_verdicts(norms_s, time.at, episode)
    if unobserved:
        verdicts = tuple(NormVerdict.UNDETERMINED if v is NormVerdict.LATE else v for v in verdicts)
    order = order_verdict(time.orders, episode)
    again = second_verdicts(time, episode)
    too_late = [look.sent_at for look, late in part.url.looks if late]
    public, cloaked = late_in_public(norms_s, time, episode, too_late)
    last_at = episode.last_at()
    if unobserved and time.at is not None:
        last_at = max([time.at, *(at for at in claimed)])
    end = episode.end
    overdue, unseen = is_overdue(part.episode, outcome, time, (verdicts, order, again), as_of)
    return Case(
        case_id=part.id,
        hoster=_hoster(part),
        group=_owner(part),
        role=presence.role,
        outcome=outcome,
        since_at=since_at,
        opened_at=episode.opened_at,
        reported_at=min(r.reported_at for r in part.url.reports),
        noticed_at=time.at,
        clock=time.standing,
        norms_s=norms_s,
        verdicts=verdicts,
        order_verdict=order,
        first_seen_at=min((s.at for s in episode.sightings()), default=None),
        last_seen_at=last_at,
        gone_at=end.gone_at if end else None,
        settled_at=end.found_at if end else None,
        first_end=_first_end(episode, time),
        returns=_returns(episode, time),
        again_noticed_at=time.again_notice.at if time.again_notice else None,
        again_verdicts=again,
        flags=tuple(
            sorted(
                _flags(part, time, reports, unobserved=unobserved, cloaked=cloaked)
                | ({Flag.MISDIRECTED} if misdirected else set())
            )
        ),
        naming=_naming(part, time, reports),
        public_late=public,
        overdue=overdue,
        overdue_unseen=unseen,
        matures=True,
        reports_at=tuple(sorted(r.reported_at for r in reports)),
        late_at=late_at(time, norms_s, verdicts, order, again),
        inclusion=presence.place.inclusion,
        sampled=presence.place.sampled,
        unmeasurable=unmeasurable(part.seen, time, min(norms_s, default=None), held, as_of),
        missed=missed(on_time(part.url, presence), time, episode.opened_at, held, as_of),
        rechecked=episode.rechecked,
        disagreed=episode.disagreed,
        delay=delay(part.url, time, None if _is_first(part) else episode.opened_at),
    )


def _is_first(part: Part) -> bool:
    return part.number == 0 and part.presence.from_start


def _last(part: Part) -> bool:
    """Return whether a case is the last of its epoch, which the withdrawal ends."""
    at = part.epoch.withdrawn_at
    return at is not None and part.until is not None and part.until > at


def _hoster(part: Part) -> str:
    given = reattributed(part)
    return given.hoster if given and given.hoster else part.presence.hoster


def _owner(part: Part) -> str:
    given = reattributed(part)
    if given is None or given.hoster is None:
        return part.presence.owner
    return getattr(given, "group", None) or given.hoster


def _first_end(episode: Episode, time: Clock) -> tuple[Instant, Instant] | None:
    """Return (L, R) of the first removal after the notice that a return did not void (3.6)."""
    for stay, later in pairwise(episode.stays):
        end = stay.end
        back_at = stay.back_at or min((s.at for s in later.sightings), default=0)
        if end is None or end.outcome is not Outcome.REMOVED or not _was_told(time, end):
            continue
        if back_at - end.gone_at >= VOID_MS:
            seen = [s.at for s in episode.sightings() if s.at < end.gone_at]
            return max(seen, default=end.gone_at), end.gone_at
    return None


def _was_told(time: Clock, end: End) -> bool:
    """Return whether the hoster had been told before an end; else its return is counted apart."""
    return time.at is not None and time.at < end.gone_at


def _returns(episode: Episode, time: Clock) -> tuple[tuple[Instant, Instant, Instant], ...]:
    """Return (L, R, back) of every return of what the hoster had been told of (rule 3.6)."""
    found = []
    for stay in episode.stays:
        if stay.end is not None and stay.back_at is not None and _was_told(time, stay.end):
            seen = [s.at for s in episode.sightings() if s.at < stay.end.gone_at]
            last_at = max(seen, default=stay.end.gone_at)
            found.append((last_at, stay.end.gone_at, stay.back_at))
    return tuple(found)


def _flags(
    part: Part, time: Clock, reports: Sequence[ReportAccepted], *, unobserved: bool, cloaked: bool
) -> set[str]:
    episode, place, end = part.episode, part.presence.place, part.episode.end
    assumed = all(r.seen_at is None for r in reports) and bool(claimed_sightings(reports))
    said: dict[str, bool] = {
        Flag.CONTESTED: part.presence.contested,
        Flag.ANNOUNCED_ONLY: end is not None and end.announced_only,
        "single_vantage": end is not None and end.single_vantage,
        Flag.SPLIT: episode.split,
        Flag.UNPROVEN: episode.asked or len(episode.changed) > 0,
        Flag.SELF_REPORT: all(r.self_report for r in reports),
        Flag.TOO_LATE: any(late for _, late in part.url.looks),
        Flag.SAMPLED: place.inclusion < 1,
        Flag.OVERFLOW: part.presence.overflow,
        "assumed_seen": assumed,
        "unobserved": unobserved,
        "cloaked": cloaked,
        "behind_proxy": part.presence.newest.behind
        and not part.presence.newest.disclosed
        and not _seen_at_its_own_address(part),
    }
    return {*time.flags, *(name for name, holds in said.items() if holds)}


def _naming(part: Part, time: Clock, reports: Sequence[ReportAccepted]) -> bool:
    """Return whether a case passes what the naming gate asks of a single one (rule 3.14)."""
    place = part.presence.newest
    return (
        part.presence.role is Role.HOSTING
        and part.number == 0
        and not part.presence.overflow
        and time.standing == DELIVERED
        and not part.presence.contested
        and place.confidence != Confidence.UNKNOWN
        and not all(r.self_report for r in reports)
        and (not place.behind or place.disclosed or _seen_at_its_own_address(part))
    )


def _seen_at_its_own_address(part: Part) -> bool:
    """Return whether a probe at the origin saw it since a proxy is in front of it (rule 3.12)."""
    return any(
        s.seen is not None
        and s.seen.look.old_address
        and behind_a_proxy(part.url, part.presence, s.seen.at)
        for s in part.episode.sightings()
    )
