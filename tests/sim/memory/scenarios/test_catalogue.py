"""Each scenario shows what it should, in the figures of the real stages."""

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from sim.memory.__main__ import table
from sim.memory.acceptance.expects import Checked, Expect, held
from sim.memory.acceptance.shown import ShownRun
from sim.memory.acceptance.table import ACCEPTANCE
from sim.memory.run import Size, play
from sim.memory.scenarios.catalogue import BURST_FULL, SCENARIOS

SEED = 1
DOCUMENT = Path(__file__).parents[4] / "docs/scenarios.md"
AFTER_BURST_DAYS = 1.25
"""Six hours after the last of a burst."""

AT_ONCE = (
    "every report of the burst is one case",
    "what a hoster reports itself names nobody",
    "the others are probed on time, and nothing is wrong",
)
NAMES = sorted(set(ACCEPTANCE) - {"burst-full"})


@pytest.mark.soak  # `make test` plays some of them with fewer reports, and small worlds of all
@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_shows_what_it_should(name):
    """The properties of every run hold, and everything that the scenario is there for."""
    rows = table(name, SEED)
    assert len(rows) > 3
    assert [row for row in rows if not row.checked.holds] == []


def test_nothing_ends_by_the_word_of_a_vantage_that_lies():
    """With a quarter of the reports, all that the whole scenario has to show is shown."""
    rows = held(ShownRun(play(SCENARIOS["liar"], SEED, 1.2, Size(rate=12))), ACCEPTANCE["liar"])
    assert len(rows) > 3
    assert [row for row in rows if not row.checked.holds] == []


def test_the_backlog_of_a_hoster_that_goes_silent_grows():
    """From the second day on it removes nothing: more is open there than at all others."""
    played = play(SCENARIOS["silent"], SEED, 2.5, Size(rate=12))
    measured = {line.hoster.id: line.measured for line in played.run_report.lines}
    silent = measured.pop("birch")
    assert silent.removed > 0
    assert silent.overdue > 0
    assert silent.backlog > sum(line.backlog for line in measured.values())
    assert played.ok


def test_who_shows_the_monitor_nothing_gains_nothing():
    """What is hidden counts as reported and never as removed; a refused URL alone hides nothing."""
    played = play(SCENARIOS["obstructing"], SEED, 0.8, Size(rate=24))
    measured = {line.hoster.id: line.measured for line in played.run_report.lines}
    for id in ("jade", "kelp"):
        assert measured[id].reported > 0
        assert measured[id].removed == 0
        assert measured[id].unavailable > 0
    assert measured["nettle"].reported > 0
    assert measured["nettle"].unavailable == 0
    assert played.ok


def test_who_feigns_removal_is_believed_by_one_vantage_alone():
    """Who feigns removal to the monitor it knows is prompt by that one's word, and only by it."""
    believed, alike = ACCEPTANCE["method"][:2]
    shown = ShownRun(play(SCENARIOS["method"], SEED, 1.3, Size(rate=16)))
    assert [row for row in held(shown, (believed, alike)) if not row.checked.holds] == []


@pytest.mark.soak
@pytest.mark.timeout(900)  # three minutes of a free core
def test_a_burst_of_forty_thousand_is_taken_whole():
    """All are handed in within half a day and each is one case; every property of a run holds.

    What needs days after it is asked of the small burst.
    """
    shown = ShownRun(play(SCENARIOS["burst-full"], SEED, AFTER_BURST_DAYS))
    asked = [expect for expect in ACCEPTANCE["burst-full"] if expect.says in AT_ONCE]
    assert len(asked) == len(AT_ONCE)
    assert shown.played.reports > BURST_FULL
    assert [row for row in held(shown, asked) if not row.checked.holds] == []


def test_every_scenario_but_the_general_ones_has_something_to_show():
    """The nine of the field and the hotlines' own; the burst in its full size is the same one."""
    assert set(ACCEPTANCE) == set(SCENARIOS) - {"calm", "storm"}
    full = SCENARIOS["burst-full"].surges[0]
    assert full.count == BURST_FULL == 40_000
    assert ACCEPTANCE["burst-full"] == ACCEPTANCE["burst"]


def test_the_document_has_every_check():
    """Whoever adds a check prints the page again."""
    text = DOCUMENT.read_text()
    for expects in ACCEPTANCE.values():
        for expect in expects:
            assert f"| {expect.says} |" in text
    assert "FAILS" not in text


@cache
def flood():
    """Play the first hours of a flood once, for those who ask of it what it does not show."""
    return ShownRun(play(SCENARIOS["flood"], SEED, 0.2))


def test_a_check_that_fails_is_told():
    """The table has the run's own properties first, then each check with what was measured."""
    shown = flood()
    wrong = Expect(says="it rains", check=lambda _: Checked(holds=False, measured="no drop"))
    first, second = held(shown, (wrong,))
    assert first.checked.holds
    assert second == ("it rains", Checked(holds=False, measured="no drop"))


def test_what_one_scenario_shows_another_does_not():
    """The checks look at something: none of a quiet field's hosters is silent, or hides."""
    shown = flood()
    few = [e for name in ("burst", "dominant", "liar") for e in ACCEPTANCE[name][:1]]
    failed = 0
    for expect in few:
        try:
            failed += not expect.check(shown).holds
        except (StopIteration, KeyError, ValueError):
            failed += 1  # its hosters are not even there
    assert failed >= 2


def test_the_command_refuses_what_is_no_scenario():
    """One line that names what there is, and the exit code of a user's mistake."""
    done = subprocess.run(
        [sys.executable, "-m", "sim.memory", "none"], capture_output=True, check=False, text=True
    )
    assert done.returncode == 2
    assert "displacement" in done.stderr
    assert "Traceback" not in done.stderr
