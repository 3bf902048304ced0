"""When a case is overdue, and what it takes to say so.

A case is **due** when its norm has run out: the order's term, else the sector's. It is **overdue**
if it was sighted after that, the sighting being one that a control or a person backs
(`streams.verdicts.backing`); a bare one may be of a page that stands for anything missing. The
windows' `late` goes by the same. That every sighting after due was bare stands with a case as a
bit, a function of the set of its events.
"""

from typing import Protocol

from schemas.moments import SECOND_MS, Instant
from schemas.records.norm_probes import BARE, named


class Timed(Protocol):
    """A case, as `schemas.records.case.CaseSummary` or a part of it."""

    @property
    def norm_from_at(self) -> Instant | None:
        """From when the norm runs; None = it does not."""
        ...

    @property
    def norm_s(self) -> int:
        """The norm, seconds."""
        ...

    @property
    def last_seen_at(self) -> Instant | None:
        """The last sighting."""
        ...

    @property
    def brackets(self) -> int:
        """As in `schemas.records.norm_probes`."""
        ...


def due_at(case: Timed) -> Instant | None:
    """Return when a case's norm runs out; None = none runs."""
    return None if case.norm_from_at is None else case.norm_from_at + case.norm_s * SECOND_MS


def bare(case: Timed, backed_at: Instant | None) -> int:
    """Return the bit of a case whose last backed sighting was then; 0 if a backed one is late too.

    Args:
        case: the case.
        backed_at: its last backed sighting; None = it has none.
    """
    due = due_at(case)
    if due is None or case.last_seen_at is None or case.last_seen_at <= due:
        return 0
    return BARE if backed_at is None or backed_at <= due else 0


def is_late(case: Timed, due: Instant) -> bool:
    """Return whether a case was sighted after it was due, and that is backed."""
    seen_at = case.last_seen_at
    return seen_at is not None and seen_at > due and not named(case.brackets).bare
