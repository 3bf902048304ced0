"""Laws of clocks (DESIGN 3.1): which notice starts whose."""

import pytest
from ledger_events import at, decision, fold, notice, place, placed, report, told

from schemas.reasons import Basis, Delivery, Flag, HotlineMode, Role


def only(*happened):
    (case,) = fold(report(seen=0), placed(), *happened).cases
    return case


def test_only_a_delivered_notice_starts_a_clock():
    """Sent, bounced and refused start none."""
    for result in (Delivery.SENT, Delivery.BOUNCED, Delivery.REFUSED):
        assert only(notice(1, result=result)).noticed_at is None
    assert only(notice(1)).noticed_at == at(1)


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
    """One owner, one clock: a shared mailbox may stand for either company."""
    (case,) = fold(
        report(seen=0),
        placed(0, place("beta", group="owner")),
        notice(1, recipient="alpha", group="owner"),
    ).cases
    assert case.noticed_at == at(1)
    assert case.flags == ()
