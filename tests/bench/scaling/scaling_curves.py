"""The picture of the document: measured points, the model's lines, as plain SVG.

Drawn by hand, a line and a circle at a time: a picture of four panels needs no library, and the
same figures give the same bytes. Points that the model was not fitted to are hollow; beyond what
was measured its lines are dashed.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scaling_model import FIGURES, HELD_CASES, Figure, fit, measured

WIDTH: Final = 960
HEIGHT: Final = 680
PANEL_W, PANEL_H = 360, 220
LEFT, TOP = 70, 50
STEP_X, STEP_Y = 480, 320
FROM_CASES, TO_CASES = 1e4, 1e8
COLOURS: Final = ("#0b6bcb", "#c2410c", "#15803d", "#7c3aed")
_SUFFIXES: Final = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A scale of one panel: from where to where, and what is written at it."""

    low: float
    high: float
    log: bool = True

    def share(self, value: float) -> float:
        """Return where a value lies, 0 to 1; what is outside lies at the edge."""
        inside = min(max(value, self.low), self.high)
        if self.log:
            return math.log(inside / self.low) / math.log(self.high / self.low)
        return (inside - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Return what is labelled: powers of ten, or five even steps."""
        if not self.log:
            return [self.low + (self.high - self.low) * n / 4 for n in range(5)]
        first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        return [10.0**n for n in range(first, last + 1)]


def short(value: float) -> str:
    """Return a number as an axis has room for it."""
    for size, suffix in _SUFFIXES:
        if value >= size:
            return f"{value / size:g}{suffix}"
    return f"{value:g}"


class Panel:
    """One chart.

    Args:
        number: its place, row by row.
        title: above it.
        x, y: its axes.
    """

    def __init__(self, number: int, title: str, x: Axis, y: Axis) -> None:
        self._left = LEFT + STEP_X * (number % 2)
        self._top = TOP + STEP_Y * (number // 2)
        self._x, self._y = x, y
        self._named = 0
        bottom, right = self._top + PANEL_H, self._left + PANEL_W
        self.parts = [
            _text(self._left, self._top - 24, title, "start", bold=True),
            f'<path d="M{self._left} {self._top}V{bottom}H{right}" class="axis"/>',
        ]
        for tick in y.ticks():
            at = self._at(x.low, tick)[1]
            self.parts.append(f'<path d="M{self._left} {at:.1f}H{right}" class="grid"/>')
            self.parts.append(_text(self._left - 6, at + 4, short(tick), "end"))

    def below(self, labels: Mapping[float, str]) -> None:
        """Label places of the horizontal axis."""
        for value, label in labels.items():
            at = self._at(value, self._y.low)[0]
            self.parts.append(_text(at, self._top + PANEL_H + 16, label, "middle"))

    def name(self, text: str) -> str:
        """Add a name to the legend under the panel and return its colour."""
        colour = COLOURS[self._named]
        x = self._left + 185 * (self._named % 2)
        y = self._top + PANEL_H + 36 + 16 * (self._named // 2)
        self.parts.append(f'<path d="M{x} {y - 4}h18" stroke="{colour}" stroke-width="2.5"/>')
        self.parts.append(_text(x + 24, y, text, "start"))
        self._named += 1
        return colour

    def line(self, points: Sequence[tuple[float, float]], colour: str, *, dashed: bool) -> None:
        """Draw a line through points."""
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (self._at(*p) for p in points))
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>'
        )

    def point(self, x: float, y: float, colour: str, *, hollow: bool) -> None:
        """Draw a point."""
        cx, cy = self._at(x, y)
        fill = "#fff" if hollow else colour
        self.parts.append(
            f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="4" fill="{fill}" stroke="{colour}"'
            ' stroke-width="2"/>'
        )

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return (
            self._left + PANEL_W * self._x.share(x),
            self._top + PANEL_H * (1 - self._y.share(y)),
        )


def _text(x: float, y: float, text: str, anchor: str, *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{weight}>{text}</text>'


def picture(results: Mapping[str, Any]) -> str:
    """Return the picture of a file of results."""
    seconds = (("load_cpu_s", "lifecycle"), ("asked_cpu_s", "lifecycle"))
    panels = [
        _over_cases(results, 0, "Memory and disk, bytes", Axis(low=1e6, high=1e12), _bytes()),
        _over_cases(
            results,
            1,
            "A start and a round of figures, s of CPU",
            Axis(low=1e-2, high=1e4),
            {
                _figure(*reversed(seconds[0])): "lifecycle loads",
                _figure(*reversed(seconds[1])): "lifecycle asks all",
                _figure("rollup", "load_cpu_s"): "rollup loads",
                _figure("rollup", "round_cpu_s"): "rollup, a round",
            },
        ),
        _over_cases(
            results,
            2,
            "An event in lifecycle by open cases, µs of CPU",
            Axis(low=10, high=1e4),
            {
                _figure("lifecycle", "observation_us"): "a probe as expected",
                _figure("lifecycle", "report_us"): "a report, placed",
                _figure("lifecycle", "judged_us"): "a probe judged with all others",
            },
        ),
        _by_partitions(results),
    ]
    body = "\n".join(part for panel in panels for part in panel.parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" font-family="sans-serif" font-size="12" fill="#1f2937" role="img"'
        ' aria-label="What open cases and reports cost: measured points and the model">\n'
        "<style>.axis{fill:none;stroke:#6b7280}.grid{fill:none;stroke:#e5e7eb}</style>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _bytes() -> dict[Figure, str]:
    return {
        _figure("lifecycle", "held_bytes"): "lifecycle, memory",
        _figure("rollup", "held_bytes"): "rollup, memory",
        _figure("", "disk_bytes"): "cases.v1, disk",
    }


def _figure(part: str, key: str) -> Figure:
    return next(one for one in FIGURES if (one.part, one.key) == (part, key))


def _over_cases(
    results: Mapping[str, Any], number: int, title: str, y: Axis, named: Mapping[Figure, str]
) -> Panel:
    lines = fit(results).lines
    panel = Panel(number, title, Axis(low=FROM_CASES, high=TO_CASES), y)
    panel.below({value: short(value) for value in Axis(low=FROM_CASES, high=TO_CASES).ticks()})
    for figure, name in named.items():
        colour = panel.name(name)
        points = measured(results, figure)
        last = max(points)
        at: Callable[[float], float] = lines[figure].at
        panel.line([(n, at(n)) for n in _steps(FROM_CASES, last)], colour, dashed=False)
        panel.line([(n, at(n)) for n in _steps(last, TO_CASES)], colour, dashed=True)
        for n, value in points.items():
            panel.point(n, value, colour, hollow=n >= HELD_CASES)
    return panel


def _even(values: Iterable[float]) -> Axis:
    """Return an even axis from nothing to somewhat above the largest value."""
    return Axis(low=0, high=40 * math.ceil(max(values) / 40), log=False)


def _steps(low: float, high: float, count: int = 40) -> list[float]:
    return [low * (high / low) ** (n / count) for n in range(count + 1)]


def _by_partitions(results: Mapping[str, Any]) -> Panel:
    points = [
        (*map(int, name.removeprefix("p").split("-w")), one)
        for name, one in results["pipeline"].items()
        if name.startswith("p") and "reason" not in one
    ]
    counts = sorted({partitions for partitions, *_ in points})
    x = Axis(low=0, high=len(counts) - 1, log=False)
    panel = Panel(
        3,
        "A report in the whole pipeline by partitions, µs of CPU",
        x,
        _even(max(one["worker_us"], one["broker_us"]) for *_, one in points),
    )
    panel.below({number: str(count) for number, count in enumerate(counts)})
    for key, said in (("worker_us", "of workers"), ("broker_us", "of the broker")):
        for workers in sorted({workers for _, workers, _ in points}):
            colour = panel.name(f"{said}, {workers} worker{'s' if workers > 1 else ''}")
            line = [
                (counts.index(partitions), one[key])
                for partitions, w, one in sorted(points, key=lambda p: p[:2])
                if w == workers
            ]
            panel.line(line, colour, dashed=False)
            for place, value in line:
                panel.point(place, value, colour, hollow=False)
    return panel
