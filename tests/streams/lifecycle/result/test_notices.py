"""Laws of clocks (docs/measurement.md, Clocks): which notice starts whose."""

import pytest
from ledger_events import (
    GONE,
    ONLINE,
    at,
    decision,
    fold,
    notice,
    place,
    placed,
    report,
    slots,
    told,
    withdrawal,
)

from schemas.closed_lists import (
    Basis,
    ClockStanding,
    Delivery,
    Flag,
    HotlineMode,
    NormVerdict,
    Role,
)
from schemas.moments import HOUR_MS
from streams.lifecycle.result.notices import Candidate, best


def only(*happened):
    (case,) = fold(report(seen=0), placed(), *happened).cases
    return case


def test_only_a_delivered_notice_starts_a_clock():
    """Sent, bounced and refused start none."""
    for result in (Delivery.SENT, Delivery.BOUNCED, Delivery.REFUSED):
        assert only(notice(1, result=result)).noticed_at is None
    assert only(notice(1)).noticed_at == at(1)


def test_a_notice_that_did_not_arrive_is_said():
    """Bounced or refused, to this hoster and with none delivered: somebody has to try again."""
    for result in (Delivery.BOUNCED, Delivery.REFUSED):
        lost = notice(1, result=result)
        assert Flag.BOUNCED in only(lost).flags
        assert Flag.BOUNCED not in only(lost, notice(2)).flags
        assert Flag.BOUNCED not in only(notice(1, result=result, recipient="stranger")).flags


def test_a_delivered_notice_that_was_taken_back_did_arrive():
    """A case is flagged bounced only if all its notices bounced, whatever was withdrawn since."""
    withdrawn = only(notice(1, result=Delivery.BOUNCED), notice(2), withdrawal(3))
    assert (withdrawn.noticed_at, withdrawn.flags) == (None, ())
    assert Flag.BOUNCED in only(notice(1, result=Delivery.BOUNCED), withdrawal(3)).flags


def test_the_earliest_delivered_notice_counts():
    """Later ones, of whatever hotline, change nothing."""
    assert only(notice(5), notice(2, hotline="beta"), notice(9)).noticed_at == at(2)


def test_a_misdirected_notice_starts_no_clock():
    """A notice to somebody else starts nobody's clock and is said beside the case."""
    case = only(notice(1, recipient="stranger"))
    assert case.noticed_at is None
    assert Flag.MISDIRECTED in case.flags


def test_a_notice_to_nobody_known_starts_no_clock():
    """`unknown` is no recipient, even where the hoster is unknown too."""
    nowhere = place("unknown", role=Role.HOSTING)
    (case,) = fold(report(seen=0), placed(0, nowhere), notice(1, recipient="unknown")).cases
    assert case.noticed_at is None


def test_a_notice_to_the_group_counts():
    """A notice to the hoster's owner is one to the hoster."""
    (case,) = fold(
        report(seen=0), placed(0, place("acme", group="owner")), notice(1, recipient="owner")
    ).cases
    assert case.noticed_at == at(1)


def test_backdated_counts_from_when_it_was_received():
    """Until a decision confirms the earlier time, received_at stands for it in every figure."""
    late = notice(1, received=4, backdated=True)
    case = only(late)
    assert (case.noticed_at, case.norm_from_at) == (at(4), at(4))
    assert Flag.BACKDATED in case.flags
    confirmed = only(late, decision(9, "confirm_backdated"))
    assert confirmed.noticed_at == at(1)
    assert Flag.BACKDATED not in confirmed.flags
    assert only(late, decision(9, "confirm_backdated", case_id="x")).noticed_at == at(4)
    mine = decision(9, "confirm_backdated", case_id=case.case_id)
    assert only(late, mine).noticed_at == at(1)


def test_a_decision_that_was_revoked_has_no_effect():
    """And one that revokes is a decision like any other: it can be revoked, too."""
    late, confirmed = notice(1, received=4, backdated=True), decision(9, "confirm_backdated")
    revoke = decision(10, "revoke", revokes="d9confirm_backdated")
    assert only(late, confirmed, revoke).noticed_at == at(4)
    again = decision(11, "revoke", revokes="d10revoke")
    assert only(late, confirmed, revoke, again).noticed_at == at(1)
    earlier = decision(8, "revoke", revokes="d9confirm_backdated")
    assert only(late, confirmed, earlier).noticed_at == at(1)


