"""Thirty-five days of every metric in a real Prometheus, as OpenMetrics text taken in at once."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path
from typing import Final

import aiohttp

from agents.edges.child_process.ports import reserved
from agents.edges.metric_types.declaration import Declared
from agents.edges.metrics.figures.__main__ import type_of
from agents.edges.metrics.figures.catalogue import METRICS
from sim.demo.children import Child

DAYS: Final = 35
STEP_S: Final = 600
END_S: Final = 1_772_900_400
"""Any moment; the queries are asked at it and before."""

START_S: Final = END_S - DAYS * 86_400

LABELS: Final = {
    "hoster": ("alpha", "beta"),
    "role": ("hosting",),
    "outcome": ("awaiting", "online", "removed", "unavailable"),
    "norm": ("1h", "24h"),
    "verdict": ("in_time", "late", "undetermined"),
    "limit": ("high", "low"),
    "quantile": ("0.5", "0.9"),
    "percentile": ("50",),
    "unavailable": ("ended", "online"),
    "cohort": ("28d", "90d", "ever"),
    "event": ("late", "noticed", "reappeared", "removed"),
    "window": ("24h", "7d", "28d"),
    "hotline": ("north",),
    "result": ("accepted", "late", "looked", "quarantined"),
    "reason": ("malformed",),
    "flag": ("split", "bounced"),
    "vantage": ("quiet",),
    "error": ("none", "timeout"),
    "phase": ("connect", "processing"),
    "sample": ("in", "out"),
    "partition": ("0", "1"),
    "topic": ("reports.v1",),
    "table": ("cases.v1",),
    "dataset": ("asn",),
    "answer": ("disputed", "removed"),
    "certificate": ("web",),
    "collector": ("figures",),
    "version": ("1",),
    "method": ("1",),
    "name": ("Alpha",),
    "country": ("XA",),
    "group": ("alpha",),
    "type": ("hosting",),
}
NUMBER_OF_ALL: Final = {"histogram": "count", "gaugehistogram": "gcount"}
"""The suffix of a histogram's number of all, by type: gauge histograms have one of their own."""

BUCKETS: Final = ("3600.0", "43200.0", "86400.0", "172800.0", "604800.0", "+Inf")
WORKER: Final = 'instance="worker-1",job="hostwatch"'
EXTRA: Final = (
    f"up{{{WORKER}}}",
    f"scrape_samples_post_metric_relabeling{{{WORKER}}}",
    'hoster:hostwatch_open_cases:max{hoster="alpha",role="hosting"}',
    'hoster_window:hostwatch_late_per_noticed:ratio{hoster="alpha",role="hosting",window="7d"}',
    'ALERTS{alertname="HosterRemovesNothing",alertstate="firing",hoster="alpha",severity="warning"}',
)


def _series(metric: Declared) -> Iterator[str]:
    kind = type_of(metric.name)
    for values in product(*(LABELS[label] for label in metric.labels)):
        pairs = zip(metric.labels, values, strict=True)
        inside = ",".join([*(f'{label}="{value}"' for label, value in pairs), WORKER])
        if kind == "counter":
            yield f"{metric.name}_total{{{inside}}}"
        elif kind in NUMBER_OF_ALL:
            yield f"{metric.name}_{NUMBER_OF_ALL[kind]}{{{inside}}}"
            for bound in BUCKETS:
                yield f'{metric.name}_bucket{{{inside},le="{bound}"}}'
        else:
            yield f"{metric.name}{{{inside}}}"


def series() -> list[str]:
    """Return every series, those of one metric together."""
    found = [
        *EXTRA,
        *(one for metric in METRICS for one in _series(metric)),
    ]
    return sorted(found, key=lambda one: one.partition("{")[0])


def _value(name: str, number: int) -> float:
    """Return what a series says at its step: counters rise, levels wave, instants are near."""
    if "_total{" in name or "_done_records{" in name:
        return number * 7
    if re.match(r"hostwatch_\w+_d(elay|uration)_seconds_(bucket|count)\{", name):
        return (1 + sum(f'le="{bound}"' in name for bound in BUCKETS[2:])) * number
    if "timestamp_seconds" in name:
        return START_S + number * STEP_S
    if ',le="' in name:
        bound = BUCKETS.index(name.rpartition(',le="')[2].removesuffix('"}'))
        return 5 + 3 * bound + number % 3
    if "ratio" in name or name.startswith("up"):
        return 1
    return 20 + number % 11


def text() -> str:
    """Return the OpenMetrics text."""
    lines = [
        f"{name} {_value(name, number)} {START_S + number * STEP_S}"
        for name in series()
        for number in range(DAYS * 86_400 // STEP_S + 1)
    ]
    return "\n".join([*lines, "# EOF", ""])


@asynccontextmanager
async def synthetic_prometheus(folder: Path) -> AsyncIterator[str]:
    """Run a Prometheus that holds the days, and give its address."""
    source = folder / "days.txt"
    source.write_text(text())
    _make_blocks(source, folder / "data")
    config = folder / "prometheus.yml"
    config.write_text("global: {}\n")
    with reserved(0) as port:
        pass
    child = await Child.start(
        "Prometheus",
        [
            "prometheus",
            f"--config.file={config}",
            f"--storage.tsdb.path={folder / 'data'}",
            "--storage.tsdb.retention.time=10y",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=warn",
        ],
        folder / "prometheus.log",
    )
    try:
        address = f"http://127.0.0.1:{port}"
        await _ready(address, child)
        yield address
    finally:
        await child.stop()


def _make_blocks(source: Path, data: Path) -> None:
    command = ["promtool", "tsdb", "create-blocks-from", "--max-block-duration=960h"]
    subprocess.run(
        [*command, "openmetrics", source, data], check=True, capture_output=True, timeout=240
    )


async def _ready(address: str, child: Child) -> None:
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while child.process.returncode is None:
            try:
                async with session.get(f"{address}/-/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise AssertionError(child.log.read_text())
