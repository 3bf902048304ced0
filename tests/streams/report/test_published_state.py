"""What a report publishes of a URL's state, with what its hotline took back."""

from typing import Any

import pytest
from ledger_events import (
    ONLINE,
    at,
    check,
    fold,
    gone_run,
    notice,
    placed,
    report,
    slots,
    withdrawal,
)

from schemas.closed_lists import CaseClass, Category, NormVerdict
from schemas.moments import HOUR_MS
from streams.report.cohort import Cohort
from streams.report.figures.counted import counted
from streams.report.figures.hotlines import hotline_figures
from streams.report.figures.removal_times import ends, took_as
from streams.report.published_case import (
    MOVED_FIRST,
    REMOVED_FIRST,
    PublishedCase,
    has_told_end,
    is_eligible,
)
from streams.report.published_state import published_of

COHORT = Cohort(at(0), at(24), 86_400)
BEGUN = [report(seen=0, category=Category.CSAM), placed(), notice(1.0)]
SEEN = slots([1.1, 2, 25, 26, 30, 40], ONLINE)
AGAIN = report(50, id="r2")
AFTER_THE_WATCH_H = (COHORT.as_of - at(0)) / HOUR_MS + 1


def of(*happened: Any, cohort: Cohort = COHORT) -> list[PublishedCase]:
    """Return what is published of a URL."""
    made = published_of(fold(*happened), cohort, lambda _, text: text)
    return [one for one in made if not isinstance(one, str)]


def left_out(*happened: Any) -> list[str]:
    """Return why cases of a URL are not published."""
    made = published_of(fold(*happened), COHORT, lambda _, text: text)
    return [one for one in made if isinstance(one, str)]


def test_a_case_that_stands_is_published_as_it_is() -> None:
    """With what its URL's records say."""
    (found,) = of(*BEGUN, SEEN)
    assert (found.case_class, found.verdict, found.category) == ("online", "late", "csam")
    assert (found.withdrawn_at, found.reported_again_at) == (None, None)


def test_what_was_taken_back_late_and_reported_again() -> None:
    """Whole, from the records to the figure: it counts for no share, and is not forgotten."""
    (found,) = of(*BEGUN, SEEN, check(42), withdrawal(41.5), AGAIN)
    assert (found.case_class, found.gone_at) == (CaseClass.WITHDRAWN, None)
    assert (found.noticed_at, found.hotline) == (at(1), "alpha")
    assert (found.withdrawn_at, found.reported_again_at) == (at(41.5), at(50))
    assert (found.verdict, found.flags, found.category) == (None, (), "csam")
    assert has_told_end(found)
    assert not is_eligible(found)
    assert counted([found], COHORT.norm_s) == []
    assert took_as(found) == "withdrawn"
    assert ends([found]).by_end["withdrawn"][3:5] == (0.0, 1.0)  # after 40.5 h
    (figures,) = hotline_figures([], [found], COHORT.norm_s)
    assert (figures.hotline, figures.noticed) == ("alpha", 1)


def test_what_was_taken_back_after_a_return_that_nothing_backs_ended_withdrawn() -> None:
    """Its removal did not stand, so no flag tells of it, and the figure of ends counts it."""
    unbacked = slots([40, 51], ONLINE, control=None)
    gone = (*BEGUN, slots([1.1, 2], ONLINE), gone_run(5.0), unbacked)
    (stood,) = of(*gone)
    assert REMOVED_FIRST in stood.flags
    (found,) = of(*gone, withdrawal(60))
    assert (found.withdrawn_at, found.gone_at) == (at(60), None)
    assert {MOVED_FIRST, REMOVED_FIRST}.isdisjoint(found.flags)
    assert took_as(found) == "withdrawn"


@pytest.mark.parametrize(
    ("happened", "again_h", "clock"),
    [
        ((withdrawal(44),), None, ("alpha", 1)),
        ((withdrawal(44), AGAIN, withdrawal(60), report(70, id="r3")), 50, ("alpha", 1)),
        ((withdrawal(44), report(50, hotline="beta")), None, ("alpha", 1)),  # another one's report
        ((withdrawal(44), report(49, id="r2", reported=43)), None, ("alpha", 1)),  # made before it
        # the last report that stood was beta's: alpha had taken its own back long before
        (
            (
                report(0.5, hotline="beta"),
                notice(1.5, hotline="beta"),
                withdrawal(2),
                withdrawal(44, hotline="beta"),
                report(50, hotline="beta", id="b2"),
            ),
            50,
            ("beta", 1.5),
        ),
        # one that did not report told the hoster, so the case stands under alpha; beta ended it
        (
            (
                report(0.5, hotline="beta"),
                notice(0.7, hotline="gamma"),
                withdrawal(2),
                withdrawal(44, hotline="beta"),
                AGAIN,
            ),
            None,
            ("alpha", 0.7),
        ),
    ],
)
def test_who_took_it_back_and_reported_again(
    happened: tuple[Any, ...], again_h: float | None, clock: tuple[str, float]
) -> None:
    """The hotline whose withdrawal ended the case; the clock is of what stood until then."""
    found = of(*BEGUN, SEEN, *happened)[0]
    hotline, noticed_h = clock
    assert (found.hotline, found.noticed_at) == (hotline, at(noticed_h))
    assert found.withdrawn_at == at(44)
    assert found.reported_again_at == (None if again_h is None else at(again_h))


@pytest.mark.parametrize(
    "happened",
    [
        (*BEGUN[:2], SEEN, withdrawal(44)),  # nobody was told
        (*BEGUN[:2], SEEN, withdrawal(10), notice(20)),  # told afterwards
        (*BEGUN[:2], SEEN, notice(30), withdrawal(44)),  # after the period
        (report(seen=0, self_report=True), *BEGUN[1:], SEEN, withdrawal(44)),
    ],
)
def test_what_would_count_for_no_naming_is_not_published(happened: tuple[Any, ...]) -> None:
    """As if the report stood: no clock in the period, or one that the field leaves out."""
    assert of(*happened) == []


def test_what_had_ended_before_stays_as_it_is() -> None:
    """A withdrawal after R changes nothing, and one after the watch is not known: it is final."""
    (found,) = of(*BEGUN, slots([1.1, 2], ONLINE), gone_run(5.0), withdrawal(44))
    assert (found.case_class, found.verdict) == (CaseClass.REMOVED, NormVerdict.IN_TIME)
    (found,) = of(*BEGUN, SEEN, withdrawal(AFTER_THE_WATCH_H))
    assert found.case_class is CaseClass.ONLINE


def test_a_withdrawal_after_the_watch_changes_no_count_of_what_is_left_out() -> None:
    """The reason is that of the case as it stood; one within the watch leaves no clock, so none."""
    own = (report(seen=0, self_report=True), *BEGUN[1:], SEEN)
    assert left_out(*own) == ["self_report"]
    again = report(AFTER_THE_WATCH_H + 1, id="r2", self_report=True)
    for later in ((), (again,)):
        assert left_out(*own, withdrawal(AFTER_THE_WATCH_H), *later) == ["self_report"]
    assert left_out(*own, withdrawal(44)) == []
