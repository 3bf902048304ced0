"""From their histories to cases: what notices, withdrawals and decisions make of them.

See docs/measurement.md, Classes.

`evaluate(state)` is a pure function of the set of events; the class at an instant is the last
phase not after it.
"""

from collections import Counter
from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from schemas.closed_lists import CaseClass, ClockStanding, Confidence, Expected, Flag, Role
from schemas.moments import Instant
from schemas.records.case import CaseSummary, Expectation, Phase, Rechecks, Sampling, UrlState
from schemas.records.case_observations import NOTHING, NormProbes
from streams.lifecycle.evidence.between import between
from streams.lifecycle.evidence.hosting_spells import (
    OVERFLOW,
    HostingSpell,
    hosting_spells,
    spell_of,
)
from streams.lifecycle.evidence.hotline_statements import statements_about
from streams.lifecycle.evidence.owner import Owner
from streams.lifecycle.evidence.repeated_resolutions import lacking, within
from streams.lifecycle.evidence.timeline import timeline_of, with_probes
from streams.lifecycle.result.attributed import (
    attributed_to,
    given_at,
    one_an_owner,
    scopes_of,
    through_proxy,
)
from streams.lifecycle.result.case_context import CaseContext
from streams.lifecycle.result.classes import ReportedSightings
from streams.lifecycle.result.expected_probes import is_alone
from streams.lifecycle.result.norm_verdicts import (
    JudgedCase,
    assess_norms,
    judged_from,
    may_become_public,
    next_late_from,
    orders_in_public,
    wants_control,
    with_verdicts,
)
from streams.lifecycle.result.notices import Clocks, delay
from streams.lifecycle.result.probe_triggers import probe_triggers
from streams.lifecycle.result.returns import returns_of
from streams.lifecycle.result.url_context import Probes, SpellProbes
from streams.lifecycle.result.url_statements import REPORTED, UrlStatements, statements_of
from streams.lifecycle.result.windows import counted_once
from streams.lifecycle.result.withdrawals import (
    case_segments,
    gaps,
    gaps_of_spell,
)
from streams.norms.measurability import around
from streams.norms.punctuality import unplanned

_OUT_OF_THE_COUNT = CaseClass.WITHDRAWN, CaseClass.EXCLUDED


def evaluate(state: UrlState) -> tuple[CaseSummary, ...]:
    """Return the cases of a URL, oldest first within a spell; none until one is reported."""
    return evaluate_cases(state)[0]


