"""Laws of clocks (docs/measurement.md, Clocks): which notice starts whose."""

import pytest
from ledger_events import at, decision, fold, notice, place, placed, report, told

from schemas.moments import HOUR_MS
from schemas.reasons import Basis, Delivery, Flag, HotlineMode, Role


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


def test_backdated_counts_for_naming_from_its_receipt():
    """Until a decision confirms the earlier time, received_at stands for naming."""
    late = notice(1, received=4, backdated=True)
    case = only(late)
    assert (case.noticed_at, case.naming_at) == (at(1), at(4))
    assert Flag.BACKDATED in case.flags
    assert only(late, decision(9, "confirm_backdated")).naming_at == at(1)
    assert only(late, decision(9, "confirm_backdated", case_id="x")).naming_at == at(4)


def test_an_order_sets_the_term():
    """Overdue is judged from the order that ends first, else by the sector's norm."""
    case = only(notice(1))
    assert (case.norm_from_at, case.norm_s) == (at(1), 86_400)
    order = notice(3, basis=Basis.ORDER, reference="a-1", term_s=3_600)
    case = only(notice(1), order)
    assert (case.noticed_at, case.norm_from_at, case.norm_s) == (at(1), at(3), 3_600)
    bounced = notice(3, basis=Basis.ORDER, reference="a-1", term_s=3_600, result=Delivery.BOUNCED)
    assert only(notice(1), bounced).norm_s == 86_400


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


def test_a_notice_of_one_day_counts_once():
    """The earliest of a hotline, recipient, basis, reference, result and UTC day is kept."""
    state = fold(report(), notice(2), notice(1), notice(1.5), notice(30))
    assert [n.noticed_at for n in state.notices] == [at(1), at(30)]


def test_a_notice_to_a_company_of_the_owner_counts():
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


def test_a_notice_before_the_report_took_no_time():
    """A delay below nothing would make up for another's."""
    assert only(notice(-1)).delay == ("alpha", 0)


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
