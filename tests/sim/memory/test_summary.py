"""What many runs came to is the sum of what each came to, and one that is wrong makes all so."""

import json
from dataclasses import replace

import pytest

from sim.memory.broker.faults import Fault
from sim.memory.summary import RunSummary, Total
from sim.oracle.findings import OracleFinding
from sim.world.behaviour import Behaviour

RIGHT = RunSummary(
    seed=7,
    days=0.5,
    reports=11,
    probes=40,
    lost=0,
    doubled=0,
    differences=0,
    wrong_intervals=0,
    ok=True,
    findings={},
    faults={Fault.CRASH: 2, Fault.LATE: 3},
    behaviours=frozenset({Behaviour.PROMPT}),
    cpu_s=4.0,
)
WRONG = replace(
    RIGHT.numbered(8),
    ok=False,
    lost=1,
    doubled=2,
    differences=3,
    wrong_intervals=4,
    findings={OracleFinding.LOST: 1},
    behaviours=frozenset({Behaviour.NEVER}),
)


def total(*results):
    """Return some results together."""
    found = Total()
    for result in results:
        found.add(result)
    return found


def test_of_no_run_nothing_is_said():
    """Whoever was interrupted before the first run ended learns nothing."""
    assert total().line.endswith("nothing was checked")


def test_runs_that_all_broke_off_are_no_silence():
    """An error in every seed makes all wrong, though no run came to its end."""
    found = total()
    found.broken_off.append(9)
    assert found.line.endswith("NOT as it should be")


def test_a_line_names_all_that_is_wrong():
    """With the number of its seed, so that it can be played again."""
    assert RIGHT.line == "seed 7: 11 reports, 40 probes, 5 faults; all holds"
    said = WRONG.line
    assert said.startswith("seed 8: ")
    assert f"1 {OracleFinding.LOST}" in said
    assert "3 outcomes, states or figures others than without faults" in said
    assert said.endswith("NOT as it should be")


def test_what_runs_came_to_is_added_up():
    """What must be 0 is added up too, and so are faults of each kind."""
    found = json.loads(total(RIGHT, WRONG, RIGHT).as_json())
    assert (found["seeds"], found["reports"], found["looks"]) == (3, 33, 120)
    assert (found["lost"], found["doubled"]) == (1, 2)
    assert (found["differences"], found["wrong_intervals"]) == (3, 4)
    assert found["faults"] == {fault.value: RIGHT.faults.get(fault, 0) * 3 for fault in Fault}
    assert found["behaviours"] == ["never", "prompt"]
    assert found["failed"] == [8]


@pytest.mark.parametrize("broken_off", [False, True])
def test_one_seed_that_is_wrong_or_broken_off_makes_all_wrong(broken_off):
    """The exit code follows it."""
    found = total(RIGHT) if broken_off else total(RIGHT, WRONG)
    if broken_off:
        found.broken_off.append(9)
    assert total(RIGHT).ok
    assert not found.ok
    assert found.line.endswith("NOT as it should be")
    assert total(RIGHT).line.endswith("all properties hold")


def test_speed_is_world_time_over_time_spent():
    """By the wall and by the processor; a run of no time at all is no fault."""
    found = total(RIGHT, RIGHT)
    found.wall_s = 21.6
    assert json.loads(found.as_json())["sim_seconds_per_wall_second"] == 4_000.0
    assert json.loads(found.as_json())["sim_seconds_per_cpu_second"] == 10_800.0
    assert json.loads(Total().as_json())["sim_seconds_per_wall_second"] == 0.0
