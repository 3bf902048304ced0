"""Whether a case could be measured, or its server blocked or was silent (docs/measurement.md)."""

from collections.abc import Iterator, Sequence
from typing import Final

from schemas.closed_lists import CaseClass, Verdict
from schemas.moments import DAY_MS, MINUTE_MS, SECOND_MS, Instant
from verify.method_9.notice_times import NoticeTimes
from verify.method_9.timeline_entry import EntryKind, TimelineEntry

LONG_MS: Final = DAY_MS
_HOURS: Final = (
    0,
    0.25,
    0.5,
    0.9,
    1.1,
    2,
    4,
    8,
    11.5,
    12.5,
    18,
    23.5,
    24.5,
    30,
    36,
    47.5,
    48.5,
    72,
)
_DAYS: Final = range(4, 43)
_SLOTS_MIN: Final = (*(round(60 * hours) for hours in _HOURS), *(1_440 * day for day in _DAYS))
_SPREAD_ONE_IN: Final = 20


def unmeasurable(
    seen: Sequence[TimelineEntry],
    times: NoticeTimes,
    classes: Sequence[tuple[Instant, CaseClass]],
    as_of: Instant,
) -> bool:
    """Return whether a case was unavailable for a day, or blocked or silent around its norm.

    Args:
        seen: what was seen at its spell.
        times: its clocks.
        classes: its classes, and from when on.
        as_of: the instant.
    """
    held = [(at, case_class) for at, case_class in classes if at <= as_of]
    if not held:
        return False
    dark = held[-1][1] is CaseClass.DARK
    if not dark and any(ms >= LONG_MS for ms in _unavailable_ms(held, as_of)):
        return True
    near = _near(times)
    if near is None or as_of < near[1]:
        return False
    observations = [
        s
        for s in seen
        if s.kind is EntryKind.OBSERVATION and s.observation and s.observation.canary_ok
        if near[0] <= s.observation.slot_at <= near[1]
    ]
    unavailable = [
        s for s in observations if s.said.verdict in (Verdict.BLOCKED, Verdict.UNREACHABLE)
    ]
    blocked_or_silent = not all(s.said.url_refused for s in unavailable)
    return blocked_or_silent and not any(s.online or s.gone for s in observations)


def _unavailable_ms(held: Sequence[tuple[Instant, CaseClass]], as_of: Instant) -> Iterator[int]:
    began_at: Instant | None = None
    for at, case_class in held:
        if case_class is CaseClass.UNAVAILABLE:
            began_at = at if began_at is None else began_at
        elif began_at is not None:
            yield at - began_at
            began_at = None
    if began_at is not None:
        yield as_of - began_at


def _near(times: NoticeTimes) -> tuple[Instant, Instant] | None:
    """Return from the last slot before the norm to the second after it, its spread included."""
    if times.noticed_at is None or times.norm_from_at is None:
        return None
    due_ms = times.norm_from_at + times.norm_s * SECOND_MS - times.noticed_at
    before = [m for m in _SLOTS_MIN if m * MINUTE_MS < due_ms]
    after = [m for m in _SLOTS_MIN if m * MINUTE_MS > due_ms]
    if not before or len(after) < 3:
        return None
    spread_ms = round((after[2] - after[1]) * MINUTE_MS / _SPREAD_ONE_IN)
    return (
        times.noticed_at + before[-1] * MINUTE_MS,
        times.noticed_at + after[1] * MINUTE_MS + spread_ms,
    )
