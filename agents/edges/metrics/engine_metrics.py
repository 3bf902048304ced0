"""Renders for Prometheus what a process holds of each role's partitions.

Every worker tells how many partitions each role has, also of roles it does not run: so it can be
seen that the only worker of a role is gone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from time import monotonic

from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.metric_types.declaration import Declared
from agents.edges.metric_types.instruments import (
    DONE,
    LAG,
    OLDEST,
    PARTITION_OWNED,
    PARTITION_READY,
    PARTITIONS,
    RECOVERY,
    STAGE_DELAY,
    STAGE_DONE,
    TABLE_KEYS,
)
from agents.edges.metrics.figures.gauge_histograms import buckets
from agents.engine.observe.latency import BOUNDS_S
from agents.engine.observe.ownership import OWNERSHIP, Ownership


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesOfProcess:
    """What a process is to its groups.

    Attributes:
        running: roles of this process that have a group.
        roles: all roles of the ledger that have one.
        partitions: of each of their topics.
        ownership: what is held.
        broker_answers: says whether the broker has answered lately; the process may have no group.
        loading: of roles of this process without a group, gives what they have still to load.
    """

    running: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    partitions: int = 0
    ownership: Ownership = OWNERSHIP
    loading: Mapping[str, Callable[[], int | None]] = field(default_factory=dict)
    broker_answers: Callable[[], bool] = lambda: True

    @property
    def ready(self) -> bool:
        """Every role does its work: see `Holding.works`."""
        now_s = monotonic()
        working = {held.role for held in self.ownership.holdings if held.works(now_s)}
        return self.broker_answers() and working.issuperset(self.running)


@dataclass(frozen=True, slots=True, eq=False)
class RolesCollector(Collector):
    """Renders what is held at each scrape.

    Attributes:
        process_roles: what to render.
    """

    process_roles: RolesOfProcess

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give all metrics of one state of the roles this process runs."""
        partitions, owned = _family(PARTITIONS), _family(PARTITION_OWNED)
        ready, lag, done = _family(PARTITION_READY), _family(LAG), _family(DONE)
        recovery, keys = _family(RECOVERY), _family(TABLE_KEYS)
        for role in self.process_roles.roles:
            partitions.add_metric((role,), self.process_roles.partitions)
        for role, left in self.process_roles.loading.items():
            to_load = left()
            if to_load is not None:
                recovery.add_metric((role,), to_load)
        for held in self.process_roles.ownership.holdings:
            if held.role not in self.process_roles.running:
                continue
            for number in sorted(held.owned):
                owned.add_metric((held.role, str(number)), 1)
                ready.add_metric((held.role, str(number)), float(number in held.ready))
            if held.to_load is not None:
                recovery.add_metric((held.role,), held.to_load)
            for kept in held.kept:
                keys.add_metric((kept.table, str(kept.partition)), kept.keys)
            for one in held.lags:
                labels = (held.role, one.topic, str(one.partition))
                lag.add_metric(labels, one.records)
                done.add_metric(labels, one.done)
        yield from (partitions, owned, ready, recovery, keys, lag, done, self._oldest())
        yield from self._passages()

    def _oldest(self) -> Metric:
        """Give when the oldest record was appended that waits, of roles where one does."""
        oldest = _family(OLDEST)
        for held in self.process_roles.ownership.holdings:
            if held.role in self.process_roles.running and held.oldest_at is not None:
                oldest.add_metric((held.role,), held.oldest_at / 1_000)
        return oldest

    def _passages(self) -> Iterator[Metric]:
        """Give how long records took in each role this process runs, at 0 too."""
        delay = HistogramMetricFamily(
            STAGE_DELAY.name, STAGE_DELAY.help, labels=STAGE_DELAY.labels, unit=STAGE_DELAY.unit
        )
        last = _family(STAGE_DONE)
        for role in self.process_roles.running:
            passage = self.process_roles.ownership.passage(role)
            delay.add_metric((role,), buckets(BOUNDS_S, passage.counts), passage.sum_s)
            if passage.last_at is not None:
                last.add_metric((role,), passage.last_at / 1_000)
        yield from (delay, last)


def _family(metric: Declared) -> GaugeMetricFamily:
    return GaugeMetricFamily(metric.name, metric.help, labels=metric.labels, unit=metric.unit)