@pytest.mark.parametrize("action", ["accept_dispute", "reject_dispute", "legal_hold"])
def test_other_decisions_change_no_case(action):
    """What follows from a dispute that was accepted is a decision of its own."""
    assert only(notice(1), decision(9, action)) == only(notice(1))


def test_an_order_s_term_may_run_out_first():
    """The shortest norm is the one that runs out first, an order's term with the others."""
    case = only(notice(1))
    assert (case.norm_from_at, case.norm_s) == (at(1), 86_400)
    order = notice(3, basis=Basis.ORDER, reference="a-1", term_s=3_600)
    case = only(notice(1), order)
    assert (case.noticed_at, case.norm_from_at, case.norm_s) == (at(1), at(3), 3_600)
    bounced = notice(3, basis=Basis.ORDER, reference="a-1", term_s=3_600, result=Delivery.BOUNCED)
    assert only(notice(1), bounced).norm_s == 86_400


def test_norms_are_those_of_the_notifier_s_jurisdiction():
    """Not those of whoever reported it first."""
    mine = report(seen=0, norms_s=(43_200,), sector_norm_s=43_200)
    told_ = [notice(2, hotline="beta", norms_s=(86_400, 172_800))]
    (case,) = fold(mine, placed(), *told_).cases
    assert case.norms_s == (86_400, 172_800)
    (case,) = fold(mine, placed(), notice(2, hotline="beta")).cases
    assert case.norms_s == (43_200,)


CANDIDATES = {
    "delivered at 30": Candidate(30, ClockStanding.DELIVERED, "alpha", (), 30),
    "delivered at 5": Candidate(5, ClockStanding.DELIVERED, "beta", (), 5),
    "sent at 1": Candidate(1, ClockStanding.SENT_ONLY, "alpha", (), 1),
    "sent at 2": Candidate(2, ClockStanding.SENT_ONLY, "beta", (), 2),
    "report at 0": Candidate(0, ClockStanding.ON_REPORT, "alpha", (), 0),
}


@pytest.mark.parametrize(
    ("counting", "removals", "expected"),
    [
        ([], [], None),
        (["report at 0"], [], "report at 0"),
        (["report at 0", "sent at 2", "sent at 1"], [], "sent at 1"),
        (["sent at 1", "delivered at 30"], [], "delivered at 30"),
        (["sent at 1", "delivered at 30"], [33], "delivered at 30"),
        (["sent at 1", "delivered at 30"], [20], "sent at 1"),
        (["sent at 1", "delivered at 30"], [20, 50], "sent at 1"),
        (["report at 0", "sent at 1", "delivered at 5"], [3, 50], "sent at 1"),
        (["delivered at 5", "delivered at 30"], [], "delivered at 5"),
        (["sent at 1", "delivered at 30"], [1], "delivered at 30"),
    ],
)
def test_the_best_clock_before_the_first_removal_holds(counting, removals, expected):
    """The best standing, also when it is later; within one the earliest; never one after R."""
    found = best([CANDIDATES[name] for name in counting], removals)
    assert found == (None if expected is None else CANDIDATES[expected])


def test_standings_are_not_mixed():
    """Sent at 1 h, delivered at 30 h, gone at 33 h: the hoster was told at 30 h, and is in time."""
    sent = notice(1, result=Delivery.SENT, mode=HotlineMode.SENT_ONLY)
    seen = slots([2, 29], ONLINE)
    gone = slots([33, 33.2, 33.4, 33.6], GONE)
    case = only(sent, notice(30, hotline="beta"), *seen, *gone)
    assert (case.clock, case.noticed_at) == (ClockStanding.DELIVERED, at(30))
    assert set(case.verdicts) == {NormVerdict.IN_TIME}
    alone = only(sent, *seen, *gone)
    assert (alone.clock, alone.naming) == (ClockStanding.SENT_ONLY, False)
    assert Flag.NO_DELIVERY_PROOF in alone.flags


def test_a_notice_from_before_the_case_starts_no_clock():
    """The URL moves to a hoster that had been told by mistake 99 h before: nobody is late."""
    moved = [placed(h, place("other"), vantage="north") for h in (100, 100.2)]
    gone = slots([102.5, 102.7, 102.9, 103.1], GONE, hoster="other")
    seen = slots([101, 102], ONLINE, hoster="other")
    told_ = [notice(1, recipient="other"), *moved, *seen, *gone]
    cases = fold(report(seen=0), placed(), *told_).cases
    case = next(case for case in cases if case.hoster == "other")
    assert (case.noticed_at, case.clock, case.verdicts) == (None, None, ())
    assert Flag.MISDIRECTED in case.flags


