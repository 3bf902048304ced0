"""A slot, and the steps of both timetables: when it lies, its jitter, what is probed."""

from collections.abc import Sequence
from math import inf
from typing import Final, NamedTuple

from msgspec import Struct

from schemas.closed_lists import Target
from schemas.identity.ids import fraction
from schemas.moments import HOUR_MS, MINUTE_MS, Instant
from schemas.records.case import CaseSummary
from streams.timetable import (
    AFTER_REMOVAL_H,
    JITTER,
    JITTER_UNSAMPLED,
    LAST_PROBE_ROOM_H,
    NO_JITTER_H,
    RETURN_H,
    TIMETABLE_H,
)

WINDOW_MIN_MS: Final = 20 * MINUTE_MS
WINDOW_MAX_MS: Final = 6 * HOUR_MS
WITH_CONTROLS: Final = (Target.URL, Target.MADE_UP_PATH, Target.ROOT)
URL_ALONE: Final = (Target.URL,)


class Slot(Struct, frozen=True, gc=False):
    """A planned probe.

    Attributes:
        at: the instant it is planned for.
        not_after: after it the slot is missed.
        targets: what is probed.
    """

    at: Instant
    not_after: Instant
    targets: tuple[Target, ...]


def slot_at(slot: Slot) -> Instant:
    """Return the instant a slot is planned for: what slots are sorted by."""
    return slot.at


def at_once(at: Instant) -> Slot:
    """Return the slot of a probe that somebody's word calls for, with controls."""
    return Slot(at, at + WINDOW_MIN_MS, WITH_CONTROLS)


def window(step_ms: float) -> int:
    """Return for how long a slot can be met, by the step to the next one."""
    return int(min(max(step_ms, WINDOW_MIN_MS), WINDOW_MAX_MS))


_WIDER: Final = JITTER_UNSAMPLED / JITTER


class TimetableStep(NamedTuple):
    """A planned probe of a timetable: when, its jitter, the norm that may lie in that.

    Attributes:
        norm_h: the next norm at or after the hour; no jitter moves a slot across it.
        until_ms: after it the probe would answer another question; 0 = it never would.
    """

    hour: float
    jitter_h: float
    norm_h: float
    at_ms: int
    window_ms: int
    targets: tuple[Target, ...]
    until_ms: int


def drawn(case: CaseSummary, *what: str | int) -> float:
    """Return the part of its jitter by which a slot of a case is shifted; none without an id.

    Args:
        case: its id decides.
        what: of which slot.
    """
    return fraction(case.case_id, *what) if case.case_id else 0.0


def jittered_ms(case: CaseSummary, name: str, i: int, step: TimetableStep) -> Instant:
    """Return how long after its anchor a slot with jitter lies.

    Args:
        case: whose slot it is; its id decides.
        name: of the timetable.
        i: place of the step in it.
        step: the step.
    """
    hour, jitter_h, norm_h, *_ = step
    offset = jitter_h * drawn(case, name, i)
    if not case.sampling.sampled and hour + offset * _WIDER < norm_h:
        offset *= _WIDER
    if norm_h < hour + offset:
        offset = 0.0
    return round((hour + offset) * HOUR_MS)


def _steps(
    hours: Sequence[float], targets: tuple[Target, ...], return_h: float = 0
) -> tuple[TimetableStep, ...]:
    """Return a timetable's steps.

    Args:
        hours: of the slots.
        targets: what is probed from the second slot on.
        return_h: the end of the time in which a return is the same case, 0 = there is none. The
            last slot before it lies and is sent before it, jitter included.
    """
    found = []
    last_h = max((hour for hour in hours if hour < return_h), default=None)
    for i, hour in enumerate(hours):
        following = hours[i + 1] if i + 1 < len(hours) else hour + 720
        jitter_h, is_last = JITTER * (following - hour), hour == last_h
        norm_h = min((norm for norm in NO_JITTER_H if norm >= hour), default=inf)
        if is_last:
            norm_h = return_h - LAST_PROBE_ROOM_H
            jitter_h = min(jitter_h, norm_h - hour)
        found.append(
            TimetableStep(
                hour,
                jitter_h if i else 0.0,
                norm_h,
                round(hour * HOUR_MS),
                window((following - hour) * HOUR_MS),
                targets if i else WITH_CONTROLS,
                round(return_h * HOUR_MS) if is_last else 0,
            )
        )
    return tuple(found)


NOTICE: Final = "notice"
AFTER_IT: Final = "after"
STEPS: Final = {
    NOTICE: _steps(TIMETABLE_H, URL_ALONE),
    AFTER_IT: _steps(AFTER_REMOVAL_H, WITH_CONTROLS, RETURN_H),
}
"""Timetables by the name their jitter is drawn by. After a removal every slot has controls, because
what comes back may look like anything."""
