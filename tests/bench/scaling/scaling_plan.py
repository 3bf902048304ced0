"""What a deployment needs: arithmetic on the model's costs, and the limits it reaches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from scaling_model import PARTITIONS, Model

from streams.timetable import TIMETABLE_H

DAY_S: Final = 86_400
DENSE_PROBES: Final = sum(1 for hour in TIMETABLE_H if hour <= 72)
"""Probes of a case by one vantage in the three days after its notice."""

STANDING_PROBES: Final = 1
"""Probes a day after those, until day 42 (docs/measurement.md, When it is probed)."""

VANTAGES: Final = 2
ORDER_US: Final = 250.0
"""CPU of an order in the prober, from record to fact: docs/probing.md, its figures."""

BUSY: Final = 0.6
"""Of a core that may be planned with: the rest is for bursts, and for the partitions of a dead
neighbour."""

BROKER_CORES: Final = 4
WORKER_BYTES: Final = 16e9
ROLLUP_BYTES: Final = 16e9
"""Of one machine, as they are rented."""

FIGURES_AGE_S: Final = 60.0
"""Alerts are evaluated once a minute; older figures would be missed."""

ROLLUP_PAUSES: Final = 4
"""Rollup rests four times as long as its round took (agents/stages/rollup/stage.py)."""

ROUNDS_OLD: Final = 1 + ROLLUP_PAUSES + 1
"""Figures are of the beginning of a round, and stand until the end of the next."""

ASKED_PER_S: Final = 5_000.0
ASKED_WITHIN_S: Final = 1_200.0
"""URLs that a worker asks after a load which probes are due (agents/stages/lifecycle); a slot is
open for 20 minutes at least."""

RECORDS_A_REPORT: Final = 9
"""Inbox, outcome, ledger, placement, two states, and three orders at one vantage."""

RECORDS_A_PROBE: Final = 3
"""An order, a fact, a state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that runs out.

    Attributes:
        name: of it.
        need: how much is needed.
        limit: how much there is.
    """

    name: str
    need: float
    limit: float

    @property
    def used(self) -> float:
        """The part of the limit that is used; above 1 it does not do."""
        return self.need / self.limit


def first(needs: Iterable[Need]) -> Need:
    """Return what runs out first."""
    return max(needs, key=lambda need: need.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What a rate of reports needs, with two vantages.

    Attributes:
        per_s: reports a second.
        worker_cores, broker_cores: for the reports alone.
        probes_per_s: that follow where the rate lasts for three days.
        observation_cores, prober_cores: for them, in lifecycle and in the probers.
        disk_bytes_s: written for reports and their observations, by each replica.
        sent_bytes_s: between workers, broker and rollup for the same, without replicas.
        needs: against the limits.
    """

    per_s: float
    worker_cores: float
    broker_cores: float
    probes_per_s: float
    observation_cores: float
    prober_cores: float
    disk_bytes_s: float
    sent_bytes_s: float
    needs: Sequence[Need]


def flow(model: Model, per_s: float) -> Flow:
    """Return what a rate of reports needs."""
    probes_per_s = per_s * DENSE_PROBES * VANTAGES
    worker_cores = per_s * model.report_us / 1e6
    observation_cores = probes_per_s * model.mixed_us(model.least) / 1e6
    a_record_us = model.broker_us / RECORDS_A_REPORT
    broker_us = per_s * model.broker_us + probes_per_s * RECORDS_A_PROBE * a_record_us
    return Flow(
        per_s=per_s,
        worker_cores=worker_cores,
        broker_cores=per_s * model.broker_us / 1e6,
        probes_per_s=probes_per_s,
        observation_cores=observation_cores,
        prober_cores=probes_per_s * ORDER_US / 1e6,
        disk_bytes_s=per_s * model.report_disk() + probes_per_s * model.observation_disk(),
        sent_bytes_s=per_s * model.report_sent() + probes_per_s * model.observation_sent(),
        needs=(
            Need(
                name=f"workers: {PARTITIONS} partitions, so as many cores",
                need=(worker_cores + observation_cores) / BUSY,
                limit=PARTITIONS,
            ),
            Need(name="the broker", need=broker_us / 1e6 / BUSY, limit=BROKER_CORES),
            Need(
                name="a prober, one process a vantage and partition",
                need=probes_per_s * ORDER_US / 1e6 / BUSY,
                limit=PARTITIONS * VANTAGES,
            ),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What a number of open cases needs, with two vantages.

    Attributes:
        cases: how many.
        workers: that share them.
        lifecycle_bytes: of all workers together.
        rollup_bytes, disk_bytes: of one rollup; of the newest states.
        figures_age_s: how old those of a hoster whose cases change are at most.
        worker_start_s, asked_s: until a worker is ready; until it has asked all cases.
        rollup_start_s: until figures stand.
        probes_per_s, cores: of one probe a day and vantage; CPU for them, lifecycle and probers.
        needs: against the limits.
    """

    cases: float
    workers: int
    lifecycle_bytes: float
    rollup_bytes: float
    disk_bytes: float
    figures_age_s: float
    worker_start_s: float
    asked_s: float
    rollup_start_s: float
    probes_per_s: float
    cores: float
    needs: Sequence[Need]


def stock(model: Model, cases: float, workers: int = 2) -> Stock:
    """Return what a number of open cases needs."""
    probes_per_s = cases * STANDING_PROBES * VANTAGES / DAY_S
    observation_us = model.mixed_us(cases / workers)
    lifecycle = model.line("lifecycle", "held_bytes")
    round_s = model.line("rollup", "round_cpu_s").at(cases)
    rollup_bytes = model.line("rollup", "held_bytes").at(cases)
    each_bytes = lifecycle.at(cases / workers)
    asked_s = cases / workers / ASKED_PER_S
    cores = probes_per_s * (observation_us + ORDER_US) / 1e6
    return Stock(
        cases=cases,
        workers=workers,
        lifecycle_bytes=each_bytes * workers,
        rollup_bytes=rollup_bytes,
        disk_bytes=model.line("", "disk_bytes").at(cases),
        figures_age_s=ROUNDS_OLD * round_s,
        worker_start_s=model.line("lifecycle", "load_cpu_s").at(cases / workers),
        asked_s=asked_s,
        rollup_start_s=model.line("rollup", "load_cpu_s").at(cases),
        probes_per_s=probes_per_s,
        cores=cores,
        needs=(
            Need(name="memory of a worker", need=each_bytes, limit=WORKER_BYTES),
            Need(name="memory of the rollup", need=rollup_bytes, limit=ROLLUP_BYTES),
            Need(
                name="age of the rollup's figures",
                need=ROUNDS_OLD * round_s,
                limit=FIGURES_AGE_S,
            ),
            Need(
                name="asking all after a start",
                need=asked_s,
                limit=ASKED_WITHIN_S,
            ),
            Need(
                name="workers",
                need=probes_per_s * observation_us / 1e6 / BUSY,
                limit=min(workers, PARTITIONS),
            ),
        ),
    )
