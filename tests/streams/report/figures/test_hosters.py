"""Volume, slowness and hiding of the judged hosters; the others are one line."""

from drawn_report import COHORT, THRESHOLD, drawn_counted, drawn_followed, drawn_made
from reported import case

from schemas.closed_lists import CaseClass
from streams.report.figures.counted import counted
from streams.report.figures.hosters import hoster_figures, others
from streams.report.hosters_of_report import judged


def test_the_judged_and_the_others_are_all() -> None:
    """Cases sum to all that count; who is not judged has no row."""
    made, cases = drawn_made(), drawn_counted()
    rows, rest = made.figures.hosters, made.figures.others
    assert sum(one.cases for one in rows) + rest.cases == len(cases)
    assert {one.hoster for one in rows} == {row.hoster for row in made.judged}
    assert len(rest.missing) == rest.hosters == len(made.hosters.rows) - len(rows)
    assert all(count > 0 for count in rest.missing.values())
    assert [one.cases for one in rows] == sorted((one.cases for one in rows), reverse=True)


def test_a_row_is_of_its_hoster() -> None:
    """Incidents, sizes and what it hid lie in what they can be."""
    for one in drawn_made().figures.hosters:
        assert sum(one.sizes) == one.cases
        assert len(one.sizes) == one.incidents
        share, low, high = one.hidden
        assert 0 <= low <= share <= high <= 1
        assert one.unavailable <= one.open <= one.cases


def test_without_a_judged_hoster_there_are_others_alone() -> None:
    """No rows, and everybody in the sum."""
    made = drawn_made()
    none = type(made.hosters)(
        named=(), rows=tuple(row for row in made.hosters.rows if row.bounds is None)
    )
    small = [one for one in drawn_counted() if one.case.hoster.startswith("small")]
    assert hoster_figures(small, drawn_followed(), none) == []
    assert others(small, none).cases == len(small)


def test_what_was_not_measurable_is_weighed_as_the_sample_is() -> None:
    """Of each incident one case of four counts as three: 75 % are hidden, not half."""
    cases = [
        case(2 * i + j, incident=f"i{i}", day=i, weight=weight, flags=flags)
        for i in range(20)
        for j, (weight, flags) in enumerate([(3.0, ("not_measurable",)), (1.0, ())])
    ]
    field = judged(cases, COHORT.norm_s, THRESHOLD)
    (found,) = hoster_figures(counted(cases, COHORT.norm_s), cases, field)
    assert found.hidden[0] == 0.75


def test_what_moved_before_the_norm_is_among_the_times() -> None:
    """It is no case of the norm, yet was there until it moved."""
    cases = [case(i, incident=f"i{i}", day=i, seen=200, gone=None) for i in range(30)]
    moved = [
        case(100 + i, incident=f"i{i}", day=i, seen=2, gone=3, case_class=CaseClass.MOVED)
        for i in range(5)
    ]
    field = judged([*cases, *moved], COHORT.norm_s, THRESHOLD)
    own = counted([*cases, *moved], COHORT.norm_s)
    (found,) = hoster_figures(own, [*cases, *moved], field)
    assert (found.cases, found.times.open) == (30, 35)
