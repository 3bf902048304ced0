"""Laws of the figures: each case in one class, parts sum to the whole, nothing for hiding."""

from dataclasses import replace as changed

import pytest
from cases import at, case
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.closed_lists import OPEN, CaseClass, ClockStanding, Flag, NormVerdict, Role
from schemas.moments import HOUR_MS
from schemas.records.case import CaseSummary, Return, Sampling
from schemas.records.case_observations import NormProbes
from streams.case_class import class_at
from streams.norms.maturity import AUTHORITY_ORDER
from streams.rollup.case_figures import (
    OTHER,
    figures,
    grouped_for_display,
    totals,
    watched,
)
from streams.rollup.figures import REMOVAL_BOUNDS_S, RemovalTimeReading, merged
from streams.rollup.windows import Window, WindowEvent
from streams.statistics.sampling_weights import WHOLE

HOSTERS = ("alpha", "beta", "gamma", "delta")

LOTS = ((1.0, True, 0xFF), (1.0, True, 0), (0.5, True, 0xFD), (0.3, True, 0), (0.3, False, 0))
"""Inclusion probability, whether in the sample, and norm slots probed on time."""


def of(*cases: CaseSummary, hours: float = 100):
    return figures("alpha", Role.HOSTING, cases, at(hours))


@st.composite
def any_case(draw: st.DrawFn) -> CaseSummary:
    outcome = draw(st.sampled_from(CaseClass))
    reported = draw(st.integers(0, 90))
    awaits = outcome in {CaseClass.AWAITING, CaseClass.ENDED_WITHOUT_NOTICE}
    noticed = None if awaits else reported + draw(st.integers(0, 20))
    seen = reported + draw(st.integers(0, 60))
    ended = outcome in {CaseClass.REMOVED, CaseClass.DARK, CaseClass.DNS_ENDED, CaseClass.MOVED}
    inclusion, sampled, on_time = draw(st.sampled_from(LOTS))
    return case(
        outcome,
        inclusion=inclusion,
        sampled=sampled,
        norm_probes=NormProbes(on_time=on_time),
        hoster=draw(st.sampled_from(HOSTERS)),
        role=draw(st.sampled_from(Role)),
        reported=reported,
        noticed=noticed,
        seen=seen,
        gone=seen + draw(st.integers(1, 9)) if ended else None,
    )


def per_hoster(cases: list[CaseSummary], as_of: int):
    groups = sorted({(c.hoster, c.role) for c in cases})
    return [
        figures(h, r, [c for c in cases if (c.hoster, c.role) == (h, r)], as_of) for h, r in groups
    ]


@given(st.lists(any_case(), max_size=40), st.integers(0, 200))
def test_every_case_is_in_one_class_and_hosters_sum_to_the_total(cases, hours):
    """Cases that exist = sum of classes, per hoster and in total, and roles stay apart."""
    as_of = at(hours)
    parts = per_hoster(cases, as_of)
    exist = [c for c in cases if class_at(c, as_of) is not None]
    for total in totals(parts, as_of):
        mine = [c for c in exist if c.role is total.role]
        assert total.reported == len(mine) == sum(total.classes.values())
        whole = figures("total", total.role, [c for c in cases if c.role is total.role], as_of)
        assert total == merged("total", total.role, as_of, [whole])
        for unavailable in RemovalTimeReading:
            assert total.estimate(unavailable) == whole.estimate(unavailable)


@given(st.lists(any_case(), max_size=40), st.integers(0, 5))
def test_grouping_moves_figures_and_loses_none(cases, shown_max):
    """Named hosters and `other` sum to the same total as all hosters."""
    parts = per_hoster(cases, at(100))
    grouped = grouped_for_display(parts, shown_max, ())
    assert totals(grouped, at(100)) == totals(parts, at(100))
    assert sum(p.hoster != OTHER for p in grouped) == min(shown_max, len(parts))


