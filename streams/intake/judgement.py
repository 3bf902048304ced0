"""What becomes of a record that a hotline sent: accepted, duplicate or quarantined.

Judging is a pure function of the record, where it stood, the registry as it held when it was
appended, and what was accepted before. The same record from the same origin therefore gets the
same outcome every time it is delivered, and its ledger entry is made again: its reader drops the
second by (hotline, record id).

The rules, in this order; the first that fails names the reason:

1. decodable, at most RECORD_BYTES_MAX (`schemas.codec`); a URL's length is rule 4's
2. the Kafka key is the record's id and lies in the partition that the id hashes to
3. the topic's hotline is in the registry, and had not ended when the record was appended
4. an http(s) URL with a host, at most URL_BYTES_MAX bytes
5. no time before 1970 (malformed) or more than 5 min after it was appended (docs/measurement.md,
   Clocks)
6. the id was not accepted before with other content
7. no more of its kind were accepted of its URL from its hotline on its day of append than a
   partition's share of `OF_URL_AND_DAY_MAX`: rounded down, one at least, so 5 in each of 12 and 60
   in all. Records of one URL lie in all partitions of an inbox, by their ids, and partitions have
   different owners; a share needs no other partition
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, Protocol, get_args

import msgspec

from schemas.closed_lists import Quarantine, Result
from schemas.codec import Rejected, decode_hotline
from schemas.identity.ids import keyed_digest, keyed_record_id, partition_of
from schemas.records.hotline import RECORD_BYTES_MAX, HotlineRecord
from schemas.records.processing import KEY_BYTES_MAX, Origin, OutcomeRecord, Quarantined
from schemas.records.registry import HotlineEntry
from schemas.records.reports import HotlineId, ReportsEntry, UrlKey
from schemas.seal_context import quarantined_key, quarantined_record
from streams.intake.admission import Admissible, admissible
from streams.intake.content import digest_of, times_of
from streams.intake.entries import EntryContext, HotlineContext, KeyOperations, context_of, entry_of
from streams.registry.snapshot import Snapshot

OF_URL_AND_DAY_MAX: Final = 64
"""Records of a kind of one URL, hotline and day: a probe every 23 min, and all else comes
seldom."""

_ACCEPTED: Final = Result.ACCEPTED  # looked up anew an enum's member costs 0.1 us

_TYPE_NAMES: Final = {kind: kind.__name__.lower() for kind in get_args(HotlineRecord)}


class Inbound(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record of an inbox as it stood on the broker.

    Attributes:
        hotline: whose topic it stood in.
        origin: where; `appended_at` is the time it was received.
        key, value: raw bytes.
        home: the partition its key hashes to, where that was found for many keys at once.
    """

    hotline: HotlineId
    origin: Origin
    key: bytes
    value: bytes
    home: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedBefore:
    """What was accepted under an id before: the content's digest, and the offset it stood at."""

    digest: str
    offset: int


class AcceptedIds(Protocol):
    """Remembers what was accepted in one partition of the inboxes."""

    def known(self, record_id: str) -> AcceptedBefore | None:
        """Return what was accepted under this name of a record, None if nothing was."""
        ...

    def accepted_on_day(self, outcome: OutcomeRecord) -> int:
        """Return how many of the kind, URL, hotline and day of an outcome were accepted."""
        ...

    def is_quarantined(self, origin: Origin) -> bool:
        """Return whether the record of that position was over a limit at its first delivery."""
        ...


class RecordIdentity(NamedTuple):
    """What tells an admissible record from others.

    Attributes:
        record_id: keyed hash of its hotline and id.
        url_key: of its URL.
        digest: of its content, keyed.
        type_name: its type.
    """

    record_id: str
    url_key: UrlKey
    digest: str
    type_name: str


