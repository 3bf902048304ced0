"""Records of custody: month keys, who had what opened, and two reserved kinds."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from schemas.moments import Instant
from schemas.records.ledger import HosterId, Sealed, UrlKey
from schemas.signing import Signature

PersonId: TypeAlias = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
Month: TypeAlias = Annotated[str, Meta(pattern="^[0-9]{4}(0[1-9]|1[0-2])$")]
Digest: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Reason: TypeAlias = Annotated[str, Meta(min_length=1, max_length=500)]
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


class Kept(StrEnum):
    """What a text is that a legal hold keeps."""

    URL = "url"
    IDS = "ids"
    ADDRESS = "address"
    NAMES = "names"


class HeldText(Struct, frozen=True, kw_only=True, gc=False):
    """A text of a URL under legal hold, sealed under the hold's own key.

    Attributes:
        kept: what it is.
        sealed: bound to where it stood in the ledger.
    """

    kept: Kept
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
    """A stretch of one partition: the records below `end` that the root before had not."""

    topic: Annotated[str, Meta(pattern="^[a-z]+[.]v1$")]
    partition: Annotated[int, Meta(ge=0)]
    end: Annotated[int, Meta(ge=0)]


class LedgerRoot(Struct, frozen=True, kw_only=True, gc=False):
    """`roots.v1`, reserved: the signed Merkle root of what the ledger took in during an hour.

    Attributes:
        hour_at: the hour's beginning; the Kafka key is the same number in decimal.
        before: root of the hour before, 64 hex characters; empty for the first.
        root: of the records of `extents`, 64 hex characters.
        extents: what it covers, by topic and partition.
        signer: name of the key it is signed with.
        signature: Ed25519, 128 hex characters.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    hour_at: Instant
    before: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""
    root: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    extents: tuple[Extent, ...]
    signer: PersonId
    signature: Annotated[str, Meta(pattern="^[0-9a-f]{128}$")]


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
    reason: Reason
    signatures: Annotated[tuple[Signature, ...], Meta(min_length=1, max_length=1)]


class Handover(Struct, frozen=True, kw_only=True, gc=False):
    """`handovers.v1`, reserved: a dossier about a hoster was handed over.

    Attributes:
        hoster: whom it is about; the Kafka key is the same bytes.
        person: who handed it over.
        at: when.
        recipient: to whom, in words; no URL.
        digest: keyed digest of the dossier.
        cases: how many it holds.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    hoster: HosterId
    person: PersonId
    at: Instant
    recipient: Annotated[str, Meta(min_length=1, max_length=200)]
    digest: Digest
    cases: Annotated[int, Meta(ge=0)]
