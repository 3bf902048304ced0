"""Prometheus rules in quick time: every duration of a rule file divided by the world's speed."""

import re
from collections.abc import Callable
from typing import Final

_UNIT_MS: Final = {
    "ms": 1,
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
    "y": 31_536_000_000,
}

_ONE: Final = r"(?:[0-9]+(?:ms|[smhdwy]))+"

_BRIDGES: Final = re.compile(r"last_over_time\([^()\[\]]*\[[^\]]*\]\)")
"""What bridges gaps between scrapes, and those come in wall time."""

_PLACES: Final = re.compile(
    rf"(?P<before>\[|(?<=[smhdwy]):(?=\w+\])|\boffset\s+-?"
    rf"|^\s*(?:for|keep_firing_for|interval):\s*)(?P<duration>{_ONE})(?!\w)",
    re.ASCII | re.MULTILINE,
)
"""Where a duration can stand: a range, a subquery's step, an offset, and the keys of a rule."""

INTERVAL_FLOOR_MS: Final = 1_000
"""Rounds closer than a second only keep Prometheus busy; how often a rule is evaluated is no
part of what it means."""


def scaled_rules(text: str, speed: float) -> str:
    """Divide every duration of a Prometheus rule file by the world's speed.

    `1d` at speed 3600 becomes `24s`, `5m` becomes `83ms`. A group's interval is not shortened
    below `INTERVAL_FLOOR_MS`. Comments, texts of annotations and `last_over_time` stay as they are.

    Args:
        text: the rule file.
        speed: world seconds in a wall second.
    """

    def shorten(match: re.Match[str]) -> str:
        ms = max(1, round(_ms(match["duration"]) / speed))
        if "interval" in match["before"]:
            ms = max(min(INTERVAL_FLOOR_MS, _ms(match["duration"])), ms)
        return match["before"] + _written(ms)

    return "\n".join(
        line if line.lstrip().startswith("#") else _shortened(line, shorten)
        for line in text.split("\n")
    )


def _shortened(line: str, shorten: Callable[[re.Match[str]], str]) -> str:
    """Shorten what lies between bridges and leave those alone."""
    kept = [*_BRIDGES.findall(line), ""]
    parts = (_PLACES.sub(shorten, part) for part in _BRIDGES.split(line))
    return "".join(part + bridge for part, bridge in zip(parts, kept, strict=True))


def _ms(duration: str) -> int:
    parts = re.findall(r"([0-9]+)(ms|[smhdwy])", duration)
    return sum(int(number) * _UNIT_MS[unit] for number, unit in parts)


def _written(ms: int) -> str:
    return f"{ms // 1_000}s" if ms % 1_000 == 0 else f"{ms}ms"
