"""Laws of the figures: each case in one class, parts sum to the whole, nothing for hiding."""

from dataclasses import replace as changed

import pytest
from cases import at, case
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.moments import HOUR_MS
from schemas.reasons import OPEN, CaseClass, ClockStanding, Flag, NormVerdict, Role
from schemas.records.case import CaseSummary, Return
from streams.case_class import class_at
from streams.norms.maturity import ORDER
from streams.rollup.case_figures import (
    OTHER,
    figures,
    fold_for_display,
    totals,
    watched,
)
from streams.rollup.figures import REMOVAL_BOUNDS_S, Cohort, Unavailable, merged
from streams.rollup.windows import Event, Window
from streams.statistics.sampling_weights import WHOLE

HOSTERS = ("alpha", "beta", "gamma", "delta")

LOTS = ((1.0, True, 0xFF), (1.0, True, 0), (0.5, True, 0xFD), (0.3, True, 0), (0.3, False, 0))
"""Inclusion probability, whether in the sample, and looks on time."""


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
    inclusion, sampled, brackets = draw(st.sampled_from(LOTS))
    return case(
        outcome,
        inclusion=inclusion,
        sampled=sampled,
        brackets=brackets,
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
        assert total.reported == len(mine) == sum(total.outcomes.values())
        whole = figures("total", total.role, [c for c in cases if c.role is total.role], as_of)
        assert total == merged("total", total.role, as_of, [whole])
        for unavailable in Unavailable:
            assert total.estimate(unavailable) == whole.estimate(unavailable)


@given(st.lists(any_case(), max_size=40), st.integers(0, 5))
def test_folding_moves_figures_and_loses_none(cases, named_max):
    """Named hosters and `other` sum to the same total as all hosters."""
    parts = per_hoster(cases, at(100))
    folded = fold_for_display(parts, named_max, ())
    assert totals(folded, at(100)) == totals(parts, at(100))
    assert sum(p.hoster != OTHER for p in folded) == min(named_max, len(parts))


@given(st.lists(any_case(), max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_cases_changes_no_figure(cases, chance):
    """Counts, windows, bounds and estimates are of a set."""
    shuffled = list(cases)
    chance.shuffle(shuffled)
    one, two = (figures("a", Role.HOSTING, c, at(100)) for c in (cases, shuffled))
    for unavailable in Unavailable:
        assert one.estimate(unavailable) == two.estimate(unavailable)
    assert (one.outcomes, one.norms, one.windows) == (two.outcomes, two.norms, two.windows)


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
    assert (found.open, found.awaiting, found.unavailable, found.removed) == (4, 1, 1, 1)
    assert found.oldest_open_at == at(0)


def test_overdue_means_that_the_running_verdict_is_late():
    """Past the norm and undetermined is `overdue_unseen`: a claim of its own."""
    found = of(
        case(CaseClass.ONLINE, seen=30),
        case(CaseClass.UNAVAILABLE, seen=10),
        case(CaseClass.ONLINE, noticed=90, reported=90, seen=95),
        case(CaseClass.REMOVED, seen=30, gone=40),
    )
    assert (found.overdue, found.overdue_unseen, found.open) == (1, 1, 3)


def test_time_alone_makes_a_case_overdue():
    """The norm runs out between two looks at the same summaries."""
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
    assert found.windows[Event.LATE][Window.FOUR_WEEKS] == 0


def test_going_dark_is_never_in_time():
    """What was late before stays late; else it widens the bounds.

    See docs/measurement.md, Confirmation.
    """
    norm = of(case(CaseClass.DARK, seen=30, gone=31), case(CaseClass.DARK, seen=3, gone=4)).norm(
        86_400
    )
    assert (norm.in_time, norm.late, norm.undetermined) == (0, 1, 1)


def test_a_share_is_over_matured_cases_only():
    """A case whose norm still runs would make the share of those kept look smaller."""
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
    assert [of(told, hours=h).norm(ORDER).late for h in (39, 40)] == [0, 1]
    outside = replace(told, sampled=False, inclusion=0.5)
    assert (of(outside, hours=40).norm(ORDER).n, of(outside, hours=40).norm(ORDER).of) == (0, 1)


@pytest.mark.parametrize("clock", [ClockStanding.SENT_ONLY, ClockStanding.ON_REPORT])
def test_a_clock_that_is_not_delivered_is_shown_and_alerts_nobody(clock):
    """It is in the backlog, and in no figure that alerts go by."""
    found = of(replace(case(seen=30), clock=clock), replace(case(seen=3), clock=clock), hours=100)
    assert (found.open, found.overdue, found.overdue_unseen) == (2, 0, 0)
    assert found.windows[Event.LATE][Window.FOUR_WEEKS] == 0


def test_a_hoster_gains_nothing_by_blocking():
    """Taken as still online, unavailable cases keep the median away from what was removed."""
    removed = [case(CaseClass.REMOVED, seen=1, gone=2) for _ in range(4)]
    blocked = [case(CaseClass.UNAVAILABLE, seen=1, since=3) for _ in range(6)]
    found = of(*removed, *blocked)
    assert found.estimate(Unavailable.ONLINE).p50_ms is None
    assert found.estimate(Unavailable.ENDED).p50_ms == 3 * HOUR_MS
    assert found.removed == 4


def test_open_cases_are_censored_at_their_last_sighting():
    """Two removed at 2 h and 10 h, one seen until 5 h: S = 2/3 at 2 h, 0 at 10 h."""
    found = of(
        case(CaseClass.REMOVED, seen=1, gone=2),
        case(CaseClass.ONLINE, seen=5),
        case(CaseClass.REMOVED, seen=9, gone=10),
    )
    estimate = found.estimate(Unavailable.ONLINE)
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
        assert found.windows[Event.REMOVED][Window.WEEK] == removed
        assert found.windows[Event.REAPPEARED][Window.WEEK] == found.reappearances == 1


def test_roles_are_never_summed():
    """Adding a proxy's figures to a hoster's is refused."""
    with pytest.raises(ValueError, match="never summed"):
        merged("total", Role.HOSTING, at(0), [figures("a", Role.PROXY, [], at(0))])


def test_an_alerting_hoster_is_always_named():
    """An alert speaks of a hoster's own figure, so folding may not hide it."""
    big = figures("big", Role.HOSTING, [case() for _ in range(9)], at(10))
    small = figures("small", Role.HOSTING, [case()], at(10))
    assert [p.hoster for p in fold_for_display([small, big], 1, ())] == ["big", OTHER]
    named = fold_for_display([small, big], 1, {("small", Role.HOSTING)})
    assert [p.hoster for p in named] == ["small", OTHER]
    named = fold_for_display([small, big], 2, {("small", Role.HOSTING)})
    assert [p.hoster for p in named] == ["big", "small"]


def test_alerting_hosters_take_the_places_of_others():
    """The number of names holds while those that alert are not more: so many series a scrape."""
    parts = [figures(f"big-{i}", Role.HOSTING, [case(), case()], at(10)) for i in range(5)]
    parts += [figures(f"small-{i}", Role.HOSTING, [case()], at(10)) for i in range(4)]
    loud = {(f"small-{i}", Role.HOSTING) for i in range(2)}
    named = [p.hoster for p in fold_for_display(parts, 3, loud)]
    assert named == ["big-0", "small-0", "small-1", OTHER]
    loud |= {(f"small-{i}", Role.HOSTING) for i in range(4)}
    assert [p.hoster for p in fold_for_display(parts, 3, loud)] == [
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
    """Three returns within a week, or one case that a hidden look saw, are alerts of their own."""
    none = figures("a", Role.HOSTING, [case(CaseClass.REMOVED, seen=1, gone=2)], at(10))
    assert not watched(none)
    assert watched(changed(none, disagreed=1))
    back = {**none.windows, Event.REAPPEARED: dict.fromkeys(Window, 3)}
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
    assert found.open == len(OPEN) - 1


def lot(outcome: CaseClass, *, sampled: bool, inclusion: float = 0.25, **said) -> CaseSummary:
    return case(outcome, inclusion=inclusion, sampled=sampled, **said)


def test_unsampled_cases_are_in_every_count_and_in_no_estimate():
    """What was not promised a look on time is not judged by one, not even as undetermined."""
    drawn = [
        lot(CaseClass.REMOVED, sampled=True, seen=1, gone=2),
        lot(CaseClass.ONLINE, sampled=True, seen=30),
    ]
    rest = [lot(CaseClass.REMOVED, sampled=False, seen=1, gone=40) for _ in range(6)]
    found, alone = of(*drawn, *rest), of(*drawn)
    assert (found.reported, found.removed, found.noticed) == (8, 7, 8)
    assert found.windows[Event.REMOVED][Window.WEEK] == 7
    norm = found.norm(86_400)
    assert (norm.n, norm.of) == (2, 8)
    assert norm.bounds == alone.norm(86_400).bounds == (0.5, 0.5)
    assert found.spans == alone.spans
    assert sum(found.removal_weights) == 4 * WHOLE
    assert found.inclusion == 0.25


def test_cases_of_a_sample_weigh_what_they_stand_for():
    """1 removed at p = 1/4 beside 1 open that is looked at for certain: 4 of 5, not 1 of 2."""
    found = of(
        lot(CaseClass.REMOVED, sampled=True, seen=1, gone=2),
        case(CaseClass.ONLINE, seen=30),
    )
    assert found.norm(86_400).bounds == (0.8, 0.8)
    estimate = found.estimate(Unavailable.ONLINE)
    assert (estimate.n, estimate.ended, estimate.p50_ms) == (2, 1, 2 * HOUR_MS)
    assert found.inclusion == 0.625


def test_only_open_noticed_cases_are_not_probed_on_time():
    """Of a case that has ended since no missed look matters; time alone makes one missed."""
    open_case = case(CaseClass.ONLINE, seen=20, brackets=0b00000011)
    ended = case(CaseClass.REMOVED, seen=20, gone=30, brackets=0)
    waiting = case(CaseClass.AWAITING, noticed=None, brackets=0)
    unsampled = replace(open_case, inclusion=0.5, sampled=False)
    assert of(open_case, ended, waiting, unsampled).unprobed == 1
    assert of(open_case, ended, waiting, hours=11).unprobed == 0


def test_rechecked_cases_are_counted_and_those_that_were_there():
    """Cases, not looks: the rate of disagreement is a ratio of the two."""
    removed = case(CaseClass.REMOVED, seen=1, gone=2)
    found = of(
        removed,
        replace(removed, rechecked=3),
        replace(removed, rechecked=2, disagreed=2),
    )
    assert (found.rechecked, found.disagreed) == (2, 1)


def test_delays_are_those_of_the_last_four_weeks_by_hotline():
    """Of notices that started a clock; a delay on a bound belongs to the bucket it closes."""
    quick = replace(case(), delay=("north", 900_000))
    slow = replace(case(), delay=("north", 900_001))
    other = replace(case(), delay=("south", 10**12))
    none = replace(case(), delay=None)
    found = of(quick, slow, other, none, hours=24 * 28 - 1).delays
    assert found["north"].counts[:2] == (1, 1)
    assert (sum(found["north"].counts), found["north"].sum_ms) == (2, 1_800_001)
    assert found["south"].counts[-1] == 1
    assert of(quick, slow, other, none, hours=24 * 28).delays == {}


def test_a_return_lengthens_no_removal():
    """The removal time is that of the first (L, R] after the notice, whatever followed it."""
    removed = case(CaseClass.REMOVED, noticed=1, seen=4, gone=5)
    back = replace(
        case(CaseClass.ONLINE, noticed=1, seen=90),
        first_end=(at(4), at(5)),
        returns=(Return(at(4), at(5), at(60)),),
    )
    for meaning, hours in ((Unavailable.ENDED, 3), (Unavailable.ONLINE, 4)):
        found = of(back).estimate(meaning)
        assert (found.ended, found.p50_ms) == (1, hours * HOUR_MS)
        assert found.p50_ms == of(removed).estimate(meaning).p50_ms


def test_a_removal_lies_between_two_curves():
    """One takes it as ended at L, the other at R; nobody knows more."""
    found = of(*(case(CaseClass.REMOVED, noticed=1, seen=8, gone=11.5, number=n) for n in range(4)))
    assert found.estimate(Unavailable.ENDED).p50_ms == 7 * HOUR_MS
    assert found.estimate(Unavailable.ONLINE).p50_ms == 10.5 * HOUR_MS


def test_cohorts_are_by_how_long_ago_the_notice_is():
    """Noticed in the last 28 days, 90 days, and ever; the wider ones hold the narrower."""
    cases = [
        replace(
            case(CaseClass.REMOVED, noticed=noticed, seen=noticed + 1, gone=noticed + 2), host=n
        )
        for n, noticed in enumerate((0, 24 * 70, 24 * 99))
    ]
    whole = of(*cases, hours=24 * 100)
    counted = {c: whole.estimate(Unavailable.ONLINE, c).n for c in Cohort}
    assert counted == {Cohort.MONTH: 1, Cohort.QUARTER: 2, Cohort.EVER: 3}
    edge = of(*cases, hours=24 * 98).estimate(Unavailable.ONLINE, Cohort.MONTH)
    assert edge.n == 0  # 28 days ago is no longer within them
    total = merged("total", Role.HOSTING, whole.as_of, [of(c, hours=24 * 100) for c in cases])
    assert total.cohorts == whole.cohorts


@pytest.mark.parametrize("hosts", [1, 20])
def test_cases_of_one_host_and_day_are_one_incident(hosts):
    """Twenty removals of one host are one observation, and tell nothing of the spread."""
    told = [
        replace(
            case(CaseClass.REMOVED, noticed=1, seen=n + 1, gone=n + 2, number=n), host=n % hosts
        )
        for n in range(20)
    ]
    found = of(*told).estimate(Unavailable.ONLINE)
    assert found.p50_ms == 10 * HOUR_MS
    if hosts == 1:
        assert (found.p50_low_ms, found.p50_high_ms) == (None, None)
    else:
        assert found.p50_low_ms < found.p50_ms < found.p50_high_ms


def test_second_verdicts_are_counted_under_their_own_name():
    """What followed a return is in no first verdict, and counts once its norm has run out."""
    late, in_time = NormVerdict.LATE, NormVerdict.IN_TIME
    norms_s = (86_400, 172_800)
    back = replace(
        case(CaseClass.ONLINE, noticed=1, seen=95),
        norms_s=norms_s,
        verdicts=(in_time, in_time),
        again_noticed_at=at(60),
        again_verdicts=(late, NormVerdict.UNDETERMINED),
    )
    assert of(back, hours=83).second == {}
    assert of(back, hours=84).second == {(86_400, late): 1}
    found = of(back, back, hours=108)
    assert found.second == {(86_400, late): 2, (172_800, NormVerdict.UNDETERMINED): 2}
    assert found.norm(86_400).in_time == 2
    assert merged("other", Role.HOSTING, at(108), [found, found]).second[86_400, late] == 4


def test_returns_that_nobody_was_told_of_are_counted_apart():
    """They are no reappearances, and a move that came back is no removal."""
    untold = replace(case(CaseClass.ONLINE), untold_returns=2)
    moved = replace(
        case(CaseClass.ONLINE), returns=(Return(at(1), at(2), at(50), True),), back_last_at=at(50)
    )
    found = of(untold, moved, hours=60)
    assert found.untold_returns == 2
    assert found.reappearances == 1
    assert found.windows[Event.REMOVED][Window.FOUR_WEEKS] == 0
