"""Removal times as the pages print them: the cell of the timetable that one lies in, no instant."""

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

_TIMETABLE: Final = runpy.run_path(str(Path(__file__).parents[2] / "streams" / "timetable.py"))
_HOUR_MS: Final = 3_600_000
_UNTIL_MS: Final = 24 * 400 * _HOUR_MS
"""Nothing is probed for longer."""


def cells(*, is_found: bool) -> list[dict[str, Any]]:
    """Return what Grafana shows in the place of seconds.

    Args:
        is_found: the times are those of an R; else of a last sighting.
    """
    found = []
    for first_ms, last_ms, words in _cells(is_found=is_found):
        result = {"index": len(found), "text": words}
        options = {"from": first_ms / 1_000, "to": last_ms / 1_000, "result": result}
        found.append({"type": "range", "options": options})
    return found


def _cells(*, is_found: bool) -> Iterator[tuple[int, int, str]]:
    """Give the first and the last millisecond of each cell, and its name."""
    first_ms = 0
    while first_ms <= _UNTIL_MS:
        cell = _cell(first_ms, is_found=is_found)
        last_ms, beyond_ms = first_ms, _UNTIL_MS + 1
        while beyond_ms - last_ms > 1:
            between_ms = (last_ms + beyond_ms) // 2
            if _cell(between_ms, is_found=is_found) == cell:
                last_ms = between_ms
            else:
                beyond_ms = between_ms
        yield first_ms, last_ms, _words(*cell)
        first_ms = beyond_ms


def _cell(ms: int, *, is_found: bool) -> tuple[float, float]:
    low, high = _TIMETABLE["cell_of"](ms / _HOUR_MS, is_found=is_found)
    return low, high


def _words(from_h: float, until_h: float) -> str:
    if until_h <= 2:
        return f"{from_h * 60:g} to {until_h * 60:g} min"
    if from_h % 24 == until_h % 24 == 0:
        return f"{from_h / 24:g} to {until_h / 24:g} d"
    return f"{from_h:g} to {until_h:g} h"
