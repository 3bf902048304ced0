"""What a report of a year costs: read from a real broker, folded, judged and written."""

import asyncio
import os
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from command import COMMAND
from filled_year import OBSERVATIONS, YEAR, fill
from harness import SMALL, scaled
from scratch_topics import scratch_settings
from topic_removal import remove_topics

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from schemas.moments import rfc3339

Told = Callable[..., None]

pytestmark = [pytest.mark.bench, pytest.mark.timeout(5_400)]

URLS = scaled(250_000)
PARTITIONS = 12
SAMPLE_S = 0.5

WITHIN_S_MAX = 600.0
MEMORY_MIB_MAX = 4_096


def tree(pid: int) -> list[int]:
    """Return a process and those below it."""
    found = [pid]
    for one in found:
        try:
            below = Path(f"/proc/{one}/task/{one}/children").read_text(encoding="ascii")
        except OSError:
            continue
        found += map(int, below.split())
    return found


def memory_mib(pid: int) -> float:
    """Return the memory of a process and those below it; what they share counts once."""
    kib = 0
    for one in tree(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        kib += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kib / 1_024


class Cost(NamedTuple):
    """What a report took: wall and CPU seconds, memory of all its processes, what it said."""

    wall_s: float
    cpu_s: float
    memory_mib: float
    said: str


def reported(settings: Settings, out: Path) -> Cost:
    """Make the report of the year in a process of its own, and measure that and those below it."""
    variables = {
        "HOSTWATCH_KAFKA__BOOTSTRAP": str(settings.kafka.bootstrap),
        "HOSTWATCH_KAFKA__TOPIC_PREFIX": settings.kafka.topic_prefix,
        "HOSTWATCH_KEY_FILE": str(settings.key_file),
    }
    first, last = (rfc3339(at)[:10] for at in (YEAR.from_at, YEAR.to_at))
    asked = ["report", "--from", first, "--to", last, "--out", str(out)]
    before, began_s, peak_mib = os.times(), time.monotonic(), 0.0
    with subprocess.Popen(
        [*COMMAND, *asked], env=os.environ | variables, stdout=subprocess.PIPE, text=True
    ) as process:
        while process.poll() is None:
            peak_mib = max(peak_mib, memory_mib(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.wait(SAMPLE_S)
        said = process.stdout.read() if process.stdout else ""
    wall_s, after = time.monotonic() - began_s, os.times()
    assert process.returncode == 0
    cpu_s = after.children_user + after.children_system
    cpu_s -= before.children_user + before.children_system
    return Cost(wall_s, cpu_s, peak_mib, said.strip())


def test_a_year_is_a_report_in_ten_minutes(told: Told, bootstrap: str, tmp_path: Path) -> None:
    """250,000 reports and 6 million observations: at most 10 min and 4 GiB, the PDF included."""
    Keyring.create(tmp_path / "keys.json")
    settings = scratch_settings(bootstrap, key_file=tmp_path / "keys.json", vantages=())
    kafka = settings.kafka.model_copy(update={"partitions": PARTITIONS})
    settings = settings.model_copy(update={"kafka": kafka})
    filling_s = time.monotonic()
    try:
        observations = asyncio.run(fill(settings, URLS))
        filling_s = time.monotonic() - filling_s
        cost = reported(settings, tmp_path / "report")
    finally:
        asyncio.run(remove_topics(kafka.bootstrap, kafka.topic_prefix))
    assert (tmp_path / "report" / "report.pdf").exists()
    assert observations == URLS * OBSERVATIONS
    told(
        f"report of {URLS:,} URLs and {observations:,} observations: {cost.wall_s:.0f} s,"
        f" {cost.cpu_s:.0f} s of CPU, {cost.memory_mib:.0f} MiB, load {os.getloadavg()[0]:.1f};"
        f" filled in {filling_s:.0f} s; {cost.said}",
        **cost._asdict(),
    )
    assert SMALL or (cost.wall_s < WITHIN_S_MAX and cost.memory_mib < MEMORY_MIB_MAX)