class Judgement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What follows from one record.

    Attributes:
        outcome: always one.
        entry: for the ledger; only of an accepted record.
        quarantined: the record itself, sealed; only of a quarantined one.
    """

    outcome: OutcomeRecord
    entry: ReportsEntry | None = None
    quarantined: Quarantined | None = None


@dataclass(slots=True, kw_only=True)
class RecordAdmission:
    """Decides of each record of an inbox: accepted, duplicate or quarantined.

    Attributes:
        keys: hashes and seals.
        partitions: of every topic keyed by record id.
    """

    keys: KeyOperations
    partitions: int
    _last: tuple[HotlineEntry, Snapshot, HotlineContext] | None = field(
        default=None, init=False, repr=False
    )
    _share: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out a partition's share of the bound on records of a URL and day."""
        self._share = max(1, OF_URL_AND_DAY_MAX // self.partitions)

    def judge(self, inbound: Inbound, snapshot: Snapshot, accepted: AcceptedIds) -> Judgement:
        """Return what becomes of a record.

        Args:
            inbound: the record.
            snapshot: the registry as it held at `inbound.origin.appended_at`.
            accepted: what was accepted before in this partition.
        """
        type_name = ""
        try:
            record = decode_hotline(inbound.value)
            type_name = _TYPE_NAMES[type(record)]
            times = times_of(record)
            hotline, (url, stated) = self._admit(inbound, record, times, snapshot)
        except Rejected as rejected:
            return self.quarantined(inbound, rejected.reason, type_name)
        hash, key = self.keys.hash, self.keys.url_key(url)
        name = keyed_record_id(hash, inbound.hotline, record.id)
        said = RecordIdentity(name, key, keyed_digest(hash, digest_of(record, times)), type_name)
        found = self.compared(inbound, said, accepted, self._share)
        if found.outcome.result is not _ACCEPTED:
            return found
        entry_context = EntryContext(
            context=self._context(hotline, snapshot),
            record_id=name,
            url_key=key,
            appended_at=inbound.origin.appended_at,
            stated=stated,
            host=url.host,
            literal=url.literal,
            root=url.request == "/",
        )
        return Judgement(outcome=found.outcome, entry=entry_of(record, entry_context))

    def compared(
        self, inbound: Inbound, said: RecordIdentity, accepted: AcceptedIds, accepted_max: int
    ) -> Judgement:
        """Return what becomes of an admissible record, without its entry, by what was accepted.

        Args:
            inbound: the record.
            said: what it is.
            accepted: what was accepted before in this partition.
            accepted_max: records of the kind, URL, hotline and day that are accepted.
        """
        known = accepted.known(said.record_id)
        again = known is not None and known.offset != inbound.origin.offset
        if known and again and known.digest != said.digest:
            return self.quarantined(inbound, Quarantine.CONFLICT, said.type_name, said.digest)
        outcome = OutcomeRecord(
            hotline=inbound.hotline,
            record_id=said.record_id,
            origin=inbound.origin,
            result=Result.DUPLICATE if again else _ACCEPTED,
            digest=said.digest,
            url_key=said.url_key,
            type=said.type_name,
        )
        many = known is None and accepted.accepted_on_day(outcome) >= accepted_max
        if many or (known is None and accepted.is_quarantined(inbound.origin)):
            return self.quarantined(inbound, Quarantine.TOO_MANY, said.type_name, said.digest)
        return Judgement(outcome=outcome)

    def _context(self, hotline: HotlineEntry, snapshot: Snapshot) -> HotlineContext:
        """Return what all records of a hotline share; most have the one of the record before."""
        last = self._last
        if last is not None and last[0] is hotline and last[1] is snapshot:
            return last[2]
        context = context_of(hotline, snapshot, self.keys)
        self._last = hotline, snapshot, context
        return context

    def _admit(
        self, inbound: Inbound, record: HotlineRecord, times: Sequence[datetime], snapshot: Snapshot
    ) -> tuple[HotlineEntry, Admissible]:
        """Apply rules 2 to 5 to a decoded record; return what they found in it.

        Raises:
            Rejected: with the first rule that fails.
        """
        if inbound.key != record.id.encode() or self.is_misplaced(inbound):
            raise Rejected(Quarantine.KEY_MISMATCH)
        hotline = snapshot.hotline(inbound.hotline)
        if hotline is None:
            raise Rejected(Quarantine.UNKNOWN_HOTLINE)
        if hotline.until is not None and inbound.origin.appended_at >= hotline.until:
            raise Rejected(Quarantine.HOTLINE_ENDED)
        return hotline, admissible(record, times, inbound.origin.appended_at)

    def is_misplaced(self, inbound: Inbound) -> bool:
        """Return whether a producer with another partitioner put it into the wrong partition."""
        home = partition_of(inbound.key, self.partitions) if inbound.home is None else inbound.home
        return home != inbound.origin.partition

    def quarantined(
        self, inbound: Inbound, reason: Quarantine, type_name: str, digest: str = ""
    ) -> Judgement:
        """Return what becomes of a record that cannot be accepted.

        Args:
            inbound: the record.
            reason: why.
            type_name: its type; empty = not known.
            digest: of its content, keyed; empty = there is none.
        """
        outcome = OutcomeRecord(
            hotline=inbound.hotline,
            record_id=keyed_record_id(
                self.keys.hash, inbound.hotline, inbound.key.decode("latin-1")
            ),
            origin=inbound.origin,
            result=Result.QUARANTINED,
            reason=reason,
            digest=digest,
            type=type_name,
        )
        # A record over the limit can never be accepted; its beginning shows what it was.
        origin, seal = inbound.origin, self.keys.seal
        quarantined = Quarantined(
            hotline=inbound.hotline,
            origin=origin,
            reason=reason,
            record=seal(
                inbound.value[:RECORD_BYTES_MAX], origin.appended_at, quarantined_record(origin)
            ),
            key=seal(inbound.key[:KEY_BYTES_MAX], origin.appended_at, quarantined_key(origin)),
        )
        return Judgement(outcome=outcome, quarantined=quarantined)

    def set_aside(self, hotline: HotlineId, origin: Origin, key: bytes) -> OutcomeRecord:
        """Return the outcome of a record that two persons set aside; nothing in it is read."""
        return OutcomeRecord(
            hotline=hotline,
            record_id=keyed_record_id(self.keys.hash, hotline, key.decode("latin-1")),
            origin=origin,
            result=Result.SET_ASIDE,
        )