@given(st.lists(any_case(), max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_cases_changes_no_figure(cases, chance):
    """Counts, windows, bounds and estimates are of a set."""
    shuffled = list(cases)
    chance.shuffle(shuffled)
    one, two = (figures("a", Role.HOSTING, c, at(100)) for c in (cases, shuffled))
    for unavailable in RemovalTimeReading:
        assert one.estimate(unavailable) == two.estimate(unavailable)
    assert (one.classes, one.norms, one.windows) == (two.classes, two.norms, two.windows)


def test_the_backlog_is_what_was_noticed_and_is_open():
    """Open = every open sub-state but `awaiting`, which is counted apart."""
    found = of(
        case(CaseClass.AWAITING, noticed=None),
        case(CaseClass.ONLINE),
        case(CaseClass.SUSPECT),
        case(CaseClass.DOUBTED),
        case(CaseClass.UNAVAILABLE, noticed=3),
        case(CaseClass.REMOVED, gone=4),
    )
    assert (found.backlog, found.awaiting, found.unavailable, found.removed) == (4, 1, 1, 1)
    assert found.oldest_open_at == at(0)


def test_overdue_means_that_the_running_verdict_is_late():
    """Past the norm and undetermined is `overdue_unseen`: a claim of its own."""
    found = of(
        case(CaseClass.ONLINE, seen=30),
        case(CaseClass.UNAVAILABLE, seen=10),
        case(CaseClass.ONLINE, noticed=90, reported=90, seen=95),
        case(CaseClass.REMOVED, seen=30, gone=40),
    )
    assert (found.overdue, found.overdue_unseen, found.backlog) == (1, 1, 3)


def test_time_alone_makes_a_case_overdue():
    """The norm runs out between two readings of the same summaries."""
    cases = [case(CaseClass.ONLINE, seen=10)]
    assert figures("a", Role.HOSTING, cases, at(24)).overdue_unseen == 0
    assert figures("a", Role.HOSTING, cases, at(24) + 1).overdue_unseen == 1


def test_bounds_take_undetermined_cases_both_ways():
    """[in_time / n, (n - late) / n]: in_time 1, late 1, undetermined 1 gives [1/3, 2/3]."""
    norm = of(
        case(CaseClass.REMOVED, seen=1, gone=2),
        case(CaseClass.REMOVED, seen=30, gone=31),
        case(CaseClass.REMOVED, seen=20, gone=31),
    ).norm(86_400)
    assert (norm.in_time, norm.late, norm.undetermined) == (1, 1, 1)
    assert norm.bounds == (1 / 3, 2 / 3)


@pytest.mark.parametrize(
    "outcome",
    [
        CaseClass.GONE_BEFORE_NOTICE,
        CaseClass.NEVER_ONLINE,
        CaseClass.WITHDRAWN,
        CaseClass.EXCLUDED,
    ],
)
def test_norms_are_not_asked_of_cases_that_prove_nothing(outcome):
    """N = noticed cases less gone_before_notice, never_online, withdrawn and excluded."""
    found = of(case(outcome, seen=30))
    assert found.norm(86_400).n == 0
    assert found.norm(86_400).bounds is None
    assert found.windows[WindowEvent.LATE][Window.FOUR_WEEKS] == 0


def test_going_dark_is_never_in_time():
    """What was late before stays late; else it widens the bounds.

    Rule 4.13 of docs/measurement.md.
    """
    norm = of(case(CaseClass.DARK, seen=30, gone=31), case(CaseClass.DARK, seen=3, gone=4)).norm(
        86_400
    )
    assert (norm.in_time, norm.late, norm.undetermined) == (0, 1, 1)


def test_a_share_is_over_matured_cases_only():
    """A case whose norm still runs would make the share of those kept seem smaller."""
    young = case(CaseClass.REMOVED, noticed=80, reported=80, seen=81, gone=82)
    found = of(young, case(CaseClass.REMOVED, seen=1, gone=2), hours=100)
    assert (found.norm(86_400).n, found.norm(172_800).n) == (1, 1)
    assert of(young, hours=104).norm(86_400).n == 1
    assert of(young, hours=103.9).norm(86_400).n == 0


def test_a_case_that_moved_before_its_norm_ran_out_is_in_no_share():
    """Who no longer has it cannot remove it; what had run out before is counted."""
    moved = replace(case(CaseClass.MOVED, seen=29, gone=30), moved_at=at(30))
    found = of(moved, hours=100)
    assert (found.norm(86_400).n, found.norm(172_800).n) == (1, 0)


def test_orders_have_a_share_of_their_own():
    """It counts a case once the last of its orders' terms has run out."""
    told = replace(case(seen=30), order_verdict=NormVerdict.LATE, order_due_at=at(40))
    assert [of(told, hours=h).norm(AUTHORITY_ORDER).late for h in (39, 40)] == [0, 1]
    outside = replace(told, sampling=Sampling(0.5, sampled=False))
    assert (
        of(outside, hours=40).norm(AUTHORITY_ORDER).n,
        of(outside, hours=40).norm(AUTHORITY_ORDER).n_eligible,
    ) == (
        0,
        1,
    )


@pytest.mark.parametrize("clock", [ClockStanding.SENT_ONLY, ClockStanding.ON_REPORT])
def test_a_clock_that_is_not_delivered_is_shown_and_alerts_nobody(clock):
    """It is in the backlog, and in no figure that alerts go by."""
    found = of(replace(case(seen=30), clock=clock), replace(case(seen=3), clock=clock), hours=100)
    assert (found.backlog, found.overdue, found.overdue_unseen) == (2, 0, 0)
    assert found.windows[WindowEvent.LATE][Window.FOUR_WEEKS] == 0


def test_a_hoster_gains_nothing_by_blocking():
    """Taken as still online, unavailable cases keep the median away from what was removed."""
    removed = [case(CaseClass.REMOVED, seen=1, gone=2) for _ in range(4)]
    blocked = [case(CaseClass.UNAVAILABLE, seen=1, since=3) for _ in range(6)]
    found = of(*removed, *blocked)
    assert found.estimate(RemovalTimeReading.CENSORED).p50_ms is None
    assert found.estimate(RemovalTimeReading.EVENT).p50_ms == 3 * HOUR_MS
    assert found.removed == 4


def test_open_cases_are_censored_at_their_last_sighting():
    """Two removed at 2 h and 10 h, one seen until 5 h: S = 2/3 at 2 h, 0 at 10 h."""
    found = of(
        case(CaseClass.REMOVED, seen=1, gone=2),
        case(CaseClass.ONLINE, seen=5),
        case(CaseClass.REMOVED, seen=9, gone=10),
    )
    estimate = found.estimate(RemovalTimeReading.CENSORED)
    assert (estimate.n, estimate.ended, estimate.p50_ms) == (3, 2, 10 * HOUR_MS)


def test_removal_times_fall_into_buckets_that_the_norms_close():
    """A removal at exactly 24 h is within 24 h."""
    found = of(
        case(CaseClass.REMOVED, seen=1, gone=24),
        case(CaseClass.REMOVED, seen=1, gone=24.001),
        hours=100,
    )
    day = REMOVAL_BOUNDS_S.index(86_400)
    assert sum(found.removal_weights[: day + 1]) == WHOLE
    assert sum(found.removal_weights) == 2 * WHOLE


def test_a_return_counts_the_end_before_it_and_the_return():
    """Removed, back, removed again: two removals and one reappearance; open again: one."""
    back = Return(at(1), at(2), at(50))
    again = case(CaseClass.REMOVED, seen=60, gone=61, returns=(back,))
    still = case(CaseClass.ONLINE, seen=60, returns=(back,))
    too_late = case(CaseClass.REMOVED, seen=1, gone=2, returns=(back,))
    for one, removed in ((again, 2), (still, 1), (too_late, 1)):
        found = of(one)
        assert found.windows[WindowEvent.REMOVED][Window.WEEK] == removed
        assert found.windows[WindowEvent.REAPPEARED][Window.WEEK] == found.reappearances == 1


def test_roles_are_never_summed():
    """Adding a proxy's figures to a hoster's is refused."""
    with pytest.raises(ValueError, match="never summed"):
        merged("total", Role.HOSTING, at(0), [figures("a", Role.PROXY, [], at(0))])


def test_an_alerting_hoster_is_always_shown():
    """An alert speaks of a hoster's own figure, so folding may not hide it."""
    big = figures("big", Role.HOSTING, [case() for _ in range(9)], at(10))
    small = figures("small", Role.HOSTING, [case()], at(10))
    assert [p.hoster for p in grouped_for_display([small, big], 1, ())] == ["big", OTHER]
    shown = grouped_for_display([small, big], 1, {("small", Role.HOSTING)})
    assert [p.hoster for p in shown] == ["small", OTHER]
    shown = grouped_for_display([small, big], 2, {("small", Role.HOSTING)})
    assert [p.hoster for p in shown] == ["big", "small"]


def test_alerting_hosters_take_the_places_of_others():
    """The number of names holds while those that alert are not more: so many series a scrape."""
    parts = [figures(f"big-{i}", Role.HOSTING, [case(), case()], at(10)) for i in range(5)]
    parts += [figures(f"small-{i}", Role.HOSTING, [case()], at(10)) for i in range(4)]
    loud = {(f"small-{i}", Role.HOSTING) for i in range(2)}
    named = [p.hoster for p in grouped_for_display(parts, 3, loud)]
    assert named == ["big-0", "small-0", "small-1", OTHER]
    loud |= {(f"small-{i}", Role.HOSTING) for i in range(4)}
    assert [p.hoster for p in grouped_for_display(parts, 3, loud)] == [
        *(f"small-{i}" for i in range(4)),
        OTHER,
    ]


def test_a_hoster_whose_backlog_may_grow_enough_is_watched():
    """More than ten notices in a week is the least that can make the alert due."""
    gone = [case(CaseClass.REMOVED, seen=1, gone=2, number=i) for i in range(11)]
    assert not watched(figures("a", Role.HOSTING, gone[:10], at(10)))
    assert watched(figures("a", Role.HOSTING, gone, at(10)))


def test_a_hoster_with_an_old_backlog_is_watched():
    """Nothing new for weeks, ten cases that are not removed: it is alerted on for its silence."""
    ten = [case(number=i) for i in range(10)]
    assert not watched(figures("a", Role.HOSTING, ten[:9], at(2_000)))
    assert watched(figures("a", Role.HOSTING, ten, at(2_000)))


@pytest.mark.parametrize("flag", [Flag.BOUNCED, Flag.MISDIRECTED])
def test_a_hoster_whose_notices_go_astray_is_watched(flag):
    """The alerts on notices that bounce or go to others need no backlog."""
    none = figures("a", Role.HOSTING, [case(CaseClass.AWAITING, noticed=None)], at(10))
    assert not watched(none)
    assert watched(changed(none, flags={flag: 1}))


def test_a_hoster_whose_removals_do_not_last_is_watched():
    """Three returns within a week, or one case a hidden vantage saw, are alerts of their own."""
    none = figures("a", Role.HOSTING, [case(CaseClass.REMOVED, seen=1, gone=2)], at(10))
    assert not watched(none)
    assert watched(changed(none, disagreed=1))
    back = {**none.windows, WindowEvent.REAPPEARED: dict.fromkeys(Window, 3)}
    assert watched(changed(none, windows=back))


def test_a_hoster_that_could_not_be_measured_is_watched():
    """Its cases may all have ended weeks ago: more than half of ten is an alert of its own."""
    none = figures("a", Role.HOSTING, [case(CaseClass.REMOVED, seen=1, gone=2)], at(2_000))
    assert watched(changed(none, followed=10, unmeasurable=6))
    assert not watched(changed(none, followed=10, unmeasurable=5))
    assert not watched(changed(none, followed=9, unmeasurable=9))


def test_every_open_class_but_awaiting_is_backlog():
    """The closed list of open classes and the figure agree."""
    found = of(*(case(o, noticed=None if o is CaseClass.AWAITING else 0) for o in sorted(OPEN)))
    assert found.backlog == len(OPEN) - 1


def test_what_is_not_probed_is_counted_and_measures_nothing():
    """It is in its class, under its flag and late only by a check; no share or time has it."""
    open_case = case(CaseClass.ONLINE, noticed=0, seen=0)
    unprobed = replace(open_case, flags=(Flag.NOT_PROBED,), naming=False)
    said, usual = of(unprobed), of(open_case)
    assert said.classes[CaseClass.ONLINE] == said.noticed == said.backlog == 1
    assert said.flags[Flag.NOT_PROBED] == said.not_naming == 1
    assert (said.overdue_unseen, said.unprobed, said.followed) == (0, 0, 0)
    assert usual.followed + usual.overdue_unseen > 0
    assert not any(norm.n_eligible for norm in said.norms)
    assert any(norm.n for norm in usual.norms)
    assert (
        said.spans[RemovalTimeReading.CENSORED].estimate
        == of().spans[RemovalTimeReading.CENSORED].estimate
    )
