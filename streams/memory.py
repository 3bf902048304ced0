"""What intake remembers of one partition: the ids it accepted, packed.

An id takes some 160 bytes: 16 for a hash of (hotline, id), 16 for the digest, 8 for the offset,
the rest is Python's.
"""

import hashlib
from typing import Final

from schemas.flow import OutcomeRecord
from schemas.ledger import HotlineId
from schemas.reasons import Result
from streams.intake import Known

RECORDS_MAX: Final = 500_000
"""Ids remembered per partition; 12 partitions then hold 6 million in some 1 GB.

Beyond that the id learned first is forgotten. Sent again, it is accepted again, and lifecycle,
whose identity of a record is (hotline, id), counts it once all the same.
"""

_ACCEPTED: Final = Result.ACCEPTED  # looked up anew an enum's member costs 0.1 us


class Seen:
    """The accepted ids of one partition; learned from outcomes, in any order, any number of times.

    Args:
        records_max: how many are kept.
    """

    def __init__(self, records_max: int = RECORDS_MAX) -> None:
        """Start empty."""
        self._records_max = records_max
        self._known: dict[bytes, bytes] = {}
        self._asked = ("", "", b"")  # what is learned was mostly just asked for

    def __len__(self) -> int:
        """Return how many ids are remembered."""
        return len(self._known)

    def known(self, hotline: HotlineId, record_id: str) -> Known | None:
        """Return what was accepted under this id, None if nothing was."""
        packed = self._known.get(self._name(hotline, record_id))
        if packed is None:
            return None
        return Known(digest=packed[8:].hex(), offset=int.from_bytes(packed[:8], "big"))

    def learn(self, outcome: OutcomeRecord) -> None:
        """Remember an accepted record; of several under one id that of the lowest offset."""
        if outcome.result is not _ACCEPTED:
            return
        name = self._name(outcome.hotline, outcome.record_id)
        packed = outcome.origin.offset.to_bytes(8, "big") + bytes.fromhex(outcome.digest)
        held = self._known.get(name)
        if held is None:
            self._known[name] = packed
            if len(self._known) > self._records_max:
                del self._known[next(iter(self._known))]
        elif packed < held:
            self._known[name] = packed

    def _name(self, hotline: HotlineId, record_id: str) -> bytes:
        asked_hotline, asked_id, name = self._asked
        if asked_id != record_id or asked_hotline != hotline:
            text = f"{hotline}\x00{record_id}".encode()
            name = hashlib.blake2b(text, digest_size=16).digest()
            self._asked = (hotline, record_id, name)
        return name
