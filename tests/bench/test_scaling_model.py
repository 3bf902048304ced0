"""The model of deployments: it follows measurements, and says what breaks first."""

import json
import math
from pathlib import Path

import pytest
import scaling_curves
import scaling_document
import scaling_model
from hypothesis import given
from hypothesis import strategies as st
from scaling_model import ERROR_MAX, HELD_CASES, checks, fit, fitted
from scaling_plan import Need, first, flow, stock
from scaling_table import put_into

DOCS = Path(__file__).parents[2] / "docs"
SIZES = (10_000, 30_000, 100_000, 300_000)


@pytest.fixture(scope="module")
def results():
    return json.loads((DOCS / "scaling.json").read_text(encoding="utf-8"))


@given(st.floats(0, 1e7), st.floats(0.1, 1e4), st.booleans())
def test_a_line_is_found_again(fixed, slope, log):
    """Points that lie on a line give that line, whatever their sizes."""
    at = math.log if log else float
    line = fitted({n: fixed + slope * at(n) for n in SIZES}, log=log)
    for cases in (*SIZES, 10**6, 10**8):
        assert line.at(cases) == pytest.approx(fixed + slope * at(cases), rel=1e-6)


def test_small_points_count_as_much_as_large_ones():
    """An error of a tenth at the largest point does not spoil the smallest."""
    points = {n: 1_000.0 * n for n in SIZES}
    points[300_000] *= 1.1
    assert fitted(points).at(10_000) == pytest.approx(1e7, rel=0.05)


def test_a_million_cases_is_predicted_from_fewer(results):
    """Every figure that the model was not fitted to lies within the error that is stated."""
    held = checks(results)
    assert {check.cases for check in held} == {HELD_CASES}
    assert len(held) == len(scaling_model.FIGURES)
    for check in held:
        assert abs(check.error) <= ERROR_MAX, check


def test_the_points_held_back_are_held_back(results):
    """Changing what was measured at a million changes no prediction."""
    before = fit(results)
    changed = json.loads(json.dumps(results))
    changed["cases"][f"c{HELD_CASES}"]["lifecycle"]["held_bytes"] *= 3
    assert fit(changed) == before


def test_more_of_anything_needs_no_less(results):
    """Needs grow with the rate and with the number of cases; more workers each hold less."""
    model = fit(results)
    for low, high in ((10, 100), (1_000, 50_000)):
        pairs = zip(flow(model, low).needs, flow(model, high).needs, strict=True)
        assert all(a.need < b.need for a, b in pairs)
    small, large = stock(model, 1e6, 2), stock(model, 1e7, 2)
    assert all(a.need < b.need for a, b in zip(small.needs, large.needs, strict=True))
    assert stock(model, 1e7, 12).needs[0].need < large.needs[0].need


def test_what_breaks_first_is_what_is_used_most():
    """By share of its limit, not by amount."""
    needs = [Need(name="a", need=900, limit=1_000), Need(name="b", need=2, limit=1)]
    assert first(needs).name == "b"


def test_the_document_says_what_the_results_say(results):
    """Its generated part and its picture are those of the results beside it."""
    document = (DOCS / scaling_document.DOCUMENT).read_text(encoding="utf-8")
    assert put_into(document, scaling_document.generated(results)) == document
    picture = (DOCS / scaling_document.PICTURE).read_text(encoding="utf-8")
    assert scaling_curves.picture(results) == picture


def test_a_document_without_marks_is_left_alone():
    """Nothing is put where nobody said that it belongs."""
    with pytest.raises(ValueError, match="has no"):
        put_into("# Scaling\n", "x")
