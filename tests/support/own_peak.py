"""Commands whose process has a peak of memory of its own.

Linux hands the peak of a process on to what is executed in its place, and a process of tests has a
gigabyte: a child measured by `ru_maxrss` would seem to have it too. What another program forks
begins at nothing.
"""

from collections.abc import Sequence


def own_peak(command: Sequence[str]) -> list[str]:
    """Return a command that runs another one with a peak of its own, and ends with its code."""
    return ["/bin/sh", "-c", '"$@"; exit $?', "sh", *command]
