"""What a worker rests on and cannot make itself, and what it takes, rendered at each scrape.

Address databases grow old, certificates end, disks fill, and keys stop being renewed where no
records are taken in. All of it is told days before it hurts. What cannot be read is left out:
without it the worker stops itself, and that is told.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.metric_types.declaration import Declared
from agents.edges.metric_types.instruments import (
    CERTIFICATE_EXPIRY,
    CLOCK_APART,
    DATASET_BUILD,
    DISK_FREE,
    PROCESS_CPU,
    PROCESS_MEMORY,
)
from agents.edges.metric_types.key_instruments import (
    KEY_MONTH,
    LOST_KEY_MONTHS,
    MASTER_KEY_OUTDATED,
)
from schemas.moments import Instant

CERTIFICATE_BYTES_MAX: Final = 262_144
"""An authority's bundle has some 200 KiB; a larger file is no certificate."""

_STATM: Final = Path("/proc/self/statm")

Builds = Callable[[], Mapping[str, Instant]]
"""Gives the build instant of each address database in use, by kind."""


@dataclass(frozen=True, slots=True)
class EnvironmentCollector(Collector):
    """Reads at each scrape; a few file reads, under a millisecond.

    Attributes:
        settings: name the files and the folder.
        builds: of the address databases; empty where none is opened.
        keys: the ledger's; None = this process has none.
        apart_ms: how far the machine's clock is ahead of the broker's; None = not known.
    """

    settings: Settings
    builds: Builds
    apart_ms: Callable[[], int | None] = lambda: None
    keys: Keyring | None = None

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give what can be read."""
        builds = [((kind,), at / 1_000) for kind, at in self.builds().items()]
        yield _family(DATASET_BUILD, builds)
        ends = [((name,), _ends_at(file)) for name, file in self._certificates()]
        yield _family(CERTIFICATE_EXPIRY, ends)
        yield from self._of_keys()
        apart_ms = self.apart_ms()
        yield _family(CLOCK_APART, [((), None if apart_ms is None else apart_ms / 1_000)])
        yield _family(DISK_FREE, [((), _free(self.settings.state_dir))])
        cpu = CounterMetricFamily(PROCESS_CPU.name, PROCESS_CPU.help, unit=PROCESS_CPU.unit)
        cpu.add_metric((), time.process_time())
        yield cpu
        yield _family(PROCESS_MEMORY, [((), _resident_bytes())])

    def _of_keys(self) -> Iterator[Metric]:
        keys = self.keys
        month_at = None if keys is None else keys.newest_at
        yield _family(KEY_MONTH, [((), None if month_at is None else month_at / 1_000)])
        yield _family(MASTER_KEY_OUTDATED, [((), None if keys is None else float(keys.outdated))])
        yield _family(LOST_KEY_MONTHS, [((), None if keys is None else float(len(keys.lost)))])

    def _certificates(self) -> Iterator[tuple[str, Path]]:
        settings = self.settings
        for name, file in (
            ("kafka_authority", settings.kafka.security.ca_file),
            ("kafka_client", settings.kafka.security.cert_file),
            ("web", settings.web.cert_file),
            ("intake", settings.intake.cert_file),
            ("hoster_page", settings.hoster_page.cert_file),
        ):
            if file is not None:
                yield name, file


def _family(metric: Declared, values: Sequence[tuple[tuple[str, ...], float | None]]) -> Metric:
    family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels, unit=metric.unit)
    for labels, value in values:
        if value is not None:
            family.add_metric(labels, value)
    return family


def _ends_at(file: Path) -> float | None:
    """Return when the first of a file's certificates to end does, in seconds since 1970."""
    try:
        with file.open("rb") as opened:
            found = x509.load_pem_x509_certificates(opened.read(CERTIFICATE_BYTES_MAX))
    except (OSError, ValueError):
        return None
    return min(one.not_valid_after_utc.timestamp() for one in found)


def _resident_bytes() -> float | None:
    """Return what the second number of statm counts in pages (proc(5))."""
    try:
        pages = int(_STATM.read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return float(pages * os.sysconf("SC_PAGE_SIZE"))


def _free(folder: Path) -> float | None:
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return usage.free / usage.total
