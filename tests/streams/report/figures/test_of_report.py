"""All figures of a report follow from its cases, whatever their order."""

import random

import msgspec
from drawn_report import COHORT, FIELD_SEED, drawn_counted, drawn_made, drawn_report

from streams.report.figures.of_report import figures
from streams.report.figures.removal_times import took_as
from streams.report.published_case import is_eligible


def test_figures_do_not_depend_on_the_order_of_cases() -> None:
    """Shuffled cases give the same bytes."""
    made = drawn_made()
    cases = drawn_report(FIELD_SEED)
    random.Random(4).shuffle(cases)
    again = figures(cases, made.hosters, COHORT)
    assert msgspec.json.encode(again) == msgspec.json.encode(made.figures)


def test_a_report_without_a_case_has_figures() -> None:
    """Nothing is shown, and nothing fails."""
    none = type(drawn_made().hosters)(named=(), rows=())
    found = figures([], none, COHORT)
    assert (found.published, found.every.n, found.times, found.funnel) == (0, 0, None, None)
    assert found.hosters == found.countries == found.concentrations == []


def test_moved_is_told_at_hours_before_the_norm() -> None:
    """Cases that moved within an hour count for no norm, and are among the ends all the same."""
    found = drawn_made().figures.ends
    assert all(share > 0 for share in found.by_end["moved"][1:])


def test_times_of_a_hoster_are_of_its_eligible_cases() -> None:
    """What moved away before the norm ran out is not removed, and among them."""
    made, eligible = drawn_made(), [one for one in drawn_report(FIELD_SEED) if is_eligible(one)]
    times = {one.hoster: one.times for one in made.figures.hosters}
    assert len(eligible) > len(drawn_counted())
    for hoster, found in times.items():
        own = [one for one in eligible if one.hoster == hoster]
        assert found.open == sum(took_as(one) != "removed" for one in own)
