"""Records of custody: month keys, who had what opened, roots, handovers."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from schemas.moments import Instant
from schemas.records.reports import HosterId, Sealed, UrlKey
from schemas.signing import PersonId, PublicKey, Signature, TwoSignatures

Month: TypeAlias = Annotated[str, Meta(pattern="^[0-9]{4}(0[1-9]|1[0-2])$")]
Digest: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
ReasonText: TypeAlias = Annotated[str, Meta(min_length=1, max_length=500)]
Wrapped: TypeAlias = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{80}$")]
"""Base64url of 60 bytes: nonce, data key and tag of AES-256-GCM."""


MasterName: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
"""A keyed hash of a master key."""


class LedgerKey(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="ledger"):
    """`keys.v1`: which key file the ledger was made with; the Kafka key is `ledger`.

    Attributes:
        fingerprint: keyed hash of a fixed text under the ledger's secret; it never changes.
        master: the master key that wraps all month keys.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    fingerprint: Digest
    master: MasterName


class WrappedKeys(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="month"):
    """`keys.v1`: a month's data keys, wrapped by the master key; the newest record holds.

    Attributes:
        month: `yyyymm`, UTC; the Kafka key is the same bytes.
        master: the master key they are wrapped by.
        wrapped: the data keys; the first seals, all open. A month has several where hosts with
            copies of an older release's key file each made one. Empty = destroyed, for good.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    month: Month
    master: MasterName
    wrapped: Annotated[tuple[Wrapped, ...], Meta(max_length=64)]


class SealedKind(StrEnum):
    """What a text is that a legal hold keeps."""

    URL = "url"
    IDS = "ids"
    ADDRESS = "address"
    NAMES = "names"
    ADDRESSES = "addresses"


class HeldText(Struct, frozen=True, kw_only=True, gc=False):
    """A text of a URL under legal hold, sealed under the hold's own key.

    Attributes:
        kept: what it is.
        sealed: bound to where it stood in the ledger.
    """

    kept: SealedKind
    sealed: Sealed


class HeldTexts(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="held"):
    """`keys.v1`: what a legal hold keeps of months that were destroyed; the newest record holds.

    Attributes:
        url_key: of the URL; the Kafka key is `held/` and the same text.
        master: the master key that wraps the hold's own key.
        wrapped: that key. Empty = the hold was revoked, and the key destroyed.
        texts: sealed under it, the oldest first.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    url_key: UrlKey
    master: MasterName
    wrapped: Annotated[str, Meta(pattern="^([A-Za-z0-9_-]{80})?$")]
    texts: tuple[HeldText, ...]


KeyRecord: TypeAlias = LedgerKey | WrappedKeys | HeldTexts


class Extent(Struct, frozen=True, kw_only=True, gc=False):
    """A stretch of one partition: the records from `begin` up to before `end`."""

    topic: Annotated[str, Meta(pattern="^[a-z]+[.]v1$")]
    partition: Annotated[int, Meta(ge=0)]
    begin: Annotated[int, Meta(ge=0)]
    end: Annotated[int, Meta(ge=0)]


Sha256Hex: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
"""SHA-256 in hex."""


class LedgerRoot(Struct, frozen=True, kw_only=True, gc=False):
    """`roots.v1`: the signed Merkle root of what the ledger took in during an hour.

    Hours follow on each other without a gap, those without a record too. Each is a leaf of a second
    tree, the log of hours, so that a later root shows that it has all of an earlier one.

    Attributes:
        hour_at: the hour's beginning; the Kafka key is the same number in decimal.
        ledger: the ledger's id, which every signature covers; empty = it has no persons.
        size: records of the hour.
        root: of the records of `extents`, by topic, partition and offset.
        extents: what it covers, by topic and partition; those without a record are left out.
        log_size: hours up to this one, from the first.
        log_root: root of the log of these hours.
        before: log root of the hour before; empty for the first.
        public_key: of the key it is signed with.
        signatures: one, by that key; `person` is what the key is called, and no person.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    hour_at: Instant
    ledger: Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")]
    size: Annotated[int, Meta(ge=0)]
    root: Sha256Hex
    extents: tuple[Extent, ...]
    log_size: Annotated[int, Meta(ge=1)]
    log_root: Sha256Hex
    before: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
    public_key: PublicKey
    signatures: Annotated[tuple[Signature, ...], Meta(min_length=1, max_length=1)]


class AuditEntry(Struct, frozen=True, kw_only=True, gc=False):
    """`audit.v1`: a person had something opened that is sealed; written before it is opened.

    Attributes:
        person: who; the Kafka key is the same bytes.
        at: when.
        what: a URL of the ledger, a quarantined record, one that was handed in again, or what a
            dossier holds.
        url_key: of what was revealed; None for a quarantined record.
        place: of a quarantined record: `topic/partition/offset` at which it stood in the inbox.
        reason: why, in words; no URL.
        signatures: one, of that person.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    person: PersonId
    at: Instant
    what: Literal["url", "quarantined", "replayed", "dossier"]
    url_key: UrlKey | None = None
    place: Annotated[str, Meta(max_length=80)] = ""
    reason: ReasonText
    signatures: Annotated[tuple[Signature, ...], Meta(min_length=1, max_length=1)]


class Handover(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="handover"):
    """`handovers.v1`: a dossier about a hoster was handed over; its right of reply runs from then.

    Attributes:
        hoster: whom it is about; the Kafka key is the same bytes.
        person: who handed it over.
        at: when.
        recipient: to whom, in words; no URL.
        digest: keyed digest of the dossier's file.
        cases: how many it holds.
        from_at, to_at: the period that it is about.
        signatures: one, of that person.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    hoster: HosterId
    person: PersonId
    at: Instant
    recipient: Annotated[str, Meta(min_length=1, max_length=200)]
    digest: Digest
    cases: Annotated[int, Meta(ge=0)]
    from_at: Instant
    to_at: Instant
    signatures: Annotated[tuple[Signature, ...], Meta(min_length=1, max_length=1)]


class Override(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="override"):
    """`handovers.v1`: two persons let a report name a hoster whose right of reply still runs.

    Attributes:
        hoster: whom it is about; the Kafka key is the same bytes.
        from_at, to_at: the period of the report.
        at: when it was proposed.
        reason: why, in words; no URL. `report --override` names it again.
        signatures: of two persons.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    hoster: HosterId
    from_at: Instant
    to_at: Instant
    at: Instant
    reason: ReasonText
    signatures: TwoSignatures


HandoverRecord: TypeAlias = Handover | Override
