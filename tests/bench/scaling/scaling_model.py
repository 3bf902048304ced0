"""What a deployment needs, as arithmetic on measured costs: fitted lines and their limits.

Everything that grows with open cases grows in a straight line with them, but for the cost of one
event, which grows with the logarithm: more memory lies outside the processor's caches. The lines
are fitted to the relative error, so that ten thousand cases count as much as a million.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from streams.schedule import TIMETABLE_H

HELD_CASES: Final = 1_000_000
"""Points from here on are not fitted: the model is held against them."""

ERROR_MAX: Final = 0.25
"""Of a prediction for the held points."""

DAY_S: Final = 86_400
DENSE_LOOKS: Final = sum(1 for hour in TIMETABLE_H if hour <= 72)
"""Looks at a case by one vantage in the three days after its notice."""

STANDING_LOOKS: Final = 1
"""Looks a day after those, until day 42 (DESIGN 3.6)."""

VANTAGES: Final = 2
PARTITIONS: Final = 12
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
"""Rollup rests four times as long as its round took (agents/rollup.py)."""

ASKED_PER_S: Final = 5_000.0
ASKED_WITHIN_S: Final = 1_200.0
"""URLs a worker asks after a load which looks are due (agents/lifecycle.py); a slot is open for
20 minutes at least."""

RECORDS_A_REPORT: Final = 9
"""Inbox, outcome, ledger, placement, two states, and three orders at one vantage."""

RECORDS_A_LOOK: Final = 3
"""An order, a fact, a state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A straight line over cases, or over their logarithm."""

    fixed: float
    slope: float
    log: bool = False

    def at(self, cases: float) -> float:
        """Return the value at so many cases; it never falls below nothing."""
        return max(0.0, self.fixed + self.slope * (math.log(cases) if self.log else cases))


def fitted(points: Mapping[int, float], *, log: bool = False) -> Line:
    """Return the line through points with the least squared relative error.

    Args:
        points: values above nothing by number of cases, two at least.
        log: over the logarithm of cases.
    """
    rows = [(math.log(n) if log else float(n), y, 1 / y**2) for n, y in points.items() if y > 0]
    weight = sum(w for *_, w in rows)
    x_mean = sum(x * w for x, _, w in rows) / weight
    y_mean = sum(y * w for _, y, w in rows) / weight
    spread = sum(w * (x - x_mean) ** 2 for x, _, w in rows)
    slope = sum(w * (x - x_mean) * (y - y_mean) for x, y, w in rows) / spread
    return Line(fixed=y_mean - slope * x_mean, slope=slope, log=log)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured quantity of open cases: where it stands in the results, and how it is shown."""

    part: str
    key: str
    name: str
    log: bool = False


FIGURES: Final = (
    Figure(part="lifecycle", key="held_bytes", name="memory of lifecycle, bytes"),
    Figure(part="rollup", key="held_bytes", name="memory of the rollup, bytes"),
    Figure(part="", key="disk_bytes", name="`cases.v1` on disk, bytes"),
    Figure(part="lifecycle", key="load_cpu_s", name="loading lifecycle, s of CPU"),
    Figure(part="lifecycle", key="asked_cpu_s", name="asking all which looks are due, s of CPU"),
    Figure(part="rollup", key="load_cpu_s", name="loading the rollup, s of CPU"),
    Figure(part="rollup", key="round_cpu_s", name="all figures anew, s of CPU"),
    Figure(part="lifecycle", key="look_us", name="a look in lifecycle, us of CPU", log=True),
    Figure(part="lifecycle", key="report_us", name="a report in lifecycle, us of CPU", log=True),
)


def measured(results: Mapping[str, Any], figure: Figure) -> dict[int, float]:
    """Return a figure's values by number of cases, of the points that were measured."""
    found = {}
    for point in results["cases"].values():
        if "reason" not in point:
            found[point["cases"]] = float(
                (point[figure.part] if figure.part else point)[figure.key]
            )
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the model says of a point that it was not fitted to."""

    figure: Figure
    cases: int
    measured: float
    predicted: float

    @property
    def error(self) -> float:
        """How far the prediction is off, as a part of what was measured."""
        return self.predicted / self.measured - 1


def checks(results: Mapping[str, Any]) -> list[Check]:
    """Hold the model against the points that it was not fitted to."""
    lines = fit(results).lines
    return [
        Check(figure=figure, cases=n, measured=value, predicted=lines[figure].at(n))
        for figure in FIGURES
        for n, value in measured(results, figure).items()
        if n >= HELD_CASES
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The costs of one machine.

    Attributes:
        lines: what open cases cost.
        report_us: CPU of a worker for a report, from inbox to case, with few cases.
        look_us: CPU of a worker for a look, from fact to case, with few cases.
        broker_us: CPU of the broker for a report.
        report_bytes: that a report leaves on disk, by topic.
        fact_bytes, order_bytes: of one look, and of its order.
        least: the smallest number of cases that was measured.
    """

    lines: Mapping[Figure, Line]
    report_us: float
    look_us: float
    broker_us: float
    report_bytes: Mapping[str, int]
    fact_bytes: float
    order_bytes: float
    least: int

    def line(self, part: str, key: str) -> Line:
        """Return a figure's line."""
        return next(one for f, one in self.lines.items() if (f.part, f.key) == (part, key))

    def dearer_us(self, key: str, cases: float) -> float:
        """Return what an event costs more with so many cases than with few."""
        line = self.line("lifecycle", key)
        return max(0.0, line.at(max(cases, self.least)) - line.at(self.least))


