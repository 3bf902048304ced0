"""The probes of one vantage at one control, and which of them explains a probe of the URL."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import itemgetter
from typing import Final

from schemas.moments import MINUTE_MS, Instant
from schemas.records.case import UrlState
from schemas.records.case_observations import TRAIT_CANARY_OK
from streams.lifecycle.evidence.probe_reading import is_alive
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry
from streams.verdicts.backing import CONTROL_NEAR_MS, TrackRow

CONTROL_EXPLAINS_MS: Final = 35 * MINUTE_MS
"""How long after an observation's slot that of a control may lie which explains it. The slots of a
doubt bring controls within that time."""

_FOREVER: Final[Instant] = 1 << 62

_BY_SENT = itemgetter(1, 2, 0)


class NearbyControls:
    """The observations of one vantage at one control, by the time they were sent.

    Args:
        observations: in any order.
    """

    def __init__(self, observations: Sequence[TrackRow]) -> None:
        """Sort them by when they were sent, and find out whether all saw the same."""
        self._observations = sorted(observations, key=_BY_SENT)
        self._sent_at = [observation[1] for observation in self._observations]
        self._slots = sorted([observation[3].slot_at for observation in self._observations])
        self._of_slot: dict[Instant, tuple[Instant, int]] | None = None
        self._only = (
            self._observations[0][2]
            if len({observation[2] for observation in self._observations}) == 1
            else None
        )
        self._near_from, self._near_until = self._stretch()

    def _stretch(self) -> tuple[Instant, Instant]:
        """Return from when until when one of the first controls is near, if all saw the same."""
        if self._only is None:
            return 1, 0  # never
        until = self._sent_at[0] + CONTROL_NEAR_MS
        for sent_at in self._sent_at:
            if sent_at - CONTROL_NEAR_MS > until:
                break
            until = sent_at + CONTROL_NEAR_MS
        return self._sent_at[0] - CONTROL_NEAR_MS, until

    def entries(self, state: UrlState, vantage: str) -> list[TimelineEntry]:
        """Return the observations of a vantage whose canary is healthy."""
        found, kind = [], EntryKind.CONTROL
        alive: dict[tuple[int, int], bool] = {}
        for done_at, sent_at, n, observation, asked in self._observations:
            traits = observation.traits
            if not traits & TRAIT_CANARY_OK:
                continue
            lives = alive.get((n, traits))
            if lives is None:
                lives = alive[n, traits] = is_alive(state.fingerprints[n], traits)
            found.append(
                TimelineEntry(done_at, kind, sent_at, vantage, ordered_vantages=asked, alive=lives)
            )
        return found

    def known(self, at: Instant) -> int | None:
        """Return what the newest control saw of slots up to an instant."""
        if self._only is not None:
            return self._only if self._slots[0] <= at else None
        after = bisect_right(self._slots, at)
        return self._newest()[self._slots[after - 1]][1] if after else None

    def _newest(self) -> dict[Instant, tuple[Instant, int]]:
        """Return the newest control of each slot: when it was sent, and what it saw."""
        if self._of_slot is None:
            self._of_slot = {}
            for _, sent_at, n, observation, _ in self._observations:
                held = self._of_slot.get(observation.slot_at)
                if held is None or sent_at > held[0]:
                    self._of_slot[observation.slot_at] = sent_at, n
        return self._of_slot

    def explain(self, at: Instant) -> bool:
        """Return whether there is a control of a slot, or of one soon after it."""
        first = bisect_left(self._slots, at)
        return first < len(self._slots) and self._slots[first] <= at + CONTROL_EXPLAINS_MS

    def until(self, slot_at: Instant, sent_at: Instant) -> Instant:
        """Return until when `near` and `known` say of later probes what they say of one.

        Args:
            slot_at: its slot; later probes are of no earlier one.
            sent_at: when it was sent.
        """
        if not self._observations:
            return _FOREVER
        same = self._near_from <= sent_at <= self._near_until and self._slots[0] <= slot_at
        return self._near_until if same else sent_at - 1

    def near(self, at: Instant) -> int | None:
        """Return what the control nearest in time saw, the earlier of two as near."""
        if self._near_from <= at <= self._near_until:
            return self._only
        sent_at = self._sent_at
        if not sent_at:
            return None
        best = bisect_left(sent_at, at)
        if best == len(sent_at) == 1:
            best = 0
        elif best:
            before = bisect_left(sent_at, sent_at[best - 1])
            if best == len(sent_at) or at - sent_at[before] <= sent_at[best] - at:
                best = before
        return self._observations[best][2] if abs(sent_at[best] - at) <= CONTROL_NEAR_MS else None
