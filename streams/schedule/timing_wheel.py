"""When each URL is due for probes again, and up to which slot its cases were ordered.

It holds an entry for every open case, so entries are bytes: what is due soon lies in a heap, all
the rest in buckets of time that need no order.
"""

import heapq
from collections.abc import Callable
from typing import Final

from schemas.moments import MINUTE_MS, Instant

BUCKET_MS: Final = 5 * MINUTE_MS
"""Some 100,000 buckets to a year; with a million cases a thousand lie in the heap."""

_NEVER: Final = 0
_WHEN: Final = 6
_ID: Final = 4
"""Bytes of a case id that are kept: two of a URL's few cases are alike once in 4 x 10^9."""

_CASE: Final = _ID + _WHEN
"""Beginning of the raw case id, and instant of 48 bits, which last for 8,900 years."""


class Wheel:
    """A timing wheel of URLs.

    An entry is the instant a URL is due again (0 = it is not). Then come the beginning of the
    case id and an instant for each of its cases that was ordered. Hidden re-checks are noted under
    an id of their own, see `hidden_rechecks.noted_as`.

    Attributes:
        intern: returns the object that stands for a URL's key elsewhere in this process, or what it
            is given: a case costs one object less.
    """

    def __init__(self) -> None:
        """Hold nothing."""
        self.intern: Callable[[bytes], bytes] = bytes
        self._entries: dict[bytes, bytes] = {}
        self._soon: list[tuple[Instant, bytes]] = []
        self._buckets: dict[int, list[bytes]] = {}
        self._order: list[int] = []
        self._last: tuple[str, bytes] = "", b""

    def schedule(self, url_key: str, at: Instant) -> None:
        """Put a URL on the wheel, in place of where it stood."""
        raw = self._kept(url_key)
        self._entries[raw] = _packed(at) + self._entries.get(raw, b"")[_WHEN:]
        number = at // BUCKET_MS
        bucket = self._buckets.get(number)
        if bucket is None:
            bucket = self._buckets[number] = []
            heapq.heappush(self._order, number)
        bucket.append(raw)

    def is_scheduled(self, url_key: str) -> bool:
        """Return whether a URL is on the wheel."""
        return self._due_at(bytes.fromhex(url_key)) != _NEVER

    def next_due(self, now: Instant) -> str | None:
        """Take the next URL that is due off the wheel; None = none is."""
        self._turn_to(now)
        while self._soon and self._soon[0][0] <= now:
            at, raw = heapq.heappop(self._soon)
            if self._due_at(raw) == at:
                self._set(raw, _UNSCHEDULED + self._entries[raw][_WHEN:])
                return raw.hex()
        return None

    def earliest(self) -> Instant | None:
        """Return an instant before which no URL is due; None = none is scheduled."""
        soon = [at for at, _ in self._soon[:1]]
        return min(soon + [number * BUCKET_MS for number in self._order[:1]], default=None)

    def ordered_until(self, url_key: str, case_id: str) -> Instant | None:
        """Return the slot up to which a case was ordered; None = it was not."""
        entry = self._entries.get(bytes.fromhex(url_key))
        at = None if entry is None else _place(entry, _id(case_id))
        return None if entry is None or at is None else _instant(entry, at + _ID)

    def order(self, url_key: str, case_id: str, until: Instant) -> None:
        """Note that a case was ordered up to a slot."""
        raw, case = self._kept(url_key), _id(case_id)
        others = self._entries.get(raw, _UNSCHEDULED)
        at = _place(others, case)
        if at is not None:
            others = others[:at] + others[at + _CASE :]
        self._entries[raw] = others + case + _packed(until)

    def forget(self, url_key: str, case_id: str) -> None:
        """Forget what was ordered of a case: nothing will be."""
        raw = bytes.fromhex(url_key)
        entry = self._entries.get(raw, b"")
        at = _place(entry, _id(case_id))
        if at is not None:
            self._set(raw, entry[:at] + entry[at + _CASE :])

    def _kept(self, url_key: str) -> bytes:
        """Return the object that stands for a URL; its cases are ordered and scheduled in a row."""
        if self._last[0] != url_key:
            self._last = url_key, self.intern(bytes.fromhex(url_key))
        return self._last[1]

    def _turn_to(self, now: Instant) -> None:
        """Bring the buckets that have begun into order."""
        while self._order and self._order[0] * BUCKET_MS <= now:
            number = heapq.heappop(self._order)
            for raw in self._buckets.pop(number):
                at = self._due_at(raw)
                if at // BUCKET_MS == number:  # else it was scheduled anew, or has been
                    heapq.heappush(self._soon, (at, raw))

    def _due_at(self, raw: bytes) -> Instant:
        entry = self._entries.get(raw)
        return _NEVER if entry is None else _instant(entry, 0)

    def _set(self, raw: bytes, entry: bytes) -> None:
        if entry == _UNSCHEDULED:
            del self._entries[raw]
        else:
            self._entries[raw] = entry


def _id(case_id: str) -> bytes:
    return bytes.fromhex(case_id)[:_ID]


def _packed(at: Instant) -> bytes:
    return at.to_bytes(_WHEN, "big")


def _instant(entry: bytes, at: int) -> Instant:
    return int.from_bytes(entry[at : at + _WHEN], "big")


def _place(entry: bytes, case: bytes) -> int | None:
    for at in range(_WHEN, len(entry), _CASE):
        if entry.startswith(case, at):
            return at
    return None


_UNSCHEDULED: Final = _packed(_NEVER)
"""An entry of a URL that is not scheduled and has no order."""
