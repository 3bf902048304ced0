"""What intake wrote about a record of a hotline, as the accounts read it.

Only the fields that are counted are read; see ARCHITECTURE.md, What always holds.
"""

from typing import Annotated, Final, NamedTuple

import msgspec

from schemas.closed_lists import Quarantine, Result
from schemas.moments import Instant

OutcomeKey = tuple[str, str, Result, Quarantine | None]
"""Hotline, record type, result, reason."""

_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")]
_Key = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
_Type = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{0,40}\Z")]
_Inbox = Annotated[str, msgspec.Meta(pattern=r"^(hotline\.[a-z0-9][a-z0-9-]{0,39}|answers)\.v1\Z")]
"""Forms of what is shown: a foreign record may hold anything in these fields."""


class Origin(msgspec.Struct, frozen=True):
    """Where a record stands: in a hotline's inbox, or among the answers of hosters."""

    topic: _Inbox
    partition: int
    offset: int
    last_offset: int | None = None  # of a batch that could not be read: of its last record

    def offsets(self) -> range:
        """Return the record's offset, or those of a batch that could not be read."""
        return range(
            self.offset, (self.offset if self.last_offset is None else self.last_offset) + 1
        )


class Outcome(msgspec.Struct, frozen=True):
    """What became of a record: one of `outcomes.v1`."""

    hotline: _Id
    record_id: str
    origin: Origin
    result: Result
    reason: Quarantine | None = None
    digest: str = ""
    url_key: _Key | None = None
    type: _Type = ""


class Entry(msgspec.Struct, frozen=True):
    """What was written of an accepted record: one of `reports.v1`."""

    type: _Type
    url_key: _Key
    hotline: _Id
    record_id: str
    received_at: Instant


class Quarantined(msgspec.Struct, frozen=True):
    """What was written of a quarantined record: one of `quarantine.v1`."""

    origin: Origin


class LogPlace(NamedTuple):
    """Where a record stands, or the first one of a batch."""

    inbox: str
    partition: int
    offset: int


class InboxPartition(NamedTuple):
    """One partition of an inbox.

    Attributes:
        begin, committed, end: first offset kept, first one not yet settled, first one not there.
        records: offsets of records between begin and committed, where some lack an outcome.
        closed: its records may not be read, so only their offsets are known.
    """

    begin: int
    committed: int
    end: int
    records: frozenset[int] = frozenset()
    closed: bool = False

    @property
    def waiting(self) -> int:
        """How many offsets are not settled: what follows from them may be written in part."""
        return self.end - self.committed


OUTCOME: Final = msgspec.json.Decoder(Outcome)
ENTRY: Final = msgspec.json.Decoder(Entry)
QUARANTINED: Final = msgspec.json.Decoder(Quarantined)
