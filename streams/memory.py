"""What intake remembers of one partition: the ids it accepted, packed.

An id takes some 160 bytes: 16 for its keyed hash, 16 for the digest, 8 for the offset, the rest is
Python's.
"""

from typing import Final

from schemas.flow import Origin, OutcomeRecord
from schemas.moments import DAY_MS
from schemas.reasons import Quarantine, Result
from streams.intake import Known

RECORDS_MAX: Final = 500_000
"""Ids remembered per partition; 12 partitions then hold 6 million in some 1 GB.

Beyond that the id learned first is forgotten. Sent again, it is accepted again, and lifecycle,
whose identity of a record is (hotline, id), counts it once all the same.
"""

DAYS: Final = 2
"""Of each hotline its newest day is counted and the one before: an inbox is read in order."""

COUNTED_MAX: Final = 500_000
"""URLs counted per hotline and day in a partition, 150 bytes each; beyond it a new one is not."""

REFUSED_MAX: Final = 16_384
"""Places of refused records that are remembered: those in hand, two lists of 4,000, may come again,
and have to be refused again."""

_ACCEPTED: Final = Result.ACCEPTED  # looked up anew an enum's member costs 0.1 us


class OldLedger(Exception):
    """The ledger was written by an earlier release, and its ids are not those of this one."""


class Seen:
    """The accepted ids of one partition; learned from outcomes, in any order, any number of times.

    Args:
        records_max: how many are kept.
    """

    def __init__(self, records_max: int = RECORDS_MAX) -> None:
        """Start empty."""
        self._records_max = records_max
        self._known: dict[bytes, bytes] = {}
        self._counts: dict[str, dict[int, dict[bytes, int]]] = {}
        self._refused: dict[tuple[str, int], None] = {}

    def __len__(self) -> int:
        """Return how many ids are remembered."""
        return len(self._known)

    def known(self, record_id: str) -> Known | None:
        """Return what was accepted under this name of a record, None if nothing was."""
        packed = self._known.get(bytes.fromhex(record_id))
        if packed is None:
            return None
        return Known(digest=packed[8:].hex(), offset=int.from_bytes(packed[:8], "big"))

    def learn(self, outcome: OutcomeRecord) -> None:
        """Remember an accepted record; of several under one id that of the lowest offset.

        Raises:
            OldLedger: it is of version 1, whose ids and digests are not keyed.
        """
        if outcome.v == 1:
            raise OldLedger
        if outcome.result is not _ACCEPTED:
            if outcome.reason is Quarantine.TOO_MANY:
                self._refuse(outcome.origin)
            return
        name = bytes.fromhex(outcome.record_id)
        packed = outcome.origin.offset.to_bytes(8, "big") + bytes.fromhex(outcome.digest)
        held = self._known.get(name)
        if held is None:
            self._known[name] = packed
            self._count(outcome)
            if len(self._known) > self._records_max:
                del self._known[next(iter(self._known))]
        elif packed < held:
            self._known[name] = packed

    def accepted_on_day(self, outcome: OutcomeRecord) -> int:
        """Return how many of the kind, URL, hotline and day of an outcome were accepted."""
        days = self._counts.get(outcome.hotline)
        counts = None if days is None else days.get(outcome.origin.appended_at // DAY_MS)
        return 0 if counts is None else counts.get(_kind(outcome), 0)

    def is_refused(self, origin: Origin) -> bool:
        """Return whether a record that stood there was one too many, when it came first."""
        return bool(self._refused) and (origin.topic, origin.offset) in self._refused

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
        kind = _kind(outcome)
        number = counts.get(kind, 0)
        if number or len(counts) < COUNTED_MAX:
            counts[kind] = number + 1

    def _refuse(self, origin: Origin) -> None:
        self._refused[origin.topic, origin.offset] = None
        if len(self._refused) > REFUSED_MAX:
            del self._refused[next(iter(self._refused))]


def _kind(outcome: OutcomeRecord) -> bytes:
    return outcome.type.encode() + bytes.fromhex(outcome.url_key or "")
