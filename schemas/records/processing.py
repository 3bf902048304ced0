"""Outcomes, quarantined records, probe orders and clock readings."""

from typing import Annotated, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from schemas.closed_lists import Guess, Quarantine, Result, Role, Target
from schemas.moments import Instant
from schemas.records.reports import HosterId, HotlineId, Sealed, UrlKey, VantageId


class Origin(Struct, frozen=True, kw_only=True, gc=False):
    """Where and when an intake record was received: the identity of its outcome.

    A batch that cannot be read is one origin of all its records, and counts as that many.

    Attributes:
        offset: of the record, or of the batch's first.
        last_offset: of the batch's last record; absent = there is one record.
    """

    topic: str
    partition: int
    offset: int
    appended_at: Instant
    last_offset: int | UnsetType = UNSET

    @property
    def last(self) -> int:
        """Return the last offset."""
        return self.offset if self.last_offset is UNSET else self.last_offset

    @property
    def records(self) -> int:
        """Return how many records it is the origin of."""
        return self.last - self.offset + 1


class OutcomeRecord(Struct, frozen=True, kw_only=True, gc=False):
    """`outcomes.v1`: what became of one intake record; readers keep one per origin.

    Attributes:
        record_id: keyed hash of the hotline and the Kafka key that the record came with, which is
            the record's id unless it was quarantined for that; the Kafka key is the same bytes. The
            outcome lies in the partition that its record lay in. In clear in version 1.
        digest: keyed hash of the SHA-256 of the record's canonical content; equal = duplicate. Not
            keyed in version 1.
        url_key: None unless accepted or duplicate.
        reason: None unless quarantined.
        doubt: what was guessed of the record; absent = nothing. It changes no result or figure.
    """

    v: Annotated[int, Meta(ge=1, le=2)] = 2
    hotline: HotlineId
    record_id: Annotated[str, Meta(max_length=144)]
    origin: Origin
    result: Result
    reason: Quarantine | None = None
    digest: str = ""
    url_key: UrlKey | None = None
    type: str = ""
    doubt: Guess | UnsetType = UNSET


KEY_BYTES_MAX = 256
"""Kept of a Kafka key; an id is at most 128."""

SealedRecord: TypeAlias = Annotated[str, Meta(max_length=22_016)]
"""A sealed record of at most RECORD_BYTES_MAX bytes; a longer one is kept up to there."""


class Quarantined(Struct, frozen=True, kw_only=True, gc=False):
    """`quarantine.v1`: what could not be taken, with reason, origin and the record, sealed.

    Attributes:
        record: what was sent, sealed; empty of a batch that cannot be read.
        key: the Kafka key it was sent with, sealed, cut at KEY_BYTES_MAX; not in version 1.
        digest: of such a batch: keyed hash of its bytes, so that the hotline can tell which it was.
    """

    v: Annotated[int, Meta(ge=1, le=2)] = 2
    hotline: HotlineId
    origin: Origin
    reason: Quarantine
    record: SealedRecord
    key: Sealed = ""
    digest: Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")] = ""


class ClockReading(Struct, frozen=True, kw_only=True, gc=False):
    """`clock.v1`: written to be appended; what counts is the append time the broker answers with.

    Attributes:
        process: of its writer, made up at its start unless `kafka.instance` names it.
        shown_at: what the writer's machine showed, in wall time.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    process: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
    shown_at: Instant


class ProbeOrder(Struct, frozen=True, kw_only=True, gc=False):
    """`probes.<vantage>.v1`: probe this, from there, inside this window.

    Attributes:
        order_id: derived from (case, slot, vantage, target).
        slot_at: the planned time.
        not_before, not_after: the window; after it the slot is missed, by evaluation.
        asked: all vantages that are asked for this slot.
        sealed: the URL, sealed.
        address: the case's last known address, sealed; asked too when DNS no longer names it.
        salt: makes the made-up path of the control; the same for all vantages of a slot.
        sampled: it comes before the orders that are not where politeness leaves no room for all.
        bracket: its slot lies right before or after a norm; of the sampled it comes first.
        cross_check: a GET of one byte follows the HEAD, so that a server that answers the two
            differently is found out.
    """

    v: Annotated[int, Meta(ge=1, le=2)] = 2
    order_id: str
    url_key: UrlKey
    case_id: str
    hoster: HosterId
    role: Role = Role.HOSTING
    vantage: VantageId
    target: Target
    slot_at: Instant
    not_before: Instant
    not_after: Instant
    asked: tuple[VantageId, ...]
    sealed: Sealed
    address: Sealed = ""
    salt: str = ""
    sampled: bool = True
    bracket: bool = False
    cross_check: bool = False
