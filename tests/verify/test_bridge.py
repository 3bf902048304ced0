"""The bridge from one method to the next: figures by both, and the rule that changed a case."""

from dataclasses import replace

import pytest
from histories import written
from ledger_events import (
    GONE,
    KEY,
    ONLINE,
    at,
    notice,
    placed,
    report,
    slots,
    withdrawal,
)
from second_reading import hour

from schemas.closed_lists import Basis, Delivery, HotlineMode
from verify.bridge import MethodComparison, changes
from verify.ledger.records import url_records
from verify.methods import READINGS

SENT = {"result": Delivery.SENT, "mode": HotlineMode.SENT_ONLY}
OPEN = [report(seen=0), placed()]
GONE_AT_33 = slots([33, 33.3, 33.6], GONE)


def bridged(*happened, hours=500):
    flat = [x for one in happened for x in (one if isinstance(one, list) else [one])]
    both = MethodComparison(at(hours))
    both.url(url_records(KEY, written(flat)))
    return both


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ([notice(1, **SENT), notice(30), slots([2, 32], ONLINE), GONE_AT_33], "2.1 to 2.10"),
        ([notice(50), slots([1, 4], ONLINE), slots([5, 5.3, 5.6], GONE), slots([40, 480], ONLINE)],
         "6.1 to 6.9"),
        ([notice(1), slots([2, 4], ONLINE), slots([5, 5.6], GONE)], "4.1 to 4.16"),
        ([notice(1), slots([2, 4], ONLINE), withdrawal(10),
          report(20, hotline="beta", id="r2", seen=20)], "1.1 to 1.8"),
    ],
)  # histories, a rule each # fmt: skip
def test_a_case_that_differs_names_the_rule(told, rule):
    """The first whose result is another, in the order in which a case is judged."""
    rules = {one.rule for one in bridged(*OPEN, *told).changed}
    assert rule in rules


def test_every_figure_of_a_hoster_stands_by_both_methods():
    """Lateness by a term that nobody set goes, and the figure shows it."""
    order = notice(1, basis=Basis.ORDER, reference="o", term_s=43_200)
    both = bridged(*OPEN, order, slots([1.5, 2.5], ONLINE), slots([3, 3.3, 3.6, 4], GONE))
    names = {one.figure for one in both.figures()}
    assert {"cases", "class removed", "noticed"} <= names
    (held,) = {(one.before, one.now) for one in both.figures() if one.figure == "cases"}
    assert held == (1, 1)
    assert both.cases == 1
    assert hour(at(1)) == 1


def test_what_differs_is_told_in_words():
    """Instants, norms and what is not there: nobody has to know the fields."""
    both = bridged(*OPEN, notice(1), slots([2, 4], ONLINE), slots([5, 5.6], GONE))
    (changed,) = both.changed
    assert (changed.about, changed.what, changed.now) == ("how it ended", "R", "none")
    assert changed.before == "2026-02-02T07:40:00Z"


def test_a_case_with_a_flag_more_differs():
    """The rule is that of the flag."""
    both = bridged(report(), placed(), notice(1), slots([2], ONLINE))
    (changed,) = both.changed
    assert (changed.rule, changed.what, changed.before) == ("2.10", "flags", "none")


def test_a_case_without_a_clock_is_judged_by_neither():
    """The method before had norms and verdicts all the same, which say nothing."""
    assert bridged(*OPEN, slots([2], ONLINE)).changed == []


def test_an_estimate_that_a_method_does_not_have_is_none_and_not_0():
    """A share of nobody is no share."""
    both = bridged(*OPEN, notice(1), slots([2, 40], ONLINE), hours=12)
    said = {one.figure: (one.before, one.now) for one in both.figures()}
    assert said["within 24 h, at most %"][1] is None
    assert said["class online"][1] == 1


def test_instants_differ_by_a_second_at_least():
    """They are told to the second, so a case that differs by less would differ in nothing shown."""
    happened = [*OPEN, notice(1), *slots([2, 4], ONLINE), *slots([5, 5.3, 5.6], GONE)]
    (case,) = READINGS["10"](url_records(KEY, written(happened)), at(500))
    second = case.settled_at // 1_000 * 1_000
    one, soon, later = (replace(case, settled_at=second + ms) for ms in (0, 999, 1_000))
    assert list(changes(KEY, [one], [soon])) == []
    (changed,) = changes(KEY, [one], [later])
    assert changed.what == "when R was found"
