"""The probes of one vantage at one control, and which of them explains a probe of the URL."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import itemgetter
from typing import Final

from schemas.moments import MINUTE_MS, Instant
from schemas.records.case import TRAIT_CANARY_OK, UrlState
from streams.lifecycle.evidence.item import Item, Kind
from streams.lifecycle.evidence.probe_reading import is_alive
from streams.verdicts.backing import CONTROL_NEAR_MS, Seen

CHECKED_NEAR_MS: Final = 35 * MINUTE_MS
"""A control of a slot so long after an observation's explains it: those of a doubt bring them."""

_BY_SENT = itemgetter(1, 2, 0)


class Beside:
    """The observations of one vantage at one control, by the time they were sent.

    Args:
        looks: in any order.
    """

    def __init__(self, looks: Sequence[Seen]) -> None:
        """Sort them by when they were sent, and find the newest of each slot."""
        self._looks = sorted(looks, key=_BY_SENT)
        self._sent_at = [look[1] for look in self._looks]
        self._of_slot: dict[Instant, tuple[Instant, int]] = {}
        for _, sent_at, n, look, _ in self._looks:
            held = self._of_slot.get(look.slot_at)
            if held is None or sent_at > held[0]:
                self._of_slot[look.slot_at] = sent_at, n
        self._slots = sorted(self._of_slot)

    def items(self, state: UrlState, vantage: str) -> list[Item]:
        """Return the observations of a vantage whose canary is healthy."""
        return [
            Item(
                done_at,
                Kind.CONTROL,
                sent_at,
                vantage,
                asked=asked,
                alive=is_alive(state.fingerprints[n], t),
            )
            for done_at, sent_at, n, look, asked in self._looks
            if (t := look.traits) & TRAIT_CANARY_OK
        ]

    def known(self, at: Instant) -> int | None:
        """Return what the newest control saw of slots up to an instant."""
        after = bisect_right(self._slots, at)
        return self._of_slot[self._slots[after - 1]][1] if after else None

    def explain(self, at: Instant) -> bool:
        """Return whether there is a control of a slot, or of one soon after it."""
        first = bisect_left(self._slots, at)
        return first < len(self._slots) and self._slots[first] <= at + CHECKED_NEAR_MS

    def near(self, at: Instant) -> int | None:
        """Return what the control nearest in time saw, the earlier of two as near."""
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
        return self._looks[best][2] if abs(sent_at[best] - at) <= CONTROL_NEAR_MS else None
