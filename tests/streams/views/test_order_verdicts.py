"""Which orders a URL's cases are judged by."""

from ledger_events import ONLINE, fold, gone_run, notice, placed, report, slots

from schemas.closed_lists import Basis, NormVerdict
from streams.views.order_verdicts import OrderVerdicts

FIELDS = {"basis": Basis.ORDER, "reference": "ref", "term_s": 3_600}


def test_a_record_of_the_same_order_in_the_same_hour_is_the_same_order() -> None:
    """The set keeps the earliest, and the later record is found by it."""
    first, again = (notice(hours, record_id=f"o{hours}", **FIELDS) for hours in (1.1, 1.2))
    state = fold(report(seen=0), placed(), first, again, slots([1.3], ONLINE), gone_run(1.5))
    (case,) = state.cases
    found = [OrderVerdicts(state).of(one) for one, _ in (first, again)]
    assert found[0] == found[1]
    assert found[0] is not None
    assert (found[0].case_id, found[0].term.verdict) == (case.case_id, NormVerdict.IN_TIME)


def test_an_order_to_another_hoster_is_judged_in_no_case() -> None:
    """It asks nothing of the one who has the URL."""
    elsewhere = notice(1, recipient="other", **FIELDS)
    state = fold(report(seen=0), placed(), elsewhere, slots([2], ONLINE))
    assert OrderVerdicts(state).of(elsewhere[0]) is None


def test_an_order_that_came_while_it_was_gone_is_judged_from_the_return() -> None:
    """Its hotline is told, though the term runs from a later instant than the order's own."""
    told = notice(10, **FIELDS)
    gone = (report(seen=0), placed(), notice(1), slots([1.1, 2], ONLINE), gone_run(5.0))
    (case,) = (state := fold(*gone, told, slots([50, 52], ONLINE))).cases
    found = OrderVerdicts(state).of(told[0])
    assert found is not None
    assert (found.case_id, found.term.verdict) == (case.case_id, NormVerdict.LATE)
    assert found.term.from_at > told[0].noticed_at
