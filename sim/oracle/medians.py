"""Between which bounds a median that was measured right must lie."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from schemas.moments import Instant
from sim.oracle.evidence import Evidence
from sim.oracle.probe_times import known_by, last_probe_ms
from sim.oracle.truth import median_ms
from sim.world.material import Material
from sim.world.outages import Outages


def median_bracket(
    material: Sequence[Material], evidence: Evidence, outages: Outages
) -> tuple[float | None, float | None]:
    """Return bounds of a median that was measured right, in seconds; None = not reached.

    A removal is measured at the first probe after it, and what is there is watched until the
    last probe. So removals are taken at once or at the next probe, and the newest of them as known
    or not yet. What is still there is taken as watched until now or until the last probe. The
    bounds are the least and the most of the medians.
    """
    noticed = [
        _Watched(item, evidence.as_of, known_by(item, outages))
        for item in material
        if item.clock_at <= evidence.told_until
    ]
    medians = [
        median_ms([_span(watched, reading, outages) for watched in noticed])
        for reading in itertools.starmap(_Reading, itertools.product((False, True), repeat=3))
    ]
    reached = [median for median in medians if median is not None]
    low = min(reached) / 1_000 if reached else None
    return low, max(reached) / 1_000 if len(reached) == len(medians) else None


class _Watched(NamedTuple):
    """A URL at an instant, and by when its removal must be known."""

    item: Material
    as_of: Instant
    known_at: Instant


class _Reading(NamedTuple):
    """One way to read the truth off the probes: how late, and how much of it."""

    late: bool  # removals count from the next probe
    known: bool  # only removals that must be known by now count
    brief: bool  # what has no end was watched until the last probe only


def _span(watched: _Watched, reading: _Reading, outages: Outages) -> tuple[int, bool]:
    """Return how long an item lasted after notice, and whether that was its end."""
    item, as_of, known_at = watched
    delay_ms = None if item.back(as_of) else item.removal_ms()
    counts_from = known_at if reading.known else item.removed_at
    if delay_ms is not None and counts_from is not None and counts_from <= as_of:
        return (known_at - item.clock_at if reading.late else delay_ms), True
    end_ms = as_of - item.clock_at
    if not reading.brief:
        return end_ms, False
    span_ms = end_ms if delay_ms is None else min(end_ms, delay_ms)
    return last_probe_ms(span_ms, item.clock_at, outages), False


def within(median_s: float | None, low: float | None, high: float | None) -> bool:
    """Return whether a measured median lies within the bounds."""
    if median_s is None:
        return high is None
    return low is not None and low <= median_s and (high is None or median_s <= high)