def fit(results: Mapping[str, Any]) -> Model:
    """Return the model of a file of results: fitted to all points below HELD_CASES.

    Raises:
        KeyError: a part of the results is missing.
    """
    lines = {}
    for figure in FIGURES:
        points = {n: y for n, y in measured(results, figure).items() if n < HELD_CASES}
        lines[figure] = fitted(points, log=figure.log)
    pipeline = results["pipeline"][f"p{PARTITIONS}-w1"]
    looks = results["pipeline"]["looks"]
    return Model(
        lines=lines,
        report_us=pipeline["worker_us"],
        look_us=looks["cpu_us"],
        broker_us=pipeline["broker_us"],
        report_bytes=pipeline["bytes"],
        fact_bytes=looks["fact_bytes"],
        order_bytes=pipeline["bytes"]["probes"] / 3,
        least=min(measured(results, FIGURES[0])),
    )


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
        looks_per_s: that follow where the rate lasts for three days.
        look_cores, prober_cores: for them, in lifecycle and in the probers.
        disk_bytes_s: written for reports and their looks.
        needs: against the limits.
    """

    per_s: float
    worker_cores: float
    broker_cores: float
    looks_per_s: float
    look_cores: float
    prober_cores: float
    disk_bytes_s: float
    needs: Sequence[Need]


def flow(model: Model, per_s: float) -> Flow:
    """Return what a rate of reports needs."""
    looks_per_s = per_s * DENSE_LOOKS * VANTAGES
    worker_cores = per_s * model.report_us / 1e6
    look_cores = looks_per_s * model.look_us / 1e6
    a_record_us = model.broker_us / RECORDS_A_REPORT
    broker_us = per_s * model.broker_us + looks_per_s * RECORDS_A_LOOK * a_record_us
    report_bytes = sum(model.report_bytes.values())
    look_bytes = model.fact_bytes + model.order_bytes + model.report_bytes["cases"] / 2
    return Flow(
        per_s=per_s,
        worker_cores=worker_cores,
        broker_cores=per_s * model.broker_us / 1e6,
        looks_per_s=looks_per_s,
        look_cores=look_cores,
        prober_cores=looks_per_s * ORDER_US / 1e6,
        disk_bytes_s=per_s * report_bytes + looks_per_s * look_bytes,
        needs=(
            Need(
                name=f"workers: {PARTITIONS} partitions, so as many cores",
                need=(worker_cores + look_cores) / BUSY,
                limit=PARTITIONS,
            ),
            Need(name="the broker", need=broker_us / 1e6 / BUSY, limit=BROKER_CORES),
            Need(
                name="a prober, one process a vantage and partition",
                need=looks_per_s * ORDER_US / 1e6 / BUSY,
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
        figures_age_s: how old figures are at most while all are worked out anew.
        worker_start_s, rollup_start_s: until a worker is ready; until figures stand.
        looks_per_s, cores: of one look a day and vantage; CPU for them, lifecycle and probers.
        needs: against the limits.
    """

    cases: float
    workers: int
    lifecycle_bytes: float
    rollup_bytes: float
    disk_bytes: float
    figures_age_s: float
    worker_start_s: float
    rollup_start_s: float
    looks_per_s: float
    cores: float
    needs: Sequence[Need]


def stock(model: Model, cases: float, workers: int = 2) -> Stock:
    """Return what a number of open cases needs."""
    looks_per_s = cases * STANDING_LOOKS * VANTAGES / DAY_S
    look_us = model.look_us + model.dearer_us("look_us", cases / workers)
    lifecycle = model.line("lifecycle", "held_bytes")
    round_s = model.line("rollup", "round_cpu_s").at(cases)
    rollup_bytes = model.line("rollup", "held_bytes").at(cases)
    each_bytes = lifecycle.at(cases / workers)
    cores = looks_per_s * (look_us + ORDER_US) / 1e6
    return Stock(
        cases=cases,
        workers=workers,
        lifecycle_bytes=each_bytes * workers,
        rollup_bytes=rollup_bytes,
        disk_bytes=model.line("", "disk_bytes").at(cases),
        figures_age_s=(1 + ROLLUP_PAUSES) * round_s,
        worker_start_s=model.line("lifecycle", "load_cpu_s").at(cases / workers),
        rollup_start_s=model.line("rollup", "load_cpu_s").at(cases),
        looks_per_s=looks_per_s,
        cores=cores,
        needs=(
            Need(name="memory of a worker", need=each_bytes, limit=WORKER_BYTES),
            Need(name="memory of the rollup", need=rollup_bytes, limit=ROLLUP_BYTES),
            Need(
                name="age of the rollup's figures",
                need=(1 + ROLLUP_PAUSES) * round_s,
                limit=FIGURES_AGE_S,
            ),
            Need(
                name="asking all after a start",
                need=cases / workers / ASKED_PER_S,
                limit=ASKED_WITHIN_S,
            ),
            Need(
                name="workers",
                need=looks_per_s * look_us / 1e6 / BUSY,
                limit=min(workers, PARTITIONS),
            ),
        ),
    )
