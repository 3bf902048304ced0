"""Which probes around the norms were made on time: what "not probed on time" counts.

The norms of 1, 12, 24 and 48 h stand between two slots of the timetable each. A norm's verdict is
as sharp as these probes are punctual. A norm slot is one of those eight slots. A norm slot
at h hours lies in [noticed_at + h, noticed_at + h + JITTER of the step to the next slot]. The rule
for a case with a notice that counts:

- It was **probed** if all of this holds of one probe of the URL. It was planned for the case's
  hoster and role, for a slot in that range. It was sent at most ON_TIME_MS after its slot, from a
  vantage whose canary answered. Its result is not missed_politeness, clock or blocked_policy. A
  probe in doubt is planned every 10 min; it counts if its slot lies in the range.
- It was **not planned** if at noticed_at + h the class, by what is known now, is neither online nor
  unavailable; or if that instant lies before the case opened or the notice was received, when
  nobody could know of it.
- Outside a sample slots lie anywhere in their steps, and no probe on time is promised: figures
  count what was not probed on time of sampled cases alone.
- It is **due** from ON_TIME_MS after the end of the range on. Due, planned and not probed, it
  was **not probed on time**.

A case keeps what was probed and what was not planned as bits, both functions of the set of its
events; only `norm_slots` knows an instant. So a slot without a result is not on time by evaluation,
with no record of it, whatever the order in which events come.
"""

from bisect import bisect_right as bisect
from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol

from schemas.closed_lists import CaseClass
from schemas.moments import HOUR_MS, MINUTE_MS, Instant
from schemas.records.case import Phase
from schemas.records.case_observations import SLOTS, NormProbes
from streams.timetable import JITTER, NORMS_BETWEEN_SLOTS_H, TIMETABLE_H

ON_TIME_MS: Final = 5 * MINUTE_MS
"""How long after its slot a probe may be sent."""

_INDEXES: Final = tuple(
    index
    for norm in NORMS_BETWEEN_SLOTS_H
    for index in (bisect(TIMETABLE_H, norm) - 1, bisect(TIMETABLE_H, norm))
)
"""Where in the timetable the norm slots stand: the last before a norm and the first after it."""

HOURS: Final = tuple(TIMETABLE_H[index] for index in _INDEXES)
"""The norm slots, hours after the notice."""

_NEXT_H: Final = tuple(TIMETABLE_H[index + 1] for index in _INDEXES)

RANGES_MS: Final = tuple(
    (round(hour * HOUR_MS), round((hour + JITTER * (following - hour)) * HOUR_MS))
    for hour, following in zip(HOURS, _NEXT_H, strict=True)
)
"""First and last moment of each norm slot, after the notice."""

_FIRST_MS: Final = tuple(first for first, _ in RANGES_MS)

_EDGES_MS: Final = tuple(edge for first, last in RANGES_MS for edge in (first, last + 1))
"""Where each norm slot begins and what follows its end: an instant in a slot has an odd number of
them before it."""

_OVER_MS: Final = tuple(last + ON_TIME_MS for _, last in RANGES_MS)
"""When each norm slot is due, after the notice."""

_PLANNED_IN: Final = (CaseClass.ONLINE, CaseClass.UNAVAILABLE)


class HasNormSlots(Protocol):
    """A case, as `schemas.records.case.CaseSummary` or a part of it."""

    @property
    def noticed_at(self) -> Instant | None:
        """Earliest notice that counts; None = none does."""
        ...

    @property
    def norm_probes(self) -> NormProbes:
        """What probes around its norms came to."""
        ...


class NormSlots(NamedTuple):
    """Norm slots of one case.

    Attributes:
        due: that were planned and whose time is over.
        not_on_time: those of them that were not probed on time.
    """

    due: int
    not_on_time: int


def norm_slots(case: HasNormSlots, as_of: Instant) -> NormSlots:
    """Return how many norm slots of a case were due at an instant, and how many not probed on time.

    Args:
        case: the case.
        as_of: the instant.
    """
    if case.noticed_at is None:
        return NormSlots(0, 0)
    over = bisect(_OVER_MS, as_of - case.noticed_at)
    mask = (1 << over) - 1
    probes = case.norm_probes
    not_on_time = mask & ~(probes.on_time | probes.unplanned)
    due = mask & probes.on_time | not_on_time
    return NormSlots(due.bit_count(), not_on_time.bit_count())


def next_due(noticed_at: Instant, as_of: Instant) -> Instant | None:
    """Return when the next norm slot of a case is due after an instant, None = all are.

    Args:
        noticed_at: the case's notice.
        as_of: the instant.
    """
    over = bisect(_OVER_MS, as_of - noticed_at)
    return noticed_at + _OVER_MS[over] if over < SLOTS else None


def slot_on_time(noticed_at: Instant, slot_at: Instant, sent_ms: int) -> int:
    """Return the norm slot, as a bit, that a probe was made for on time, 0 if for none.

    Args:
        noticed_at: the case's notice.
        slot_at: the probe's planned slot.
        sent_ms: when it was sent after that, milliseconds.
    """
    edges = bisect(_EDGES_MS, slot_at - noticed_at)
    return 1 << (edges >> 1) if edges & 1 and sent_ms <= ON_TIME_MS else 0


def unplanned(noticed_at: Instant, known_at: Instant, phases: Iterable[Phase]) -> int:
    """Return the norm slots, as bits, for which no probe is planned.

    Args:
        noticed_at: the case's notice.
        known_at: when the case was open and its notice received.
        phases: its classes, in order of time.
    """
    bits = 0
    classes = list(phases)
    since = [phase.from_at for phase in classes]
    for i, first in enumerate(_FIRST_MS):
        at = noticed_at + first
        before = bisect(since, at)
        if at < known_at or not before or classes[before - 1].case_class not in _PLANNED_IN:
            bits |= 1 << i
    return bits
