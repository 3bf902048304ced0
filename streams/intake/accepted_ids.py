"""What intake remembers of one partition: the ids it accepted, packed, and how many of what.

An id takes some 160 bytes: 16 for its keyed hash, 16 for the digest, 8 for the offset, the rest is
Python's.
"""

from collections.abc import Callable, Iterable
from typing import Final

from schemas.closed_lists import Quarantine, Result
from schemas.moments import DAY_MS
from schemas.records.processing import Origin, OutcomeRecord
from streams.intake.judgement import AcceptedBefore

RECORDS_MAX: Final = 500_000
"""Ids remembered per partition where there is no disk for the others; 12 partitions then hold 6
million in some 1 GB.

Beyond that the id learned first is forgotten. Sent again, it is accepted again, and lifecycle,
whose identity of a record is (hotline, id), counts it once all the same.
"""

LookupOnDisk = Callable[[bytes], bytes | None]
"""Gives what is known on disk of an id, by the 16 bytes of its hash."""

DAYS: Final = 2
"""Of each hotline its newest day is counted and the one before: an inbox is read in order."""

COUNTED_MAX: Final = 500_000
"""URLs counted per hotline and day in a partition, 150 bytes each; beyond it a new one is not."""

QUARANTINED_MAX: Final = 16_384
"""Places of quarantined records that are remembered: those in hand, two lists of 4,000, may come
again, and have to be quarantined again."""

_ACCEPTED: Final = Result.ACCEPTED  # looked up anew an enum's member costs 0.1 us


class OldLedger(Exception):
    """The ledger was written by an earlier release, and its ids are not those of this one."""


class AcceptedIdIndex:
    """The accepted ids of one partition; learned from outcomes, in any order, any number of times.

    Args:
        records_max: how many are kept in memory.
        lookup_on_disk: knows those that were taken out of it, and more; None = nobody does.
    """

    def __init__(
        self, records_max: int = RECORDS_MAX, lookup_on_disk: LookupOnDisk | None = None
    ) -> None:
        """Start empty."""
        self._records_max = records_max
        self._lookup_on_disk = lookup_on_disk
        self._missed: tuple[str, bytes] = "", b""
        self._asked: tuple[OutcomeRecord, bytes] | None = None
        self._new: dict[bytes, tuple[bytes, int]] = {}
        self._recounted: set[tuple[str, int, bytes]] = set()
        self._known: dict[bytes, bytes] = {}
        self._counts: dict[str, dict[int, dict[bytes, int]]] = {}
        self._quarantined: dict[tuple[str, int], None] = {}

    def __len__(self) -> int:
        """Return how many ids are remembered in memory."""
        return len(self._known)

    def known(self, record_id: str) -> AcceptedBefore | None:
        """Return what was accepted under this name of a record, None if nothing was."""
        name = bytes.fromhex(record_id)
        packed = self._held(name)
        if packed is None:
            self._missed = record_id, name
            return None
        return AcceptedBefore(digest=packed[8:].hex(), offset=int.from_bytes(packed[:8], "big"))

    def learn(self, outcome: OutcomeRecord) -> None:
        """Remember an accepted record; of several under one id that of the lowest offset.

        Raises:
            OldLedger: it is of version 1, whose ids and digests are not keyed.
        """
        if outcome.v == 1:
            raise OldLedger
        if outcome.result is not _ACCEPTED:
            if outcome.reason is Quarantine.TOO_MANY:
                self._quarantine(outcome.origin)
            return
        packed = outcome.origin.offset.to_bytes(8, "big") + bytes.fromhex(outcome.digest)
        missed_id, name = self._missed
        if missed_id == outcome.record_id:  # whoever judged it has just asked, on disk too
            held = self._known.get(name)
        else:
            name = bytes.fromhex(outcome.record_id)
            held = self._held(name)
        if held is None:
            self._count(outcome)
        elif packed >= held:
            return
        self._known[name] = packed
        self._missed = "", b""
        if self._lookup_on_disk is not None:
            self._new[name] = packed, outcome.origin.appended_at // DAY_MS
        if len(self._known) > self._records_max:
            self._bound()

    def _held(self, name: bytes) -> bytes | None:
        packed = self._known.get(name)
        if packed is None and self._lookup_on_disk is not None:
            packed = self._lookup_on_disk(name)
        return packed

    def _bound(self) -> None:
        """Forget the ids learned first; with a disk behind them, only those that stand there."""
        while len(self._known) > self._records_max:
            oldest = next(iter(self._known))
            if oldest in self._new:
                return
            del self._known[oldest]

    @property
    def new(self) -> int:
        """Return how many ids stand in memory alone."""
        return len(self._new)

    def taken(self) -> tuple[list[tuple[bytes, bytes, int]], list[tuple[str, int, bytes, int]]]:
        """Return what is new since the last time, for the disk.

        Returns:
            Ids with what is known of them and their day; hotline, day, kind and number of counts.
        """
        ids = [(name, packed, day) for name, (packed, day) in self._new.items()]
        counts = [
            (hotline, day, kind, number)
            for hotline, day, kind in self._recounted
            if (number := self._counts.get(hotline, {}).get(day, {}).get(kind))
        ]
        self._new, self._recounted = {}, set()
        self._bound()
        return ids, counts

    def recount(self, counts: Iterable[tuple[str, int, bytes, int]]) -> None:
        """Take up what was counted before."""
        for hotline, day, kind, number in counts:
            self._counts.setdefault(hotline, {}).setdefault(day, {})[kind] = number

    def accepted_on_day(self, outcome: OutcomeRecord) -> int:
        """Return how many of the kind, URL, hotline and day of an outcome were accepted."""
        days = self._counts.get(outcome.hotline)
        counts = None if days is None else days.get(outcome.origin.appended_at // DAY_MS)
        kind = _kind(outcome)
        self._asked = outcome, kind
        return counts.get(kind, 0) if counts else 0

    def is_quarantined(self, origin: Origin) -> bool:
        """Return whether a record that stood there was one too many, when it came first."""
        return bool(self._quarantined) and (origin.topic, origin.offset) in self._quarantined

    def _count(self, outcome: OutcomeRecord) -> None:
        days = self._counts.setdefault(outcome.hotline, {})
        day = outcome.origin.appended_at // DAY_MS
        counts = days.get(day)
        if counts is None:
            if days and day <= max(days) - DAYS:
                return
            counts = days[day] = {}
            for old in [known for known in days if known <= max(days) - DAYS]:
                del days[old]
        asked = self._asked  # by whoever judged it, just before
        kind = asked[1] if asked is not None and asked[0] is outcome else _kind(outcome)
        number = counts.get(kind, 0)
        if number or len(counts) < COUNTED_MAX:
            counts[kind] = number + 1
            if self._lookup_on_disk is not None:
                self._recounted.add((outcome.hotline, day, kind))

    def _quarantine(self, origin: Origin) -> None:
        self._quarantined[origin.topic, origin.offset] = None
        if len(self._quarantined) > QUARANTINED_MAX:
            del self._quarantined[next(iter(self._quarantined))]


def _kind(outcome: OutcomeRecord) -> bytes:
    return outcome.type.encode() + bytes.fromhex(outcome.url_key or "")
