"""The slots of a case: which probes of it are due by the timetable, as arithmetic.

See docs/measurement.md, When it is probed.

Slots are absolute instants, a pure function of the case, so any worker that holds the case finds
the same ones. The timing wheel of the agent only remembers when to ask again.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import islice
from math import inf
from typing import Final, NamedTuple

from msgspec import Struct

from schemas.identity.ids import fraction
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from schemas.reasons import OPEN, Outcome, Target
from schemas.records.case import CaseSummary, Phase
from streams.timetable import (
    AFTER_REMOVAL_H,
    SPREAD,
    SPREAD_REST,
    TIMETABLE_H,
    UNSPREAD_H,
)

DOUBT_STEP_MS: Final = 10 * MINUTE_MS
DOUBT_SLOTS_MAX: Final = 144
"""24 h of doubt at a slot every 10 min."""

DOUBT_SLOTS_CASE_MAX: Final = 7 * DOUBT_SLOTS_MAX
"""A case that keeps falling into doubt gets a week of such slots, then daily ones."""

DAILY_SLOTS_MAX: Final = 400
WINDOW_MIN_MS: Final = 20 * MINUTE_MS
WINDOW_MAX_MS: Final = 6 * HOUR_MS
CONTROLLED_DOUBTS: Final = 4
"""Controls go along with the first slots of a doubt and with every sixth after them."""

WITH_CONTROLS: Final = (Target.URL, Target.RANDOM, Target.ROOT)
_WIDER: Final = SPREAD_REST / SPREAD
_ALL: Final = WITH_CONTROLS
_URL: Final = (Target.URL,)
_IN_DOUBT: Final = (Outcome.DOUBTED, Outcome.SUSPECT)
_AFTER: Final = frozenset(
    {
        Outcome.REMOVED,
        Outcome.DNS_ENDED,
        Outcome.MOVED,
        Outcome.GONE_BEFORE_NOTICE,
        Outcome.ENDED_WITHOUT_NOTICE,
        Outcome.NEVER_ONLINE,
    }
)


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


class _Step(NamedTuple):
    """A planned probe of a timetable: when, how far it is spread, the norm that may lie in that.

    Attributes:
        norm_h: the next norm at or after the hour; no slot is spread across it.
    """

    hour: float
    spread_h: float
    norm_h: float
    at_ms: int
    window_ms: int
    targets: tuple[Target, ...]


def slots(case: CaseSummary, since: Instant = 0) -> Iterator[Slot]:
    """Yield every slot of a case by what is known now, phase by phase, in order of time.

    Args:
        case: the case.
        since: earlier slots are of no interest, and may be left out unplanned.
    """
    anchor = case.opened_at if case.noticed_at is None else case.noticed_at
    extra = [_now(at) for at in case.answered] if case.answered else []
    if anchor < case.opened_at:  # told before it was known to be here
        extra = sorted([_now(case.opened_at), *extra], key=_at)
    doubts = DOUBT_SLOTS_CASE_MAX
    newest = -1
    phases = _looked_at(case)
    for i, (phase, anchor) in enumerate(phases):
        in_doubt = phase.outcome in _IN_DOUBT and doubts > 0
        planned = (
            islice(_doubt(phase.from_at), doubts)
            if in_doubt
            else _of_phase(case, phase, anchor, since)
        )
        if extra and phase.outcome in OPEN:
            planned = merge(planned, extra, key=_at)
        until = phases[i + 1][0].from_at if i + 1 < len(phases) else None
        for slot in planned:
            if until is not None and slot.at >= until:
                break
            if slot.at >= phase.from_at and slot.at > newest:
                newest = slot.at
                doubts -= in_doubt
                yield slot


def _looked_at(case: CaseSummary) -> list[tuple[Phase, Instant]]:
    """Return the phases with their timetable's start; what `awaiting` covers in its place."""
    phases, opened_at = case.phases, case.opened_at
    noticed_at = opened_at if case.noticed_at is None else case.noticed_at
    if not case.unnoticed:
        awaiting = Outcome.AWAITING
        return [(p, opened_at if p.outcome is awaiting else noticed_at) for p in phases]
    found: list[tuple[Phase, Instant]] = []
    for i, phase in enumerate(phases):
        if phase.outcome is not Outcome.AWAITING:
            found.append((phase, noticed_at))
            continue
        until = phases[i + 1].from_at if i + 1 < len(phases) else None
        said = [p for p in case.unnoticed if phase.from_at <= p.from_at]
        if not said or said[0].from_at > phase.from_at:
            said.insert(0, phase)
        found += [(p, opened_at) for p in said if until is None or p.from_at < until]
    return found


def _at(slot: Slot) -> Instant:
    return slot.at


def _now(at: Instant) -> Slot:
    return Slot(at, at + WINDOW_MIN_MS, _ALL)


def due(case: CaseSummary, after: Instant, as_of: Instant) -> tuple[Sequence[Slot], Instant | None]:
    """Return the slots in (after, as_of] whose window is open, and when the next one is.

    Args:
        case: the case.
        after: slots up to here were ordered already.
        as_of: now.
    """
    return open_of(slots(case, after), after, as_of)


