"""What probers of this process have done and hold, rendered for Prometheus.

Counters since the process started: they tell how the prober fares, and no figure of a hoster is
made of them. Labels are the vantage's id of the settings and closed lists.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from prometheus_client import Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agents.edges.metric_types.declaration import histogram, together
from agents.edges.metric_types.instruments import (
    CANARY,
    PROBE_DELAY,
    PROBE_DURATION,
    PROBE_GET_COMPARISONS,
    PROBE_OBSERVATIONS,
    PROBE_ORDERS,
    PROBE_ORDERS_HELD,
    PROBE_ORDERS_PAST_SLOT,
    PROBE_READ,
    PROBE_REQUESTS,
    PROBES_IN_FLIGHT,
)
from schemas.closed_lists import ProbeError
from schemas.records.facts import Facts

DELAY_BOUNDS_S: Final = (1.0, 10.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0)
"""A second to four hours; from 5 min on it cannot be on time."""

DURATION_BOUNDS_S: Final = (0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Up to the deadline of a whole probe."""


class ProbePhase(StrEnum):
    """What a probe is made of, in order."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    PROCESSING = "processing"
    TRANSFER = "transfer"


class OrderResult(StrEnum):
    """What became of an order."""

    PROBED = "looked"  # a probe was made and is recorded
    NO_ADDRESS = "unseen"  # there was no address to ask, or none that may be: recorded too
    CLOCK = "clock"  # the time of its probe would not be known: recorded too
    NO_TURN_SAMPLED = "impolite"  # no turn in time, case of a sample: recorded as missed
    NO_TURN = "crowded"  # no turn in time, other case: missed, by evaluation
    LATE = "late"  # its window had passed: missed, by evaluation
    REPEATED = "repeated"  # it was held or settled already
    FORGOTTEN = "forgotten"  # its URL's key was destroyed, or it has no form to ask for


def _none_past_slot() -> tuple[int, int]:
    return 0, 0


def _delay() -> Histogram:
    return histogram(PROBE_DELAY, DELAY_BOUNDS_S, shared=1)


def _duration() -> Histogram:
    made = histogram(PROBE_DURATION, DURATION_BOUNDS_S, shared=1)
    for phase in ProbePhase:
        made.labels(phase.value)  # shown at 0 too
    return made


@dataclass(slots=True)
class ProberCounts:
    """What one prober did since the start.

    Attributes:
        settled: orders by what became of them.
        recorded: observations by error, None where there was an answer; also of orders for which
            no request was sent.
        requests: that went out.
        read_bytes: of answers.
        agreed, differed: probes with a GET comparison.
        held: orders in hand now.
        in_flight: probes under way now.
        past_slot: gives how many of them are more than 5 min past their slot, of samples and of
            the rest.
        canary: it answered as expected when last asked; None = there is none, or it was not.
        delay: how long after their slots probes were sent.
        duration: how long each phase of them took.
    """

    settled: Counter[OrderResult] = field(default_factory=Counter)
    recorded: Counter[ProbeError | None] = field(default_factory=Counter)
    requests: int = 0
    read_bytes: int = 0
    agreed: int = 0
    differed: int = 0
    held: int = 0
    in_flight: int = 0
    past_slot: Callable[[], tuple[int, int]] = _none_past_slot
    canary: bool | None = None
    delay: Histogram = field(default_factory=_delay)
    duration: Histogram = field(default_factory=_duration)

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Count a probe as under way for the duration of the block, however it ends."""
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1

    def unprobed(self, result: OrderResult, error: ProbeError) -> None:
        """Count an order for which no request was sent, and which is recorded with its error."""
        self.settled[result] += 1
        self.recorded[error] += 1

    def probed(self, facts: Facts, delay_ms: int) -> None:
        """Count a probe that was sent so long after its slot."""
        self.delay.observe(max(0, delay_ms) / 1_000)
        for phase, took_ms in (
            (ProbePhase.RESOLVE, facts.resolve_ms),
            (ProbePhase.CONNECT, facts.connect_ms),
            (ProbePhase.TLS, facts.tls_ms),
            (ProbePhase.PROCESSING, facts.processing_ms),
            (ProbePhase.TRANSFER, facts.transfer_ms),
        ):
            if took_ms:
                self.duration.labels(phase.value).observe(took_ms / 1_000)
        self.settled[OrderResult.PROBED] += 1
        self.recorded[facts.error] += 1
        self.requests += facts.requests
        self.read_bytes += facts.bytes
        if facts.head_status:
            self.agreed += facts.method == "HEAD"
            self.differed += facts.method == "GET"


ProbeCounts = Callable[[], Mapping[str, ProberCounts]]
"""Gives the counts of each vantage that this process probes from."""


@dataclass(frozen=True, slots=True, eq=False)
class ProbeCollector(Collector):
    """Renders the counts at each scrape.

    Attributes:
        counts: gives them.
    """

    counts: ProbeCounts

    def describe(self) -> Iterable[Metric]:
        """Declare nothing, so that registration collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give all metrics of all probers; every value of a closed list is there, at 0 too."""
        orders, observations, requests, read, compared = (
            CounterMetricFamily(one.name, one.help, labels=one.labels, unit=one.unit)
            for one in (
                PROBE_ORDERS,
                PROBE_OBSERVATIONS,
                PROBE_REQUESTS,
                PROBE_READ,
                PROBE_GET_COMPARISONS,
            )
        )
        held = GaugeMetricFamily(
            PROBE_ORDERS_HELD.name, PROBE_ORDERS_HELD.help, labels=PROBE_ORDERS_HELD.labels
        )
        in_flight, past_slot, canary = (
            GaugeMetricFamily(one.name, one.help, labels=one.labels)
            for one in (PROBES_IN_FLIGHT, PROBE_ORDERS_PAST_SLOT, CANARY)
        )
        probers = self.counts()
        for vantage, counts in probers.items():
            if counts.canary is not None:
                canary.add_metric((vantage,), float(counts.canary))
            for result in OrderResult:
                orders.add_metric((vantage, result.value), counts.settled[result])
            for error in (None, *ProbeError):
                name = "none" if error is None else error.value
                observations.add_metric((vantage, name), counts.recorded[error])
            requests.add_metric((vantage,), counts.requests)
            read.add_metric((vantage,), counts.read_bytes)
            compared.add_metric((vantage, "agreed"), counts.agreed)
            compared.add_metric((vantage, "differed"), counts.differed)
            held.add_metric((vantage,), counts.held)
            in_flight.add_metric((vantage,), counts.in_flight)
            for sample, number in zip(("in", "out"), counts.past_slot(), strict=True):
                past_slot.add_metric((vantage, sample), number)
        yield from (orders, observations, requests, read, compared)
        yield from (held, in_flight, past_slot, canary)
        yield together(PROBE_DELAY, {id: one.delay for id, one in probers.items()})
        yield together(PROBE_DURATION, {id: one.duration for id, one in probers.items()})
