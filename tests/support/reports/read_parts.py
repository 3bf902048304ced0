"""Stand-ins for the reading of a partition, which a process of its own can find."""

import os

from agents.tools.report.reading.partition import PartitionCases, PartitionTask


def named_by_process(task: PartitionTask) -> tuple[int, PartitionCases]:
    """Return a part that says which process it is from."""
    return task.partition, PartitionCases(left_out={str(os.getpid()): 1})


def killed(_: PartitionTask) -> tuple[int, PartitionCases]:
    """Be ended, as a process is that takes too much memory."""
    os.kill(os.getpid(), 9)
    raise AssertionError