def open_of(
    planned: Iterable[Slot], after: Instant, as_of: Instant
) -> tuple[Sequence[Slot], Instant | None]:
    """Return the slots in (after, as_of] whose window is open, and when the next one is.

    Args:
        planned: slots in order of time.
        after: slots up to here were ordered already.
        as_of: now.
    """
    found: list[Slot] = []
    for slot in planned:
        if slot.at > as_of:
            return found, slot.at
        if slot.at > after and slot.not_after > as_of:
            found.append(slot)
    return found, None


def _of_phase(case: CaseSummary, phase: Phase, anchor: Instant, since: Instant) -> Iterator[Slot]:
    match phase.outcome:
        case Outcome.AWAITING:
            return _timetable(case, case.opened_at, since)
        case Outcome.ONLINE:
            return _timetable(case, anchor, since)
        case Outcome.UNAVAILABLE | Outcome.DARK | Outcome.DOUBTED | Outcome.SUSPECT:
            return _daily(case, phase.from_at, anchor, since)
        case _ if phase.outcome in _AFTER and case.gone_at is not None:
            return _spread(case, case.gone_at, AFTER_REMOVAL_H, _AFTER_IT, since)
        case _:
            return iter(())


def _timetable(case: CaseSummary, anchor: Instant, since: Instant) -> Iterator[Slot]:
    return _spread(case, anchor, TIMETABLE_H, _NOTICE, since)


def _spread(
    case: CaseSummary, anchor: Instant, hours: Sequence[float], name: str, since: Instant
) -> Iterator[Slot]:
    # A slot lies before the next one's hour, so of those whose hour is past only the last counts.
    past = bisect_right(hours, (since - anchor) / HOUR_MS) if since > anchor else 0
    for i in range(max(0, past - 1), len(hours)):
        step = _STEPS[name][i]
        at = anchor + (_spread_ms(case, name, i, step) if step.spread_h else step.at_ms)
        yield Slot(at, at + step.window_ms, step.targets)


def _spread_ms(case: CaseSummary, name: str, i: int, step: _Step) -> Instant:
    """Return how long after its anchor a slot lies that is spread."""
    hour, spread_h, norm_h, *_ = step
    offset = spread_h * _drawn(case, name, i)
    if not case.sampled and hour + offset * _WIDER < norm_h:
        offset *= _WIDER
    if norm_h < hour + offset:
        offset = 0.0
    return round((hour + offset) * HOUR_MS)


def _drawn(case: CaseSummary, name: str, i: int) -> float:
    """Return the part of its spread by which a case's slot is shifted; none without an id."""
    return fraction(case.case_id, name, i) if case.case_id else 0.0


def _doubt(since: Instant) -> Iterator[Slot]:
    for k in range(1, DOUBT_SLOTS_MAX + 1):
        at = since + k * DOUBT_STEP_MS
        controlled = k < CONTROLLED_DOUBTS or k % 6 == 0
        yield Slot(at, at + WINDOW_MIN_MS, _ALL if controlled else _URL)


def _daily(case: CaseSummary, began: Instant, anchor: Instant, since: Instant) -> Iterator[Slot]:
    """Merge the timetable with a daily probe, controls with it, whatever the age."""
    pending = (s for s in _timetable(case, anchor, max(began, since)) if s.at >= began)
    following = next(pending, None)
    # Day k lies less than a day before k days after the beginning.
    for k in range(max(1, (since - began) // DAY_MS), DAILY_SLOTS_MAX + 1):
        day = _day(case, began, anchor, k)
        while following is not None and following.at < day.at:
            yield following
            following = next(pending, None)
        yield day


def _day(case: CaseSummary, since: Instant, anchor: Instant, k: int) -> Slot:
    planned = since + k * DAY_MS
    spread = SPREAD if case.sampled else SPREAD_REST
    at = planned - round(spread * DAY_MS * _drawn(case, "daily", k))
    if any(at < anchor + norm * HOUR_MS <= planned for norm in UNSPREAD_H):
        at = planned
    return Slot(at, at + WINDOW_MAX_MS, _ALL)


def _window(step_ms: float) -> int:
    return int(min(max(step_ms, WINDOW_MIN_MS), WINDOW_MAX_MS))


def _steps(hours: Sequence[float], targets: tuple[Target, ...]) -> tuple[_Step, ...]:
    found = []
    for i, hour in enumerate(hours):
        following = hours[i + 1] if i + 1 < len(hours) else hour + 720
        found.append(
            _Step(
                hour,
                SPREAD * (following - hour) if i else 0.0,
                min((norm for norm in UNSPREAD_H if norm >= hour), default=inf),
                round(hour * HOUR_MS),
                _window((following - hour) * HOUR_MS),
                targets if i else _ALL,
            )
        )
    return tuple(found)


_NOTICE: Final = "notice"
_AFTER_IT: Final = "after"
_STEPS: Final = {_NOTICE: _steps(TIMETABLE_H, _URL), _AFTER_IT: _steps(AFTER_REMOVAL_H, _ALL)}
"""What comes back may look like anything, so controls go along with the probes for it."""
"""Timetables by the names that slots are spread by, worked out once."""
