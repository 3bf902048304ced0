"""The table of what reports of whole worlds came to."""

import pytest
from msgspec.structs import replace
from world_results import ROW

from sim.memory.reports import truth
from sim.memory.reports.compared import WorldResult
from sim.memory.reports.field import JUDGED
from sim.memory.reports.table import Coverage, table, tally
from streams.report.judged_minimum import NamingReason

FEW = replace(ROW, reason=NamingReason.TOO_FEW_CASES, bounds=None, interval=None)
WRONG = replace(ROW, interval=(0.1, 0.2), bounds=(0.12, 0.18), reason=NamingReason.NAMED)


def test_what_holds_and_what_does_not_is_counted() -> None:
    """Below the truth blames; who is not judged is in no count."""
    assert tally([ROW, FEW, WRONG], 0.375) == Coverage(2, 1, 1, 1, 1)
    assert tally([ROW, FEW, WRONG], 0.15) == Coverage(2, 2, 0, 1, 1)
    assert tally([ROW], 0.05) == Coverage(1, 0, 0, 1, 0)


def test_each_hoster_has_a_line_and_all_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the field, whatever the order of the worlds."""
    monkeypatch.setattr(truth, "LONG_RUN", 30)
    rows = (ROW,) * len(JUDGED)
    worlds = [WorldResult(seed=seed, cases=9, hosters=rows, cpu_s=1.0) for seed in (2, 1)]
    lines = table(worlds).split("\n")
    assert [line.split(" | ")[0] for line in lines[2:-4]] == [f"| {one.id}" for one in JUDGED]
    assert lines[-4].startswith("| together | | | 6 |")
    assert "18 cases" in lines[-2]
    assert table(worlds[::-1]) == table(worlds)