def evaluate_cases(
    state: UrlState,
    statements: UrlStatements | None = None,
    judged: dict[str, JudgedCase] | None = None,
) -> tuple[tuple[CaseSummary, ...], tuple[Expectation, ...]]:
    """Return the cases of a URL, and the probes that would tell nothing new of them.

    `judged` takes what the norms of each case were judged by, by its id; None = nobody asks.
    """
    if not state.reports:
        return (), ()
    found: list[CaseSummary] = []
    expectations: list[Expectation] = []
    given: dict[str, Instant] = {}
    statements = statements or statements_of(state, partial(_is_open, state))
    url, probes = statements.url, Probes(state)
    all_spells = [mine.spell for mine in statements.spells]
    proxied = any(spell.role is Role.PROXY for spell in all_spells)
    ordinals: Counter[tuple[str, Role]] = Counter()
    for mine in statements.spells:
        spell = mine.spell
        opened_at = state.reports[0].received_at if spell.first else spell.opened_at
        seen = with_probes(state, spell, mine.entries, mine.probed)
        since = url.reported_at if spell.first else spell.opened_at
        # what a header says counts behind the proxy alone
        open_to_controls = proxied and spell.role is Role.HOSTING and not spell.is_behind(None)
        unseen = through_proxy(spell, seen)
        ranges = [*lacking(seen), *statements.repeated] if spell is all_spells[0] else lacking(seen)
        unreported = gaps_of_spell(statements.unreported, spell.ends_at)
        stretches = case_segments(seen, opened_at, since, unreported, spell.away, kept=mine.walked)
        begun = ordinals[spell.first_name, spell.role]
        ordinals[spell.first_name, spell.role] += len(stretches)
        shown = SpellProbes(seen, [one.history.dismissed for one in stretches])
        scopes = scopes_of(state, spell, statements.known, begun, stretches)
        for scope, segment in zip(scopes, stretches, strict=True):
            history = segment.history
            spells = history.spells()
            clocks = mine.clocks_of(url, scope, spells)
            assessment = assess_norms(clocks, spells)
            if judged is not None:
                judged[scope.case_id] = JudgedCase(
                    scope, spells, clocks, orders_in_public(assessment, shown)
                )
            saw = _reported_sightings(statements, segment.since, scope.until)
            context = CaseContext(
                url, scope, segment, clocks.noticed_at, saw, mine.statements, probes.too_late
            )
            case = with_verdicts(_case(context, clocks, probes), clocks, assessment, shown)
            repeated = within(ranges, history.opened_at, scope.until)
            case = replace(case, resolutions_repeated=repeated) if repeated else case
            case = attributed_to(case, scope, proxied=unseen)
            given[scope.case_id] = given_at(scope)
            found.append(replace(case, norm_probes=case.norm_probes | _around_norm(shown, case)))
            if wants_control(assessment) or history.withheld:
                flags = tuple(sorted({*case.flags, Flag.UNPROVEN}))
                found[-1] = replace(found[-1], flags=flags)
                open_to_controls = True
            open_to_controls |= may_become_public(found[-1]) or bool(history.earlier_ends)
        if open_to_controls or state.root:
            continue  # any probe may tell something of those before it, or it is a root
        expected, until = history.expected, history.expected_until
        if expected is not None and is_alone(spell, all_spells):
            if expected is Expected.SEEN:  # until a sighting makes a norm's verdict another
                until = next_late_from(found[-1], assessment)
            expectations.append(Expectation(len(found) - 1, expected, until))
    if all(case.served is None for case in found):
        return tuple(counted_once(found, state.reports)), tuple(expectations)
    return tuple(counted_once(one_an_owner(found, given), state.reports)), ()


def _reported_sightings(
    statements: UrlStatements, since: Instant, until: Instant | None
) -> ReportedSightings:
    """Return what the reports of a case's time saw, and those before it."""
    reports = between(statements.reported, since, until, REPORTED)
    return ReportedSightings(reports, between(statements.reported, 0, since, REPORTED))


def hosting_spells_of(state: UrlState) -> tuple[list[HostingSpell], list[Instant]]:
    """Return the hosting spells of a URL with reports, and when one was named that is none yet."""
    return hosting_spells(state, partial(_is_open, state))


def _is_open(state: UrlState, owner: Owner, at: Instant) -> bool:
    """Return whether an owner's case was open at an instant, by what was known before it."""
    spell = spell_of(owner)
    reports = tuple([one for one in state.reports if one.reported_at < at]) or state.reports[:1]
    withdrawals = tuple([one for one in state.withdrawals if one.at < at])
    unreported = gaps(replace(state, reports=reports, withdrawals=withdrawals))
    opened_at = reports[0].received_at if spell.first else spell.opened_at
    since = min(one.reported_at for one in reports) if spell.first else spell.opened_at
    found = timeline_of(state, spell, statements_about(state, spell))
    seen = [entry for entry in found if entry.at < at]
    last = case_segments(seen, opened_at, since, unreported, spell.away)[-1]
    history = last.history
    is_open = history.end is None or history.state_at(at) is CaseClass.SUSPECT
    return is_open and last.withdrawn_at is None


