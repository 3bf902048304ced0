"""The file of a bench's results: written after each measurement, taken up again by the next run."""

import asyncio
import json
import os
import platform
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aiokafka.errors import KafkaError
from harness import Failed, reason_of, say

from agents.edges.local_broker.jars import kafka_version

FAILURES = (Failed, KafkaError, OSError, TimeoutError)
"""What ends one measurement and not the bench."""

UNSAID = ("profile", "runs")
"""What is too long for a line of progress."""

MEASURE_CAP_S = 900.0
"""Wall time of any one measurement, so that a broker that hangs ends it. The longest takes two
minutes on an idle machine, more beside other load."""


def machine() -> dict[str, Any]:
    """Return what figures of another machine differ by."""
    return {
        "cpus": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "python": platform.python_version(),
        "kafka": kafka_version(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


class Results:
    """What was measured so far.

    Args:
        out: the file.
        only: parts, and names or what stands before a `-` in them, that are measured anew;
            empty = all that is missing.
        parts: of the file.
        same: what a file must say to be taken up, such as its machine.

    Attributes:
        found: by part and name.
    """

    def __init__(
        self, out: Path, only: Sequence[str], parts: Sequence[str], same: Mapping[str, Any]
    ) -> None:
        self.found: dict[str, Any] = {}
        self._out = out
        self._only = tuple(only)
        self._parts = tuple(parts)
        self._same = dict(same)

    def take_up(self) -> None:
        """Read what an interrupted run has left, or what a run of some names leaves alone."""
        before: dict[str, Any] = {}
        if self._out.exists():
            before = json.loads(self._out.read_text(encoding="utf-8"))
        alike = all(before.get(key) == value for key, value in self._same.items())
        keep = alike and (bool(self._only) or not before.get("finished", True))
        begun = {
            "machine": machine(),
            "begun_at": int(time.time()),
            "load_before": round(os.getloadavg()[0], 2),
        }
        self.found = before if keep else {**self._same, **begun}
        for part in self._parts:
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
        parts = [one for one in self._only if one in self._parts]
        names = [one for one in self._only if one not in self._parts]
        named = any(f"{name}-".startswith(f"{one}-") for one in names)
        return (not parts or part in parts) and (not names or named)

    def missing(self, part: str, name: str) -> bool:
        """Return whether a part is to be measured of a name and is not there yet."""
        return self.wanted(part, name) and name not in self.found[part]

    def of(self, part: str, name: str, key: str) -> Any:
        """Return one figure; None = it was not measured."""
        return self.found[part].get(name, {}).get(key)

    def without_figures(self, points: Mapping[str, Sequence[str]]) -> list[str]:
        """Return the names, given by part, that were not measured or failed."""
        return [
            name
            for part, names in points.items()
            for name in names
            if "reason" in self.found[part].get(name, {"reason": "not measured"})
        ]

    def save(self, *, finished: bool = False) -> None:
        """Write the results so far."""
        self.found["finished"] = finished
        self._out.parent.mkdir(parents=True, exist_ok=True)
        self._out.write_text(self.text(), encoding="utf-8")

    def text(self) -> str:
        """Return the file's text."""
        return json.dumps(self.found, indent=1) + "\n"

    async def measure(
        self, part: str, name: str, work: Callable[[], Awaitable[dict[str, Any]]]
    ) -> None:
        """Do one measurement that is missing, and note it or why it failed."""
        if not self.missing(part, name):
            return
        begun = time.monotonic()
        try:
            async with asyncio.timeout(MEASURE_CAP_S):
                found = await work()
        except FAILURES as error:
            found = {"reason": reason_of(error)}
        found["took_s"] = round(time.monotonic() - begun, 1)
        self.found[part][name] = found
        self.save()
        shown = {key: value for key, value in found.items() if key not in UNSAID}
        say(f"{part} {name}: {shown}")
