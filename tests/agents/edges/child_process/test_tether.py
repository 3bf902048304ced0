"""The tether: a child does not outlive its parent, however that ends."""

import os
import signal
import subprocess
import sys

from waiting import until

from agents.edges.child_process.processes import ProcessId, alive, end, identify
from agents.edges.child_process.tether import __file__ as tether_file

PARENT = """
import subprocess, sys
from agents.edges.child_process.tether import tethered
waits = "import signal; print('up', flush=True); signal.pause()"
child = subprocess.Popen(
    tethered([sys.executable, "-c", waits]), stdout=subprocess.PIPE
)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
"""


def test_a_child_dies_with_a_killed_parent() -> None:
    """SIGKILL of the parent, which nothing can catch, ends the child too."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        child = identify(int(parent.stdout.readline()))
        assert isinstance(child, ProcessId)
        try:
            parent.send_signal(signal.SIGKILL)
            assert until(lambda: not alive(child))
        finally:
            end(child, 0)


def test_a_child_whose_parent_is_already_gone_does_not_start() -> None:
    """If the parent ended before the tether held, the command never runs."""
    stranger = os.getpid() + 1  # not the parent of what runs below
    done = subprocess.run(
        [sys.executable, "-I", "-S", tether_file, str(stranger), "echo", "ran"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, b"")