def _case(context: CaseContext, clocks: Clocks, probes: Probes) -> CaseSummary:
    url, scope, history = context.url, context.scope, context.history
    spell, reports, end = scope.spell, url.state.reports, history.end
    phases, back = context.phases(), returns_of(history, clocks.noticed_at)
    orders = judged_from(clocks.orders, history.spells()) if clocks.orders else ()
    unseen_at, triggers = context.unobserved_since(), probe_triggers(context, phases, orders)
    return CaseSummary(
        case_id=scope.case_id,
        hoster=spell.placement.hoster,
        group=spell.group,
        role=spell.role,
        country=spell.placement.country,
        asn=spell.placement.asn,
        asn_country=spell.placement.asn_country,
        opened_at=history.opened_at,
        reported_at=url.reported_at,
        received_at=reports[0].received_at,
        noticed_at=clocks.noticed_at,
        first_seen_at=history.first_seen_at,
        last_seen_at=history.last_seen_at if unseen_at is None else unseen_at,
        gone_at=end.gone_at if end else None,
        confirmed_at=end.confirmed_at if end else None,
        first_end=back.first_end,
        returns=back.counted,
        untold_returns=back.before_notice,
        phases=phases,
        flags=_flags(context, clocks),
        naming=phases[-1].case_class not in _OUT_OF_THE_COUNT and _naming(context, clocks),
        hotlines=url.hotlines,
        unnoticed=context.unnoticed(),
        answered=tuple(
            sorted({a.at for a in url.answers(scope.since, scope.until) if a.who in scope.mine})
        ),
        checked=triggers.checked,
        told_again=triggers.told_again,
        order_terms=triggers.order_terms,
        sampling=Sampling(spell.placement.inclusion, spell.placement.sampled),
        rechecks=Rechecks(history.rechecked, history.disagreed),
        delay=delay(url, scope, clocks.first, history.opened_at),
        host=0 if clocks.noticed_at is None else max([report.host for report in reports]),
        norm_probes=_norm_slots(probes, spell, clocks, history.opened_at, phases),
    )


def _norm_slots(
    probes: Probes, spell: HostingSpell, clocks: Clocks, opened_at: Instant, phases: Sequence[Phase]
) -> NormProbes:
    """Return which norm slots of a case were probed on time, and which were not planned."""
    if clocks.first is None:
        return NOTHING
    noticed_at = clocks.first.at
    left_out = unplanned(noticed_at, max(opened_at, clocks.first.received_at), phases)
    return NormProbes(on_time=probes.on_time(spell, noticed_at), unplanned=left_out)


def _around_norm(shown: SpellProbes, case: CaseSummary) -> NormProbes:
    """Return what the probes around the norm showed."""
    near = around(case.noticed_at, case.norm_from_at, case.norm_s)
    return NOTHING if near is None else shown.around(near)


def _flags(context: CaseContext, clocks: Clocks) -> tuple[Flag, ...]:
    url, scope, history = context.url, context.scope, context.history
    spell = scope.spell
    conditional = {
        Flag.CONTESTED: spell.contested and scope.decided is None,
        Flag.ANNOUNCED_ONLY: bool(history.end and history.end.announced_only),
        Flag.SINGLE_VANTAGE: bool(history.end and history.end.single_vantage),
        Flag.SPLIT: history.split,
        Flag.UNPROVEN: history.unproven,
        Flag.SELF_REPORT: context.sightings.self_reported,
        Flag.ASSUMED_SEEN: context.sightings.assumed,
        Flag.UNOBSERVED: context.unobserved_since() is not None,
        Flag.TOO_LATE: context.too_late,
        Flag.OVERFLOW: spell.group == OVERFLOW,
        Flag.SAMPLED: spell.placement.inclusion < 1,
        Flag.NOT_PROBED: not url.probed,
    }
    return tuple(sorted(clocks.flags.union(flag for flag, holds in conditional.items() if holds)))


def _naming(context: CaseContext, clocks: Clocks) -> bool:
    scope, spell, placement = context.scope, context.scope.spell, context.scope.spell.placement
    known = not spell.contested and placement.confidence is not Confidence.UNKNOWN
    return (
        spell.role is Role.HOSTING
        and spell.group != OVERFLOW
        and scope.number == 0
        and clocks.first is not None
        and clocks.first.standing is ClockStanding.DELIVERED
        and (known or scope.decided is not None)
        and not context.sightings.self_reported
        and context.url.has_live_report
        and context.url.probed
    )
