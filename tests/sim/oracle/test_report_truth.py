"""How near a report comes to the truth, beside a plain median of closed cases."""

from pathlib import Path

import pytest

from sim.oracle.drawn_incidents import Truth
from sim.oracle.report_truth import BEGIN, END, TRUTHS, between, main, tried

METHODS = Path(__file__).parents[3] / "docs" / "methods.md"


@pytest.mark.parametrize("truth", [Truth(12, 30), Truth(240, 30)])
def test_the_interval_holds_where_the_plain_median_does_not(truth: Truth) -> None:
    """A few draws: most intervals hold the share; slow cases are missing from a plain median."""
    found = tried(truth, 40)
    assert found.held >= 0.8
    assert found.beyond <= 0.15
    if truth.median_h == 240:
        assert found.plain < 0.8 * truth.median_h


@pytest.mark.soak
@pytest.mark.parametrize("truth", TRUTHS, ids=lambda one: f"{one.median_h:g} h")
def test_the_interval_holds_as_often_as_it_says(truth: Truth) -> None:
    """Over 4,000 draws in at least 92.5 %, and on the side that blames at most 4 %."""
    found = tried(truth, 4_000)
    assert found.held >= 0.925
    assert found.beyond <= 0.04


def test_the_document_has_the_table(tmp_path: Path) -> None:
    """Between its marks, a line for each truth; a document without marks is refused."""
    text = METHODS.read_text()
    inside = text[text.index(BEGIN) : text.index(END)]
    assert all(f"| {one.median_h:g} h |" in inside for one in TRUTHS)
    file = tmp_path / "methods.md"
    file.write_text(f"before\n{BEGIN}old\n{END}after\n")
    main(["--draws", "3", "--write", str(file)])
    assert "old" not in file.read_text()
    assert file.read_text().endswith(f"{END}after\n")
    with pytest.raises(ValueError, match="no place"):
        between("nothing", (BEGIN, END), "table")
