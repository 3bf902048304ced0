"""The file of results: written after each measurement, taken up again by the next run."""

import asyncio
import json
import os
import platform
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import figures
import published
from aiokafka.errors import KafkaError
from race import Failed

from agents.edges.local_broker.jars import kafka_version

PARTS = ("race", "latency", "kill", "pipeline")
FAILURES = (Failed, KafkaError, OSError, TimeoutError)
"""What ends one measurement and not the bench."""

UNSAID = ("profile", "runs")
"""What is too long for a line of progress."""

MEASURE_CAP_S = 600.0
"""Wall time of any one measurement; a broker that hangs ends it."""


def say(line: str) -> None:
    """Print a line of progress."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def reason_of(error: BaseException) -> str:
    """Return why there is no figure."""
    return str(error) or type(error).__name__


class Results:
    """What was measured so far.

    Args:
        out: the file; a table in Markdown is written beside it.
        quick: whether it is a quick run; the two modes do not mix in one file.
        only: prefixes of names, and parts, that are measured; empty = all.

    Attributes:
        found: by part and name.
    """

    def __init__(self, out: Path, only: Sequence[str], *, quick: bool) -> None:
        self.quick = quick
        self.found: dict[str, Any] = {}
        self._out = out
        self._only = tuple(only)

    def take_up(self) -> None:
        """Read what an interrupted run has left, or what a run of some names leaves alone."""
        mode = "quick" if self.quick else "full"
        before: dict[str, Any] = {}
        if self._out.exists():
            before = json.loads(self._out.read_text())
        keep = before.get("mode") == mode and (bool(self._only) or not before.get("finished", True))
        self.found = before if keep else {"mode": mode, "machine": _machine()}
        self.found["finished"] = False
        for part in PARTS:
            found = self.found.setdefault(part, {})
            stale = [
                name
                for name, one in found.items()
                if ("reason" in one and not one.get("runs"))
                or (self._only and self.wanted(part, name))
            ]
            for name in stale:
                del found[name]
        self.save()

    def wanted(self, part: str, name: str) -> bool:
        """Return whether a part is to be measured of a name."""
        parts = {one for one in self._only if one in PARTS}
        names = tuple(one for one in self._only if one not in PARTS)
        return (not parts or part in parts) and (not names or name.startswith(names))

    def of(self, part: str, name: str, key: str) -> Any:
        """Return one figure; None = it was not measured."""
        return self.found[part].get(name, {}).get(key)

    def publish(self, root: Path) -> None:
        """Put the figures into docs/performance.json, and print the documents from it.

        Args:
            root: folder of the repository.

        Raises:
            ValueError: a document has no marks.
        """
        measured = published.read(root) | {"engine": published.taken_from(self.found)}
        published.publish(measured, root)

    def save(self, *, finished: bool = False) -> None:
        """Write the results so far."""
        self.found["finished"] = finished
        self.found["summary"] = figures.summary(self.found)
        self._out.parent.mkdir(parents=True, exist_ok=True)
        self._out.write_text(json.dumps(self.found, indent=1) + "\n")
        self._out.with_suffix(".md").write_text(figures.table(self.found))

    async def measure(
        self, part: str, name: str, work: Callable[[], Awaitable[dict[str, Any]]]
    ) -> None:
        """Do one measurement that is wanted and not there yet, and note it or why it failed."""
        if not self.wanted(part, name) or name in self.found[part]:
            return
        begun = time.monotonic()
        try:
            async with asyncio.timeout(MEASURE_CAP_S):
                self.found[part][name] = await work()
        except FAILURES as error:
            self.found[part][name] = {"reason": reason_of(error)}
        self.save()
        shown = {k: v for k, v in self.found[part][name].items() if k not in UNSAID}
        say(f"{part} {name}: {shown} ({time.monotonic() - begun:.0f} s)")


def _machine() -> dict[str, Any]:
    return {
        "cpus": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "kafka": kafka_version(),
        "load_before": os.getloadavg()[0],
        "begun_at": int(time.time()),
    }
