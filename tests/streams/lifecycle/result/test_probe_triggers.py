"""Laws of what calls for probes (docs/measurement.md, When it is probed)."""

from ledger_events import GONE, MIN, ONLINE, at, check, notice, report, slot, slots, told

from schemas.closed_lists import Basis, CheckResult, Delivery
from schemas.records.case import CALLS_MAX

RUN = [5 + minutes * MIN for minutes in (0, 10, 20, 31)]


def order(hours, term_s, **said):
    return notice(hours, basis=Basis.ORDER, reference=f"a{hours}", term_s=term_s, **said)


def test_each_order_has_its_own_term():
    """Every order that was delivered to the owner, each from its own time; a notice has no term."""
    case = told(
        order(3, 3_600),
        order(30, 7_200),
        order(40, 60, recipient="other"),
        order(50, 60, result=Delivery.BOUNCED),
    )
    assert case.order_terms == ((at(3), 3_600), (at(30), 7_200))


def test_checks_call_whatever_they_say():
    """Each is one observation, and the newest ones are kept."""
    case = told(slot(2, ONLINE), check(5, CheckResult.COULD_NOT_SEE), check(6, CheckResult.PRESENT))
    assert case.checked == (at(5), at(6))
    many = [check(h, CheckResult.COULD_NOT_SEE) for h in range(10, 10 + 2 * CALLS_MAX)]
    assert len(told(*many).checked) == CALLS_MAX


def test_words_before_an_end_call_for_nothing():
    """An open case has its timetable; only what comes after R is probed anew."""
    words = [report(3, id="r2"), report(30, id="r3"), notice(55, hotline="beta")]
    assert told(slot(2, ONLINE), *words).told_again == ()
    ended = told(slot(2, ONLINE), slots(RUN, GONE), *words)
    assert ended.told_again == (at(30), at(55))
