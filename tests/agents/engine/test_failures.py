"""Laws of the ways a process ends on its own account."""

import subprocess
import sys

import pytest

from agents.engine.failures import EXIT_CRASHED, EXIT_REPLACED

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
