"""The job on Kafka Streams: this process becomes the Java one that `streams/setup.sh` made."""

import os
import sys
from pathlib import Path

BUILT = Path(__file__).parents[3] / ".hostwatch/bench/streams"
"""Where `make bench-engine` puts the jars and the compiled class."""

HEAP = "-Xmx2g"
"""The states of 100,000 keys and Streams' buffers take a quarter of it."""


def main() -> None:
    """Start Java in this process's place, so that it is killed and measured as the others are."""
    classpath = os.pathsep.join((str(BUILT / "classes"), str(BUILT / "jars/*")))
    log = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"
    command = ["java", HEAP, log, "-cp", classpath, "StreamsJob", sys.argv[1]]
    os.execvp(command[0], command)  # noqa: S606 - fixed program, no shell wanted


if __name__ == "__main__":
    main()
