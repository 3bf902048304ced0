"""What a story of an alert is made of: series, and when the alert is silent, fires and is over.

Values are written as promtool has them: `3x10` is eleven times 3, `0+1x10` counts up, `_x5` five
gaps. One value a minute. Where a story has two replicas, both say the same; the alert must come
once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

HOUR = 60
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSeries:
    """One series."""

    metric: str
    values: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertStory:
    """What an alert does; times in minutes.

    Attributes:
        alert: its name.
        seen: the series.
        labels: of the alert, severity included.
        silent_at: one step before it fires.
        fires_at: it fires.
        over_at: it is silent again.
        step: between values and between evaluations.
    """

    alert: str
    seen: tuple[InputSeries, ...]
    labels: Mapping[str, str]
    silent_at: int
    fires_at: int
    over_at: int
    step: int = 1


FIGURES = InputSeries(metric="hostwatch_rollup_ready", values=f"1x{5 * DAY}")
"""That there are figures, for five days on end, of whichever hoster."""
