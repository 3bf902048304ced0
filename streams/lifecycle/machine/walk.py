"""All evidence of a spell, taken one entry after the other, or from where the last walk came to.

A case is judged many times, and by far most evidence is newer than all that was there. So what a
walk came to shortly before its end is kept, and the next one begins there. Evidence that is older,
or says something else now, begins it anew.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from schemas.moments import Instant
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry
from streams.lifecycle.machine.automaton import apply_entry, begin, close_cases
from streams.lifecycle.machine.case_history import CaseHistory
from streams.lifecycle.machine.case_state import CaseState

NEWEST: Final = 1
"""Entries at the end that a checkpoint leaves out: what comes next often lies before the last, or
judges it otherwise."""

RESOLVED: Final = (EntryKind.PROBED, EntryKind.NAMED)
"""Entries that say what name servers said."""

APART: Final = 4
"""Entries between one checkpoint and the next: a copy of the state costs what one entry does."""


class Checkpoint:
    """How far a spell was walked, and the state there."""

    def __init__(self) -> None:
        """Begin with nothing walked."""
        self._held: tuple[Instant, Sequence[TimelineEntry], CaseState] | None = None

    def resumed(
        self, entries: Sequence[TimelineEntry], opened_at: Instant
    ) -> tuple[CaseState, int]:
        """Return a state of one's own, and how many of some entries it has taken."""
        if self._held is not None:
            began_at, walked, state = self._held
            if began_at == opened_at and entries[: len(walked)] == walked:
                return state.copy(), len(walked)
        return begin(opened_at), 0

    def keep(self, entries: Sequence[TimelineEntry], opened_at: Instant, state: CaseState) -> None:
        """Keep a copy of the state after some entries."""
        self._held = opened_at, entries, state.copy()


def walk(
    entries: Sequence[TimelineEntry],
    opened_at: Instant,
    kept: Checkpoint | None = None,
    *,
    before: Iterable[TimelineEntry] = (),
) -> list[CaseHistory]:
    """Return the cases of one spell, oldest first: the steps of all entries, one after the other.

    How far it was walked the last time (`kept`) is brought up to date. Of the entries `before` the
    first case what name servers said of the owner is known.
    """
    state, done = (begin(opened_at), 0) if kept is None else kept.resumed(entries, opened_at)
    for entry in before:
        if entry.kind in RESOLVED:
            state.vantages.presence.note_resolution(entry)
    until = len(entries) - NEWEST
    if kept is not None and until - done >= APART:
        _take_all(state, entries[done:until])
        kept.keep(entries[:until], opened_at, state)
        done = until
    _take_all(state, entries[done:])
    return close_cases(state)


def _take_all(state: CaseState, entries: Iterable[TimelineEntry]) -> None:
    """Take the entries in their order, but sightings that only say the same again.

    Of those, while the case only repeats itself and nothing else happens, the first and the last of
    each vantage are taken: what is between them moves instants that the last one moves further.
    """
    held: dict[str, TimelineEntry] = {}
    known: set[str] = set()
    for entry in entries:
        if entry.repeats and entry.seen_by in known:
            held.pop(entry.seen_by, None)  # the newest is to stand last
            held[entry.seen_by] = entry
            continue
        for last in held.values():
            apply_entry(state, last)
        held.clear()
        apply_entry(state, entry)
        if entry.repeats and state.only_repeats():
            known.add(entry.seen_by)
        else:
            known.clear()
    for last in held.values():
        apply_entry(state, last)
