"""Laws of 3.4: who has to say gone, how often, and what R is."""

import pytest
from ledger_events import (
    BOTH,
    DEAD,
    GONE,
    NORTH,
    ONLINE,
    REFUSED,
    SOUTH,
    WEST,
    notice,
    placed,
    report,
    slot,
    slots,
)
from second_reading import hour, only

from schemas.closed_lists import CaseClass

OPEN = [report(seen=0), placed(), notice(1.0), slots([2, 4], ONLINE)]
THREE = (NORTH, SOUTH, WEST)


def test_each_required_vantage_says_gone_three_times_over_half_an_hour():
    """R is the latest of their first gone verdicts since the newest sighting."""
    first = slots([5], GONE, (NORTH,))
    case = only(*OPEN, first, slots([5.2, 5.5, 5.8], GONE))
    assert (hour(case.last_seen_at), hour(case.gone_at)) == (4, 5.2)


def test_a_vantage_that_said_it_once_does_not_confirm():
    """One always says 404, the other has just seen it: nothing is removed."""
    always = slots([4.5, 4.8, 5.1, 5.4], GONE, (NORTH,))
    seen = slots([4.5, 4.8, 5.1], ONLINE, (SOUTH,))
    case = only(*OPEN, always, seen, slots([5.4], GONE, (SOUTH,)), hours=5.5)
    assert case.gone_at is None


def test_one_of_three_may_be_inconclusive_all_along():
    """The others are in different networks; one that said gone once is waited for."""
    gone = slots([5.2, 5.5, 5.8], GONE, BOTH, asked=THREE)
    silent = slots([5.2, 5.5, 5.8], DEAD, (WEST,), asked=THREE)
    assert hour(only(*OPEN, gone, silent).gone_at) == 5.2
    once = slots([5.2], GONE, (WEST,), asked=THREE) + slots([5.5, 5.8], DEAD, (WEST,), asked=THREE)
    assert only(*OPEN, gone, once, hours=6).gone_at is None
    one_network = slots([5.2, 5.5, 5.8], GONE, BOTH, asked=THREE, asn=64_500)
    assert only(*OPEN, one_network, silent, hours=6).gone_at is None


def test_the_only_vantage_suffices_and_is_said():
    """The verdict is undetermined."""
    alone = {"asked": (NORTH,)}
    case = only(*OPEN, slots([5.2, 5.5, 5.8], GONE, (NORTH,), **alone))
    assert (hour(case.gone_at), "single_vantage" in case.flags) == (5.2, True)


def test_a_vantage_without_its_canary_leaves_too_few():
    """Of two vantages both are required."""
    sick = slots([5.2, 5.5, 5.8], GONE, (SOUTH,), canary_ok=False)
    early = slots([5.2, 5.5, 5.8, 6.5], GONE, (NORTH,))
    assert only(*OPEN, early, sick, hours=7).gone_at is None


@pytest.mark.parametrize(("vantages", "outcome"), [(BOTH, "removed"), ((NORTH,), "doubted")])
def test_a_refusal_of_the_url_alone_counts_if_a_quiet_vantage_gets_it_too(vantages, outcome):
    """A refusal of the URL alone is gone if an unannounced vantage gets it; else it is blocked."""
    refused = slots([5.2, 5.5, 5.8], REFUSED, vantages)
    others = slot(5.9, DEAD, (SOUTH,)) if vantages != BOTH else []
    case = only(*OPEN, refused, others, hours=6)
    expected = {"removed": CaseClass.REMOVED, "doubted": CaseClass.UNAVAILABLE}[outcome]
    assert case.case_class is expected
