"""What a report publishes of a URL's state, with what its hotline took back."""

from typing import Any

import pytest
from ledger_events import (
    ONLINE,
    at,
    check,
    decision,
    fold,
    gone_run,
    notice,
    place,
    placed,
    report,
    slots,
    withdrawal,
)

from schemas.closed_lists import CaseClass, Category, NormVerdict
from schemas.moments import HOUR_MS
from schemas.records.facts import Decision
from schemas.topics import DECISIONS, REPORTS
from streams.report.cohort import Cohort
from streams.report.figures.counted import counted
from streams.report.figures.hotlines import hotline_figures
from streams.report.figures.removal_times import ends, took_as
from streams.report.known_by import is_known_by
from streams.report.published_case import (
    MOVED_FIRST,
    REMOVED_FIRST,
    PublishedCase,
    has_told_end,
    is_eligible,
)
from streams.report.published_state import published_of

COHORT = Cohort(at(0), at(24), 86_400)
LONGER = Cohort(at(0), at(72), 86_400)
BEGUN = [report(seen=0, category=Category.CSAM), placed(), notice(1.0)]
SEEN = slots([1.1, 2, 25, 26, 30, 40], ONLINE)
AGAIN = report(50, id="r2")
AFTER_THE_WATCH_H = (COHORT.as_of - at(0)) / HOUR_MS + 1


def made(*happened: Any, cohort: Cohort = COHORT) -> list[PublishedCase | str]:
    """Return what is published of a URL, and why cases are not, by what a report counts."""
    told = [one for of in happened for one in (of if isinstance(of, list) else [of])]
    known = [
        (record, appended_at)
        for record, appended_at in told
        if is_known_by(topic_of(record), appended_at, cohort.as_of)
    ]
    return list(published_of(fold(known), cohort, lambda _, text: text))


def topic_of(record: object) -> str:
    """Return the topic of a record, as far as a report asks."""
    return DECISIONS.name if isinstance(record, Decision) else REPORTS.name


def of(*happened: Any, cohort: Cohort = COHORT) -> list[PublishedCase]:
    """Return what is published of a URL."""
    return [one for one in made(*happened, cohort=cohort) if not isinstance(one, str)]


def left_out(*happened: Any) -> list[str]:
    """Return why cases of a URL are not published."""
    return [one for one in made(*happened) if isinstance(one, str)]


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


OWN = (report(seen=0, self_report=True), *BEGUN[1:], SEEN)


@pytest.mark.parametrize(
    ("own", "later"),
    [
        ((*BEGUN, SEEN), withdrawal(AFTER_THE_WATCH_H)),
        ((*BEGUN, gone_run(AFTER_THE_WATCH_H - 12)), slots([AFTER_THE_WATCH_H], ONLINE)),
        ((*BEGUN, slots([2], ONLINE)), slots([AFTER_THE_WATCH_H + 24], ONLINE)),
        ((*BEGUN, SEEN), placed(AFTER_THE_WATCH_H, place(contested=True))),
        (OWN, [withdrawal(AFTER_THE_WATCH_H), report(AFTER_THE_WATCH_H + 1, id="r2")]),
        (OWN, report(AFTER_THE_WATCH_H, hotline="beta")),
    ],
    ids=["withdrawal", "void", "seen on", "contested", "taken back", "no self-report any more"],
)
def test_what_comes_after_the_watch_changes_nothing(own, later) -> None:
    """Else who is named would depend on the day on which the report is made.

    Within a longer watch each of them changes what is published.
    """
    assert made(*own, later) == made(*own)
    assert made(*own, later, cohort=LONGER) != made(*own, cohort=LONGER)


def test_what_is_taken_back_within_the_watch_is_no_longer_left_out() -> None:
    """It leaves no clock, so there is nothing to count."""
    assert left_out(*OWN) == ["self_report"]
    assert left_out(*OWN, withdrawal(44)) == []


def test_a_decision_after_the_watch_counts() -> None:
    """Two persons signed it to correct what was measured."""
    assert of(*BEGUN, SEEN)
    assert of(*BEGUN, SEEN, decision(AFTER_THE_WATCH_H)) == []
