"""Results of worlds in a file: what was ended goes on where it was."""

from pathlib import Path

import pytest
from world_results import ROW

from sim.memory.reports import played_worlds as module
from sim.memory.reports.compared import WorldResult
from sim.memory.reports.played_worlds import PlayedWorlds


def world(seed: int) -> WorldResult:
    """Return a world."""
    return WorldResult(seed=seed, cases=40, hosters=(ROW,), cpu_s=1.5)


def test_what_was_played_is_not_played_again(tmp_path: Path) -> None:
    """Each world stands there when it ends; a line that was broken off is as if never begun."""
    file = tmp_path / "new" / "worlds"
    first = PlayedWorlds(file)
    for seed in (1, 2):
        first.add(world(seed))
    with file.open("a") as opened:
        opened.write('{"seed": 3')
    again = PlayedWorlds(file)
    assert again.worlds == {1: world(1), 2: world(2)}
    assert again.missing(range(1, 5)) == [3, 4]
    again.add(world(3))
    assert PlayedWorlds(file).missing(range(1, 4)) == []


def test_other_code_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result says nothing of code that did not play it."""
    file = tmp_path / "worlds"
    PlayedWorlds(file).add(world(1))
    monkeypatch.setattr(module, "code", lambda: "other")
    assert PlayedWorlds(file).worlds == {}
