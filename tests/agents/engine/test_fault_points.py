"""Tests of the fault points: armed in one child, harmless everywhere else."""

import os
import signal
import subprocess
import sys

import pytest

from agents.engine.fault_points import (
    VARIABLE,
    FaultAction,
    FaultPoint,
    PlantedFault,
    arm,
    fault_point,
    listening,
)
from agents.errors import UserError

PROGRAM = """
import os, sys
from agents.engine.fault_points import FaultPoint, arm, fault_point
arm(os.environ, lambda line: print(line, flush=True))
for turn in range(1, 5):
    fault_point(FaultPoint.FETCHED)
    fault_point(FaultPoint.WRITTEN)
    print("turn", turn, flush=True)
"""


def child(variable: str | None) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    if variable is not None:
        environment[VARIABLE] = variable
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_process_kills_itself_at_the_pass_named():
    """Passes of other points do not count, the one named does, and the start says so aloud."""
    process = child(PlantedFault(FaultAction.KILL, FaultPoint.WRITTEN, 3).variable())
    out, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert out.splitlines()[1:] == ["turn 1", "turn 2"]
    assert out.startswith("WARNING")
    assert "kill at written" in err


def test_a_stopped_process_goes_on_after_the_signal():
    """At a stop every thread stands still; SIGCONT lets it end as if nothing had been."""
    process = child(PlantedFault(FaultAction.STOP, FaultPoint.FETCHED, 2).variable())
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    process.send_signal(signal.SIGCONT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out.splitlines()[-1] == "turn 4"


def test_nothing_happens_without_the_variable():
    """A process that no test armed passes every point."""
    process = child(None)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out.splitlines()[-1]) == (0, "turn 4")


@pytest.mark.parametrize(
    "variable",
    [
        "",
        "kill",
        "kill:written:1",
        "kill:written:1:child-of-1",
        f"kill:written:0:child-of-{os.getppid()}",
        f"kill:nowhere:1:child-of-{os.getppid()}",
        f"burn:written:1:child-of-{os.getppid()}",
        f"kill:written:one:child-of-{os.getppid()}",
    ],
)
def test_a_variable_for_nobody_stops_the_start(variable):
    """What is not for the child of a running test arms nothing and is refused."""
    with pytest.raises(UserError, match=VARIABLE):
        arm({VARIABLE: variable}, pytest.fail)
    fault_point(FaultPoint.WRITTEN)


def test_a_simulator_is_told_of_every_point():
    """And of none behind it."""

    class FaultPointListener:
        def __init__(self):
            self.points = []

        def passed(self, point):
            """Note it."""
            self.points.append(point)

    listener = FaultPointListener()
    fault_point(FaultPoint.FETCHED)
    with listening(listener):
        fault_point(FaultPoint.HANDED)
        fault_point(FaultPoint.SENT)
    fault_point(FaultPoint.WRITTEN)
    assert listener.points == [FaultPoint.HANDED, FaultPoint.SENT]
