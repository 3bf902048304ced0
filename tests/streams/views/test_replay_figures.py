"""Figures of old reports whose source says when it last saw each URL."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from law_examples import examples

from schemas.moments import SECOND_MS
from streams.views.replay_figures import UNKNOWN, SourceReport, curve, groups

START = 1_770_000_000_000
HOUR_S = 3_600


def row(
    lasted_s: int | None,
    *,
    online: bool = False,
    asns: tuple[str, ...] = ("AS64500",),
    countries: tuple[str, ...] = ("NL",),
    reported_s: int = 0,
) -> SourceReport:
    """Return a row last seen so many seconds after its report; None = never."""
    reported_at = START + reported_s * SECOND_MS
    return SourceReport(
        reported_at=reported_at,
        last_online_at=None if lasted_s is None else reported_at + lasted_s * SECOND_MS,
        online=online,
        asns=frozenset(asns),
        countries=frozenset(countries),
    )


ROWS = st.lists(
    st.builds(
        row,
        st.none() | st.sampled_from((0, 1, 60, 3_600)) | st.integers(0, 30 * 86_400),
        online=st.booleans(),
        reported_s=st.integers(0, 86_400),
    ),
    max_size=60,
)


@settings(max_examples=examples(60), deadline=None)
@given(ROWS)
def test_survival_is_that_of_lifelines_at_every_time(rows):
    """S(t) lies within 1e-9 of lifelines' at every event, between events and before the first."""
    from lifelines import KaplanMeierFitter  # takes seconds: only where it is needed

    seen = [r for r in rows if r.last_online_at is not None]
    found = curve(rows)
    assert found.n == len(seen)
    if not seen:
        return
    durations = [(r.last_online_at - r.reported_at) // SECOND_MS for r in seen]
    fitted = KaplanMeierFitter().fit(durations, [not r.online for r in seen])
    for t in sorted({0, *durations, *(d + 1 for d in durations)}):
        assert found.survival_at(t) == pytest.approx(fitted.predict(t), abs=1e-9)


@pytest.mark.parametrize(
    ("rows", "counts", "quartiles_s"),
    [
        pytest.param([row(None)], (1, 0, 0, 1), (None, None, None), id="never seen"),
        pytest.param([row(0)], (1, 1, 0, 0), (0, 0, 0), id="ended as it was reported"),
        pytest.param([row(9, online=True)], (1, 0, 1, 0), (None, None, None), id="still online"),
        pytest.param(
            [row(n) for n in (10, 20, 30, 40)], (4, 4, 0, 0), (10, 20, 30), id="S on the levels"
        ),
        pytest.param(
            [row(10), row(10, online=True), row(None)],
            (3, 1, 1, 1),
            (10, 10, None),
            id="an end comes before a last sighting of its time",
        ),
        pytest.param([row(-5), row(7)], (2, 2, 0, 0), (0, 0, 7), id="seen before the report only"),
    ],
)
def test_what_never_was_online_counts_and_is_outside_the_estimate(rows, counts, quartiles_s):
    """Worked by hand: what never was online counts and stays outside the estimate."""
    (all_rows, *_) = groups(rows)
    assert (
        all_rows.reported,
        all_rows.removed,
        all_rows.online,
        all_rows.never_online,
    ) == counts
    assert all_rows.quartiles_s == quartiles_s


def test_a_row_at_several_networks_counts_once_in_each():
    """Once in `all`, once in every network and country that it is at."""
    rows = [
        row(HOUR_S, asns=("AS64500", "AS64501"), countries=("NL",)),
        row(HOUR_S, asns=("AS64500", UNKNOWN), countries=("NL", "DE")),
    ]
    assert {(g.by, g.id): g.reported for g in groups(rows)} == {
        ("all", "all"): 2,
        ("asn", "AS64500"): 2,
        ("asn", "AS64501"): 1,
        ("asn", UNKNOWN): 1,
        ("country", "NL"): 2,
        ("country", "DE"): 1,
    }


def test_no_rows_have_no_groups():
    """Nothing reported, nothing shown."""
    assert groups([]) == []


@settings(max_examples=examples(60), deadline=None)
@given(ROWS, st.randoms())
def test_order_changes_nothing_and_counts_add_up(rows, chance):
    """Rows in any order give equal groups, and every row is in one of the three counts."""
    shuffled = list(rows)
    chance.shuffle(shuffled)
    found = groups(rows)
    assert groups(shuffled) == found
    for group in found:
        assert group.removed + group.online + group.never_online == group.reported


@settings(max_examples=examples(60), deadline=None)
@given(ROWS)
def test_quartiles_are_the_smallest_times_by_exact_arithmetic(rows):
    """Each quartile is the smallest t with S(t) <= 1 - p, S multiplied in whole numbers."""
    durations = [
        ((r.last_online_at - r.reported_at) // SECOND_MS, r.online)
        for r in rows
        if r.last_online_at is not None
    ]
    wanted = []
    for p in (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)):
        s, found = Fraction(1), None
        for t in sorted({d for d, _ in durations}):
            at_risk = sum(d >= t for d, _ in durations)
            s *= 1 - Fraction(sum(d == t and not online for d, online in durations), at_risk)
            if s <= 1 - p:
                found = t
                break
        wanted.append(found)
    if rows:
        assert groups(rows)[0].quartiles_s == tuple(wanted)
