"""What things cost, as lines fitted to measurements.

Everything that grows with open cases grows in a straight line with them, but for the cost of one
event, which grows with the logarithm: more memory lies outside the processor's caches. The lines
are fitted to the relative error, so that ten thousand cases count as much as a million.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

HELD_CASES: Final = 1_000_000
"""Points from here on are not fitted: the model is held against them."""

PARTITIONS: Final = 12
"""Those of a ledger that nobody decided about; the costs of a report are taken there."""

ERROR_MAX: Final = 0.25
"""Of a prediction for the held points."""

JUDGED: Final = 0.08
"""Observations of a case's first 20 days that do not find it as it was: docs/performance.md."""

READERS: Final = {"inbox": 1, "reports": 2, "facts": 1, "outcomes": 1, "cases": 1, "probes": 1}
"""Who reads what is written, with one rollup (schemas/topics.py)."""


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
    """One measured quantity of open cases.

    Attributes:
        part, key: where it stands in a point of the results.
        name: as shown, with its unit.
        log: it grows with the logarithm of cases.
        unit: what a shown one is of those that stand in the results.
        fitted_from: the smallest number of cases that the line is fitted to.
    """

    part: str
    key: str
    name: str
    log: bool = False
    unit: float = 1.0
    fitted_from: int = 0


MB: Final = 1e6
SETTLED_CASES: Final = 100_000
"""Below it most of the memory is what the load itself needed, some 30 to 80 MB at most, and the
processor's caches still help the rollup's load."""

FIGURES: Final = (
    Figure(
        part="lifecycle",
        key="held_bytes",
        name="memory of lifecycle, MB",
        unit=MB,
        fitted_from=SETTLED_CASES,
    ),
    Figure(
        part="rollup",
        key="held_bytes",
        name="memory of the rollup, MB",
        unit=MB,
        fitted_from=SETTLED_CASES,
    ),
    Figure(part="", key="disk_bytes", name="`cases.v1` on disk, MB", unit=MB),
    Figure(part="lifecycle", key="load_cpu_s", name="loading lifecycle, s of CPU"),
    Figure(part="lifecycle", key="asked_cpu_s", name="asking all which probes are due, s of CPU"),
    Figure(
        part="rollup",
        key="load_cpu_s",
        name="loading the rollup, s of CPU",
        fitted_from=SETTLED_CASES,
    ),
    Figure(part="rollup", key="round_cpu_s", name="a round of the rollup, s of CPU"),
    Figure(
        part="lifecycle",
        key="observation_us",
        name="an observation as expected in lifecycle, µs of CPU",
        log=True,
    ),
    Figure(
        part="lifecycle",
        key="judged_us",
        name="an observation judged with all others, µs of CPU",
        log=True,
    ),
    Figure(part="lifecycle", key="report_us", name="a report in lifecycle, µs of CPU", log=True),
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
        observation_us: CPU of a worker for one as expected, from fact to case, with few cases.
        broker_us: CPU of the broker for a report.
        report_bytes: that a report leaves on disk, by topic.
        fact_bytes, order_bytes: of one observation, and of its order.
        least: the smallest number of cases that was measured.
    """

    lines: Mapping[Figure, Line]
    report_us: float
    observation_us: float
    broker_us: float
    report_bytes: Mapping[str, int]
    fact_bytes: float
    order_bytes: float
    least: int

    def report_disk(self) -> float:
        """Return the bytes that a report leaves in the logs of all topics."""
        return sum(self.report_bytes.values())

    def report_sent(self) -> float:
        """Return the bytes that cross the network for a report: written once, then read."""
        return sum(size * (1 + READERS[topic]) for topic, size in self.report_bytes.items())

    def observation_disk(self) -> float:
        """Return the bytes that an observation leaves: its order, its fact, a state."""
        return self.order_bytes + self.fact_bytes + self.state_bytes()

    def observation_sent(self) -> float:
        """Return the bytes that cross the network for a probe, those to the server left out."""
        order, fact = self.order_bytes * (1 + READERS["probes"]), self.fact_bytes * 2
        return order + fact + self.state_bytes() * (1 + READERS["cases"])

    def state_bytes(self) -> float:
        """Return the bytes of one state in `cases.v1`: a report leaves two."""
        return self.report_bytes["cases"] / 2

    def line(self, part: str, key: str) -> Line:
        """Return a figure's line."""
        return next(one for f, one in self.lines.items() if (f.part, f.key) == (part, key))

    def mixed_us(self, cases: float) -> float:
        """Return a worker's CPU for an observation of a case's first weeks, their kinds mixed."""
        expected, judged = (self.line("lifecycle", key) for key in ("observation_us", "judged_us"))
        here = max(cases, self.least)
        beside_us = self.observation_us - expected.at(self.least)  # fetching, dispatching, writing
        return beside_us + expected.at(here) + JUDGED * (judged.at(here) - expected.at(here))


def fit(results: Mapping[str, Any]) -> Model:
    """Return the model of a file of results: fitted to all points below HELD_CASES.

    Raises:
        KeyError: a part of the results is missing.
    """
    lines = {}
    for figure in FIGURES:
        points = measured(results, figure)
        fit_to = {n: y for n, y in points.items() if figure.fitted_from <= n < HELD_CASES}
        lines[figure] = fitted(fit_to, log=figure.log)
    pipeline = results["pipeline"][f"p{PARTITIONS}-w1"]
    observations = results["pipeline"]["observations"]
    return Model(
        lines=lines,
        report_us=pipeline["worker_us"],
        observation_us=observations["cpu_us"],
        broker_us=pipeline["broker_us"],
        report_bytes=pipeline["bytes"],
        fact_bytes=observations["fact_bytes"],
        order_bytes=pipeline["bytes"]["probes"] / 3,
        least=min(measured(results, FIGURES[0])),
    )
