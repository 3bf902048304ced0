"""Whether a hoster let its cases be measured: the figure `not measurable`.

See docs/measurement.md, Not measurable.

Blocking and silence end nothing, so what they cost is a figure of its own: of the cases that a norm
is asked of, those that cannot be measured. Rule, for a case with a notice:

- It was **unavailable for long**: its class was unavailable for LONG_MS or more without a break,
  and is not dark now; or
- it was **hidden at its norm**. Take the probes planned from the last slot before the case's norm
  to the second after it, from vantages whose canary answered. None was conclusive (online, or gone
  at the hoster), and one at least was blocked or not answered. That counts from the end of that
  second slot's spread on. A refusal of the URL alone, the host's controls being
  healthy, is neither: if every vantage gets it, it is a removal (the URL refused alone).

The case's norm is the one of the verdict now running, as `overdue` takes it: the figure speaks of
cases that are followed now. Where the first norm was hidden, its own verdict stays undetermined.

What the probes around the norm said stands with a case, a function of the set of its
events; the rest is evaluation. Outside a sample probes are too few for it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

from schemas.closed_lists import CaseClass
from schemas.moments import DAY_MS, HOUR_MS, Instant
from schemas.records.case import Phase
from schemas.records.case_observations import NormProbes
from streams.timetable import DAILY_UNTIL_H, JITTER, TIMETABLE_H

LONG_MS: Final = DAY_MS

SLOTS_H: Final = tuple(hours for hours in TIMETABLE_H if hours <= DAILY_UNTIL_H)
"""The slots that can lie around a norm."""

REACHES_MAX: Final = 1_024
"""Ends of norms after their notice whose slots are kept: each is asked for at every probe, and
nearly all are the two or three norms themselves."""

_SLOTS_MS: Final = [round(hours * HOUR_MS) for hours in SLOTS_H]


class Around(NamedTuple):
    """First and last moment at which a slot around the norm lies."""

    since: Instant
    until: Instant


class Measured(Protocol):
    """A case, as `schemas.records.case.CaseSummary` or a part of it."""

    @property
    def noticed_at(self) -> Instant | None:
        """When its clock began; None = none runs."""
        ...

    @property
    def norm_from_at(self) -> Instant | None:
        """From when the norm runs; None = it does not."""
        ...

    @property
    def norm_s(self) -> int:
        """The norm, seconds."""
        ...

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Classes from which instant on."""
        ...

    @property
    def norm_probes(self) -> NormProbes:
        """What probes around its norms came to."""
        ...


def around(noticed_at: Instant | None, norm_from_at: Instant | None, norm_s: int) -> Around | None:
    """Return where the slots around a norm lie; None = no norm runs, or it is longer than any.

    Args:
        noticed_at: the notice that the timetable follows.
        norm_from_at: from when the norm runs.
        norm_s: the norm, seconds.
    """
    if noticed_at is None or norm_from_at is None:
        return None
    reach = _around(norm_from_at + 1_000 * norm_s - noticed_at)
    return None if reach is None else Around(noticed_at + reach[0], noticed_at + reach[1])


@lru_cache(maxsize=REACHES_MAX)
def _around(after_ms: int) -> tuple[int, int] | None:
    """Return the same after the notice, for a norm that ends so long after it."""
    before, after = bisect_left(_SLOTS_MS, after_ms) - 1, bisect_right(_SLOTS_MS, after_ms) + 1
    if before < 0 or after + 1 >= len(_SLOTS_MS):
        return None
    last_ms, next_ms = _SLOTS_MS[after : after + 2]
    jitter_ms = round(JITTER * (next_ms - last_ms))
    return _SLOTS_MS[before], last_ms + jitter_ms


def is_measurable(case: Measured, case_class: CaseClass, as_of: Instant) -> bool:
    """Return whether a case could be measured, by what is known now.

    Args:
        case: the case.
        case_class: its class at the instant.
        as_of: the instant.
    """
    probes = case.norm_probes
    long = probes.long_unavailable or was_long(case.phases, as_of)
    if long and case_class is not CaseClass.DARK:
        return False
    if probes.conclusive or not probes.blocked:
        return True
    near = around(case.noticed_at, case.norm_from_at, case.norm_s)
    return near is None or as_of < near.until


def was_long(phases: Sequence[Phase], as_of: Instant) -> bool:
    """Return whether a case was unavailable for long, without a break.

    Args:
        phases: its classes.
        as_of: until when.
    """
    if all(phase.case_class is not CaseClass.UNAVAILABLE for phase in phases):
        return False
    turns = [*(phase.from_at for phase in phases), as_of]
    spans = zip(phases, pairwise(turns), strict=True)
    return any(
        min(until, as_of) - since >= LONG_MS
        for phase, (since, until) in spans
        if phase.case_class is CaseClass.UNAVAILABLE
    )
