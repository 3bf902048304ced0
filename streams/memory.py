"""What intake remembers of one partition: the ids it accepted, packed.

An id takes some 160 bytes: 16 for its keyed hash, 16 for the digest, 8 for the offset, the rest is
Python's.
"""

from typing import Final

from schemas.flow import OutcomeRecord
from schemas.reasons import Result
from streams.intake import Known

RECORDS_MAX: Final = 500_000
"""Ids remembered per partition; 12 partitions then hold 6 million in some 1 GB.

Beyond that the id learned first is forgotten. Sent again, it is accepted again, and lifecycle,
whose identity of a record is (hotline, id), counts it once all the same.
"""

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
            return
        name = bytes.fromhex(outcome.record_id)
        packed = outcome.origin.offset.to_bytes(8, "big") + bytes.fromhex(outcome.digest)
        held = self._known.get(name)
        if held is None:
            self._known[name] = packed
            if len(self._known) > self._records_max:
                del self._known[next(iter(self._known))]
        elif packed < held:
            self._known[name] = packed
