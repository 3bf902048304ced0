"""Laws of the ways a process ends on its own account."""

import subprocess
import sys
from typing import NoReturn

import pytest

from agents.engine.failures import EXIT_CRASHED, EXIT_REPLACED, crash, ended_by

CALLS = {
    "crash('lifecycle', ValueError())": EXIT_CRASHED,
    "replaced('lifecycle', 'one')": EXIT_REPLACED,
}


@pytest.mark.parametrize(("call", "code"), CALLS.items())
def test_a_process_ends_also_where_nobody_takes_its_last_line(call: str, code: int) -> None:
    """With standard error closed the line cannot be written; the exit code is the same."""
    program = (
        "import sys; from agents.config import LogSettings; "
        "from agents.process.log import configure; "
        "from agents.engine.failures import crash, replaced; "
        f"configure(LogSettings()); sys.stderr.close(); {call}"
    )
    done = subprocess.run([sys.executable, "-c", program], timeout=60, check=False)
    assert done.returncode == code


def test_a_simulator_ends_one_of_its_processes_and_not_this_one() -> None:
    """It is told where that crashed and on what."""
    told: list[tuple[str, str]] = []

    def end(where: str, error: BaseException) -> NoReturn:
        told.append((where, type(error).__name__))
        raise SystemExit

    with ended_by(end), pytest.raises(SystemExit):
        crash("lifecycle", ValueError())
    assert told == [("lifecycle", "ValueError")]
