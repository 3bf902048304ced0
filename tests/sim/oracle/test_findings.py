"""What the oracle can find wrong has words of its own, and part of it a hoster gains by."""

from pathlib import Path

from sim.oracle.findings import GAINFUL, OracleFinding


def test_each_finding_has_its_own_words() -> None:
    """Two that said the same could not be told apart in a report."""
    assert len({one.value for one in OracleFinding}) == len(OracleFinding)
    assert all(len(one.value.split()) >= 4 for one in OracleFinding)


def test_a_hoster_gains_by_some_and_is_wronged_by_others() -> None:
    """What calls it late, or its share worse, is no gain."""
    assert set(OracleFinding) > GAINFUL
    assert not GAINFUL & {
        OracleFinding.WORSE_SHARE,
        OracleFinding.CALLED_LATE,
        OracleFinding.READ_OTHERWISE,
        OracleFinding.DOUBLED,
    }


def test_the_document_explains_each_finding_by_its_sentence():
    """docs/scenarios.md has one row for each finding, in their order."""
    text = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    table = text.split("| finding | what it counts |\n|---|---|\n")[1].split("\n\n")[0]
    assert table.splitlines() == [f"| {one.name} | {one} |" for one in OracleFinding]
