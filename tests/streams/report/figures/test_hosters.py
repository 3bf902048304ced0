"""Volume, slowness and hiding of the judged hosters; the others are one line."""

from drawn_report import drawn_counted, drawn_made

from streams.report.figures.hosters import hoster_figures, others


def test_the_judged_and_the_others_are_all() -> None:
    """Cases sum to all that count; who is not judged has no row."""
    made, cases = drawn_made(), drawn_counted()
    rows, rest = made.figures.hosters, made.figures.others
    assert sum(one.cases for one in rows) + rest.cases == len(cases)
    assert {one.hoster for one in rows} == {row.hoster for row in made.judged}
    assert len(rest.missing) == rest.hosters == len(made.field.rows) - len(rows)
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
    none = type(made.field)(
        named=(), rows=tuple(row for row in made.field.rows if row.bounds is None)
    )
    small = [one for one in drawn_counted() if one.case.hoster.startswith("small")]
    assert hoster_figures(small, none) == []
    assert others(small, none).cases == len(small)
