"""From episodes to cases: what notices, withdrawals and decisions make of them.

See docs/measurement.md, Classes.

`evaluate(state)` is a pure function of the set of events; the class at an instant is the last
phase not after it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter

from msgspec.structs import replace

from schemas.identity.ids import case_id
from schemas.moments import HOUR_MS, Instant
from schemas.reasons import OPEN, ClockStanding, Confidence, Flag, Outcome, Role
from schemas.records.case import CaseSummary, Phase, Steady, UrlState
from streams.lifecycle.evidence.hosting_spells import (
    OVERFLOW,
    UNKNOWN,
    HostingSpell,
    hosting_spells,
)
from streams.lifecycle.evidence.timeline import items
from streams.lifecycle.machine.episode import End, Episode
from streams.lifecycle.result.expected_probes import is_alone, until
from streams.lifecycle.result.norm_verdicts import (
    judgement_of,
    next_late_from,
    wants_control,
    with_verdicts,
)
from streams.lifecycle.result.notices import Clocks, Span, clocks_of, delay
from streams.lifecycle.result.url_context import Shown, UrlContext
from streams.lifecycle.result.windows import counted_once
from streams.lifecycle.result.withdrawals import Held, gaps, held_cases
from streams.lifecycle.state_table import ENDS, EXPIRY_MS
from streams.norms.measurability import around
from streams.norms.punctuality import RANGES_MS, looked, unplanned

_SINCE = itemgetter(0)

SEEN_BEFORE_NOTICE_MS = HOUR_MS
"""A sighting up to an hour before the notice still shows that it was there when noticed."""


def evaluate(state: UrlState) -> tuple[CaseSummary, ...]:
    """Return the cases of a URL, oldest first within a stay; none until reported and attributed."""
    return judge(state)[0]


def judge(state: UrlState) -> tuple[tuple[CaseSummary, ...], tuple[Steady, ...]]:
    """Return the cases of a URL, and the probes that would tell nothing new of them."""
    if not state.reports:
        return (), ()
    found: list[CaseSummary] = []
    steady: list[Steady] = []
    places = hosting_spells(state)
    url, unreported = UrlContext(state), gaps(state)
    proxied = any(spell.role is Role.PROXY for spell in places)
    known: dict[str, Instant] = {}
    for spell in places:
        there_at = url.reported_at if spell.first else spell.open_at
        for id in {spell.group, *spell.hosters} - {UNKNOWN}:
            known[id] = min(there_at, known.get(id, there_at))
    for spell in places:
        opened_at = state.reports[0].received_at if spell.first else spell.open_at
        seen = items(state, spell, through=proxied and spell.role is Role.HOSTING)
        shown = Shown(seen)
        since = url.reported_at if spell.first else spell.open_at
        open_to_controls = False
        for ordinal, held in enumerate(held_cases(seen, opened_at, since, unreported)):
            episode = held.episode
            span = Span(
                case_id=case_id(state.url_key, spell.group, spell.role, ordinal),
                spell=spell,
                known=known,
                since=held.since,
                until=held.until,
                first=not ordinal,
            )
            history = episode.history()
            clocks = clocks_of(url, span, history)
            judged = judgement_of(clocks, history)
            case = with_verdicts(_case(url, span, held, clocks), clocks, judged, shown)
            bits = _around_norm(shown, case)
            found.append(replace(case, brackets=case.brackets | bits))
            if wants_control(judged):
                flags = tuple(sorted({*case.flags, Flag.UNPROVEN}))
                found[-1] = replace(found[-1], flags=flags, naming=False, public_late=False)
                open_to_controls = True
            open_to_controls |= episode.withheld
        if open_to_controls or state.root:
            continue  # any probe may tell something of those before it, or it is a root
        if episode.stand is not None and is_alone(spell, places):
            norm_at = next_late_from(found[-1], judged)
            steady.append(Steady(len(found) - 1, episode.stand, until(episode, norm_at)))
    return tuple(counted_once(found, state.reports)), tuple(steady)


def _case(url: UrlContext, span: Span, held: Held, clocks: Clocks) -> CaseSummary:
    spell, reports, episode, end = span.spell, url.state.reports, held.episode, held.episode.end
    noticed_at = clocks.noticed_at
    phases = _phases(url, span, held, noticed_at)
    return CaseSummary(
        case_id=span.case_id,
        hoster=spell.place.hoster,
        group=spell.group,
        role=spell.role,
        country=spell.place.country,
        asn=spell.place.asn,
        asn_country=spell.place.asn_country,
        opened_at=episode.opened_at,
        reported_at=url.reported_at,
        received_at=reports[0].received_at,
        noticed_at=noticed_at,
        first_seen_at=episode.first_seen_at,
        last_seen_at=episode.last_seen_at,
        gone_at=end.gone_at if end else None,
        settled_at=end.confirmed_at if end else None,
        first_end=episode.first_end,
        returns=episode.returns,
        phases=phases,
        flags=_flags(url, spell, episode, clocks),
        naming=_naming(url, spell, clocks) and not episode.unproven,
        hotlines=url.hotlines,
        unnoticed=_unnoticed(episode, noticed_at),
        answered=tuple(
            sorted({a.at for a in url.answers(span.since, span.until) if a.who in span.mine})
        ),
        inclusion=spell.place.inclusion,
        sampled=spell.place.sampled,
        rechecked=episode.rechecked,
        disagreed=episode.disagreed,
        delay=delay(url, span, clocks.first, episode.opened_at),
        brackets=_brackets(url, spell, clocks, episode.opened_at, phases),
    )


def _brackets(
    url: UrlContext,
    spell: HostingSpell,
    clocks: Clocks,
    opened_at: Instant,
    phases: Sequence[Phase],
) -> int:
    """Return what `streams.norms.punctuality` says of a case: probed on time, and not
    planned.
    """
    if clocks.first is None:
        return 0
    noticed_at = clocks.first.at
    bits = unplanned(noticed_at, max(opened_at, clocks.first.received_at), phases)
    since, until_at = noticed_at + RANGES_MS[0][0], noticed_at + RANGES_MS[-1][1]
    for slot_at, sent_ms in url.slots_looked_at(spell, since, until_at):
        bits |= looked(noticed_at, slot_at, sent_ms)
    return bits


def _around_norm(shown: Shown, case: CaseSummary) -> int:
    """Return what the probes around the norm said: the bits of `streams.norms.measurability`."""
    near = around(case.noticed_at, case.norm_from_at, case.norm_s)
    return 0 if near is None else shown.around(near)


def _phases(
    url: UrlContext, span: Span, held: Held, noticed_at: Instant | None
) -> tuple[Phase, ...]:
    episode = held.episode
    instants = {at for at, _ in episode.states}
    if noticed_at is not None and noticed_at > episode.opened_at:
        instants.add(noticed_at)
    phases: list[Phase] = []
    for at in sorted(instants):
        noticed_by_then = noticed_at if noticed_at is not None and noticed_at <= at else None
        outcome = _class(episode, _state_at(episode, at), noticed_by_then)
        if not phases or phases[-1].outcome is not outcome:
            phases.append(Phase(at, outcome))
    expiry = Phase(max(episode.opened_at, noticed_at or 0) + EXPIRY_MS, Outcome.EXPIRED)
    before = [phase for phase in phases if phase.from_at < expiry.from_at]
    if before and before[-1].outcome in OPEN:
        phases = [*before, expiry]
    stop = _stopped(url, span, held)
    if stop is not None:
        phases = [*(phase for phase in phases if phase.from_at < stop.from_at), stop]
    return tuple(phases)


def _unnoticed(episode: Episode, noticed_at: Instant | None) -> tuple[Phase, ...]:
    """Return what the probes said before the notice; none if nothing but its presence."""
    said = [
        Phase(at, state) for at, state in episode.states if noticed_at is None or at < noticed_at
    ]
    return tuple(said) if len(said) > 1 else ()


def _state_at(episode: Episode, at: Instant) -> Outcome:
    """Return what the probes had said by an instant; states stand in order of time."""
    after = bisect_right(episode.states, at, key=_SINCE)
    return episode.states[max(after - 1, 0)][1]


def _class(episode: Episode, raw: Outcome, noticed_at: Instant | None) -> Outcome:
    if raw in ENDS and episode.end is not None and raw is episode.end.state:
        return _ended(episode, episode.end, noticed_at)
    if raw in ENDS:  # an end that a return voided or that was followed by one
        return raw if noticed_at is not None else Outcome.ENDED_WITHOUT_NOTICE
    return raw if noticed_at is not None else Outcome.AWAITING


def _ended(episode: Episode, end: End, noticed_at: Instant | None) -> Outcome:
    if episode.first_seen_at is None:
        return Outcome.NEVER_ONLINE
    if end.state in (Outcome.MOVED, Outcome.DARK):
        return end.state
    if noticed_at is None:
        return Outcome.ENDED_WITHOUT_NOTICE
    seen_at = episode.last_seen_at
    seen = seen_at is not None and seen_at >= noticed_at - SEEN_BEFORE_NOTICE_MS
    if end.gone_at <= noticed_at or not seen:
        return Outcome.GONE_BEFORE_NOTICE
    return end.state


def _stopped(url: UrlContext, span: Span, held: Held) -> Phase | None:
    """Return what ends measuring from outside: withdrawn or excluded, the earlier."""
    stops = []
    if held.withdrawn_at is not None:
        stops.append(Phase(held.withdrawn_at, Outcome.WITHDRAWN))
    excluded = [url.excluded[id] for id in ("", span.case_id) if id in url.excluded]
    if excluded:
        stops.append(Phase(max(min(excluded), held.episode.opened_at), Outcome.EXCLUDED))
    return min(stops, key=lambda phase: (phase.from_at, phase.outcome), default=None)


def _flags(
    url: UrlContext, spell: HostingSpell, episode: Episode, clocks: Clocks
) -> tuple[Flag, ...]:
    flags = set(clocks.flags)
    conditions = {
        Flag.CONTESTED: spell.place.contested,
        Flag.ANNOUNCED_ONLY: bool(episode.end and episode.end.announced_only),
        Flag.SINGLE_VANTAGE: bool(episode.end and episode.end.single_vantage),
        Flag.SPLIT: episode.split,
        Flag.UNPROVEN: episode.unproven,
        Flag.SELF_REPORT: url.self_reported,
        Flag.TOO_LATE: url.too_late,
        Flag.OVERFLOW: spell.group == OVERFLOW,
        Flag.SAMPLED: spell.place.inclusion < 1,
    }
    return tuple(sorted(flags | {flag for flag, holds in conditions.items() if holds}))


def _naming(url: UrlContext, spell: HostingSpell, clocks: Clocks) -> bool:
    return (
        clocks.first is not None
        and clocks.first.standing is ClockStanding.DELIVERED
        and not spell.place.contested
        and spell.place.confidence is not Confidence.UNKNOWN
        and not url.self_reported
        and url.delivers
    )
