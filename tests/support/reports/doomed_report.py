"""`hostwatch report`, whose process gets a signal once it has kept so many partitions.

Called as `doomed_report.py SIGNAL PARTITIONS ARGUMENTS...`.
"""

import os
import signal
import sys
from unittest.mock import patch

from agents.cli import run
from agents.tools.report.reading.kept import Kept
from agents.tools.report.reading.partition import PartitionCases


def main(number: int, partitions: int, arguments: list[str]) -> int:
    """Run the command; it is hit right after a partition is on the disk."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    keep = Kept.keep
    kept: list[int] = []

    def hit(self: Kept, partition: int, part: PartitionCases) -> None:
        keep(self, partition, part)
        kept.append(partition)
        if len(kept) == partitions:
            os.kill(os.getpid(), number)

    with patch.object(Kept, "keep", hit):
        return run(["report", *arguments])


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
