"""Starts a program whose memory is counted from nothing.

Linux carries the largest size of a process over to the program it becomes, and a child that
`subprocess` makes is its parent until then. So a limit on a child's memory would be one on the test
worker's. A shell in between forks once more, and that child begins anew.
"""

import subprocess
from collections.abc import Sequence


def run(command: Sequence[str], *, timeout_s: float) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and return what it printed."""
    shell = ["sh", "-c", '"$@"; exit $?', "sh", *command]
    return subprocess.run(shell, check=False, capture_output=True, text=True, timeout=timeout_s)
