"""The slots of a case: which probes of it are due by the timetable, as arithmetic.

See docs/measurement.md, When it is probed.

Slots are absolute instants, a pure function of the case, so any worker that holds the case finds
the same ones. The timing wheel of the agent only remembers when to ask again.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import islice
from typing import Final

from schemas.closed_lists import OPEN, CaseClass, Flag
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from schemas.records.case import CaseSummary, Phase
from streams.schedule.called_slots import called_for
from streams.schedule.steps import (
    AFTER_IT,
    NOTICE,
    STEPS,
    URL_ALONE,
    WINDOW_MAX_MS,
    WINDOW_MIN_MS,
    WITH_CONTROLS,
    Slot,
    drawn,
    jittered_ms,
    slot_at,
)
from streams.timetable import AFTER_REMOVAL_H, JITTER, JITTER_UNSAMPLED, NO_JITTER_H, TIMETABLE_H

DOUBT_STEP_MS: Final = 10 * MINUTE_MS
DOUBT_SLOTS_MAX: Final = 144
"""24 h of doubt at a slot every 10 min."""

DOUBT_SLOTS_CASE_MAX: Final = 7 * DOUBT_SLOTS_MAX
"""A case that keeps falling into doubt gets a week of such slots, then daily ones."""

DAILY_SLOTS_MAX: Final = 400
DOUBT_SLOTS_WITH_CONTROLS: Final = 3
"""Controls go along with the first 3 slots of a doubt, and with every sixth slot of it (the 6th,
the 12th, and so on)."""

_IN_DOUBT: Final = (CaseClass.DOUBTED, CaseClass.SUSPECT)
_AFTER: Final = frozenset(
    {
        CaseClass.REMOVED,
        CaseClass.DNS_ENDED,
        CaseClass.MOVED,
        CaseClass.GONE_BEFORE_NOTICE,
        CaseClass.ENDED_WITHOUT_NOTICE,
        CaseClass.NEVER_ONLINE,
    }
)


def slots(case: CaseSummary, since: Instant = 0) -> Iterator[Slot]:
    """Yield every slot of a case by what is known now, phase by phase, in order of time.

    Args:
        case: the case.
        since: earlier slots are of no interest, and may be left out unplanned.
    """
    if Flag.NOT_PROBED in case.flags:
        return
    called = called_for(case)
    doubts = DOUBT_SLOTS_CASE_MAX
    newest = -1
    phases = _followed_phases(case)
    for i, (phase, anchor) in enumerate(phases):
        in_doubt = phase.case_class in _IN_DOUBT and doubts > 0
        planned = (
            islice(_doubt(phase.from_at), doubts)
            if in_doubt
            else _of_phase(case, phase, anchor, since)
        )
        extra = called.while_open if phase.case_class in OPEN else called.always
        if phase.case_class is CaseClass.EXCLUDED:
            extra = ()
        if extra:
            planned = merge(planned, extra, key=slot_at)
        if called.repeated and phase.case_class in OPEN and not in_doubt:
            planned = merge(planned, called.repeated, key=slot_at)
        until = phases[i + 1][0].from_at if i + 1 < len(phases) else None
        for slot in planned:
            if until is not None and slot.at >= until:
                break
            if slot.at >= phase.from_at and slot.at > newest:
                newest = slot.at
                doubts -= in_doubt
                yield slot


def _followed_phases(case: CaseSummary) -> list[tuple[Phase, Instant]]:
    """Return the phases, each with the start of its timetable.

    In place of `awaiting` stand the phases that the probes showed before the notice.
    """
    phases, opened_at = case.phases, case.opened_at
    noticed_at = opened_at if case.noticed_at is None else case.noticed_at
    if not case.unnoticed:
        awaiting = CaseClass.AWAITING
        return [(p, opened_at if p.case_class is awaiting else noticed_at) for p in phases]
    found: list[tuple[Phase, Instant]] = []
    for i, phase in enumerate(phases):
        if phase.case_class is not CaseClass.AWAITING:
            found.append((phase, noticed_at))
            continue
        until = phases[i + 1].from_at if i + 1 < len(phases) else None
        said = [p for p in case.unnoticed if phase.from_at <= p.from_at]
        if not said or said[0].from_at > phase.from_at:
            said.insert(0, phase)
        found += [(p, opened_at) for p in said if until is None or p.from_at < until]
    return found


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
    match phase.case_class:
        case CaseClass.AWAITING:
            return _timetable(case, case.opened_at, since)
        case CaseClass.ONLINE:
            return _timetable(case, anchor, since)
        case CaseClass.UNAVAILABLE | CaseClass.DARK | CaseClass.DOUBTED | CaseClass.SUSPECT:
            return _daily(case, phase.from_at, anchor, since)
        case _ if phase.case_class in _AFTER and case.gone_at is not None:
            planned = _jittered(case, case.gone_at, AFTER_REMOVAL_H, AFTER_IT, since)
            return merge(planned, _anew(case, phase, since), key=slot_at)
        case CaseClass.EXPIRED | CaseClass.WITHDRAWN:
            return _anew(case, phase, since)
        case _:
            return iter(())


def _anew(case: CaseSummary, phase: Phase, since: Instant) -> Iterator[Slot]:
    """Yield the timetable anew from the newest word of a hotline after an end."""
    ended_at = phase.from_at if case.gone_at is None else case.gone_at
    told_at = max((at for at in case.told_again if at >= ended_at), default=None)
    return iter(()) if told_at is None else _jittered(case, told_at, TIMETABLE_H, NOTICE, since)


def _timetable(case: CaseSummary, anchor: Instant, since: Instant) -> Iterator[Slot]:
    """Yield the timetable from an instant, and after a return that from what came since, too."""
    anchors = [anchor, *(at for at in _anchors_after_return(case) if at > anchor)]
    planned = [_jittered(case, at, TIMETABLE_H, NOTICE, since) for at in anchors]
    return planned[0] if len(planned) == 1 else merge(*planned, key=slot_at)


def _anchors_after_return(case: CaseSummary) -> Sequence[Instant]:
    """Return what the terms of a returned case run from, and the newest word since its end."""
    if not case.returns and not case.untold_returns:
        return ()
    newest = max(case.told_again, default=None)
    known = {case.again_noticed_at, case.norm_from_at, newest}
    return sorted(at for at in known if at is not None)


def _jittered(
    case: CaseSummary, anchor: Instant, hours: Sequence[float], name: str, since: Instant
) -> Iterator[Slot]:
    # A slot lies before the next one's hour, so of those whose hour is past only the last counts.
    past = bisect_right(hours, (since - anchor) / HOUR_MS) if since > anchor else 0
    for i in range(max(0, past - 1), len(hours)):
        step = STEPS[name][i]
        at = anchor + (jittered_ms(case, name, i, step) if step.jitter_h else step.at_ms)
        not_after = at + step.window_ms
        if step.until_ms:
            not_after = min(not_after, anchor + step.until_ms)
        yield Slot(at, not_after, step.targets)


def _doubt(since: Instant) -> Iterator[Slot]:
    for k in range(1, DOUBT_SLOTS_MAX + 1):
        at = since + k * DOUBT_STEP_MS
        controlled = k <= DOUBT_SLOTS_WITH_CONTROLS or k % 6 == 0
        yield Slot(at, at + WINDOW_MIN_MS, WITH_CONTROLS if controlled else URL_ALONE)


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
    jitter = JITTER if case.sampling.sampled else JITTER_UNSAMPLED
    at = planned - round(jitter * DAY_MS * drawn(case, "daily", k))
    if any(at < anchor + norm * HOUR_MS <= planned for norm in NO_JITTER_H):
        at = planned
    return Slot(at, at + WINDOW_MAX_MS, WITH_CONTROLS)