def test_the_first_attribution_holds_from_the_first_report_on():
    """However late it was made: the notice went to where the URL was."""
    (case,) = fold(report(0, seen=0), notice(1), placed(3)).cases
    assert case.noticed_at == at(1)


def test_a_report_that_is_the_notice_tells_nobody_of_a_later_case():
    """The hoster that it moves to was told of nothing."""
    moved = [placed(h, place("other"), vantage="north") for h in (100, 100.2)]
    mine = report(seen=0, mode=HotlineMode.ON_REPORT)
    cases = fold(mine, placed(), *moved).cases
    assert {case.hoster: case.noticed_at for case in cases} == {"acme": at(0), "other": None}


@pytest.mark.parametrize(
    ("mode", "happened"),
    [
        (HotlineMode.SENT_ONLY, [notice(0, result=Delivery.SENT, mode=HotlineMode.SENT_ONLY)]),
        (HotlineMode.ON_REPORT, []),
    ],
)
def test_without_proof_of_delivery_nobody_is_named(mode, happened):
    """Hotlines that know no delivery result show cases, flagged, and feed no naming."""
    (case,) = fold(report(seen=0, mode=mode), placed(), *happened).cases
    assert case.noticed_at == at(0)
    assert Flag.NO_DELIVERY_PROOF in case.flags
    assert not case.naming


def test_overdue_needs_no_event():
    """What makes a case overdue stands in the summary: from when, how long, last sighting."""
    case = told()
    assert case.norm_from_at + case.norm_s * 1_000 == at(25)
    assert case.last_seen_at == at(0)


def test_a_notice_of_one_hour_counts_once():
    """The earliest of a hotline, recipient, basis, reference, result and UTC hour is kept."""
    state = fold(report(), notice(1.6), notice(1.4), notice(1.5), notice(30))
    assert [n.noticed_at for n in state.notices] == [at(1.4), at(30)]


def test_a_backdated_notice_takes_the_place_of_no_other():
    """It counts from when it was received: of one hour both are kept."""
    state = fold(report(), notice(1.5), notice(-5, received=1.4, backdated=True))
    assert [n.backdated for n in state.notices] == [True, False]


def test_a_notice_to_a_hoster_of_the_owner_counts():
    """One owner, one clock: a shared mailbox may stand for either hoster."""
    (case,) = fold(
        report(seen=0),
        placed(0, place("beta", group="owner")),
        notice(1, recipient="alpha", group="owner"),
    ).cases
    assert case.noticed_at == at(1)
    assert case.flags == ()


def test_a_hotline_s_delay_runs_from_its_own_report():
    """The notice that started the clock counts, and only what its hotline itself knew before."""
    assert only(notice(5)).delay == ("alpha", 5 * HOUR_MS)
    beta = report(3, hotline="beta", id="r2")
    assert only(beta, notice(5, hotline="beta"), notice(9)).delay == ("beta", 2 * HOUR_MS)
    assert only(report(2, id="again"), notice(5)).delay == ("alpha", 5 * HOUR_MS)
    assert only(notice(5, hotline="beta")).delay is None
    assert only(notice(5, result=Delivery.BOUNCED)).delay is None


def test_of_notices_at_one_instant_the_first_hotline_by_name_counts():
    """So the choice does not depend on the order of records."""
    beta = report(3, hotline="beta", id="r2")
    for told_ in ([notice(5), notice(5, hotline="beta")], [notice(5, hotline="beta"), notice(5)]):
        assert only(beta, *told_).delay == ("alpha", 5 * HOUR_MS)


def test_a_notice_before_the_first_report_starts_no_clock():
    """The case had not opened; nobody knows what the notice was about."""
    case = only(notice(-1))
    assert case.noticed_at is None
    assert Flag.MISDIRECTED in case.flags


def test_nobody_is_late_with_what_could_not_be_known():
    """Of a hoster that is found later the delay runs from then, a report being no notice of it."""
    moved = [placed(h, place("other"), vantage="north") for h in (20, 21)]
    found = fold(report(seen=0), placed(), *moved, notice(23, recipient="other")).cases
    assert [case.delay for case in found if case.hoster == "other"] == [("alpha", 3 * HOUR_MS)]


def test_a_report_that_is_the_notice_has_no_delay():
    """With `on_report` nothing is known of when the hoster was told."""
    (case,) = fold(report(seen=0, mode=HotlineMode.ON_REPORT), placed()).cases
    assert case.noticed_at is not None
    assert case.delay is None
