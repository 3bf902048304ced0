"""`hostwatch report`, whose process gets a signal once it has kept so many partitions.

Called as `doomed_report.py SIGNAL PARTITIONS RECORDS ARGUMENTS...`. A ledger of more records is
folded by processes of their own, whose ids it prints before it is hit.
"""

import multiprocessing
import os
import signal
import sys
from unittest.mock import patch

from agents.cli import run
from agents.tools.report.reading import partitions as reading
from agents.tools.report.reading.partition import PartitionCases
from agents.tools.report.reading.working_folder import WorkingFolder


def main(number: int, partitions: int, arguments: list[str]) -> int:
    """Run the command; it is hit right after a partition is on the disk.

    Args:
        number: of the signal.
        partitions: how many are on the disk when it comes.
        arguments: of the command.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    keep = WorkingFolder.keep
    kept: list[int] = []

    def hit(self: WorkingFolder, partition: int, part: PartitionCases) -> None:
        keep(self, partition, part)
        kept.append(partition)
        if len(kept) == partitions:
            print(*(child.pid for child in multiprocessing.active_children()), flush=True)
            os.kill(os.getpid(), number)

    with patch.object(WorkingFolder, "keep", hit):
        return run(["report", *arguments])


if __name__ == "__main__":
    reading.ALONE_RECORDS_MAX = int(sys.argv[3])
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[4:]))
