"""How a record of an earlier version is written in the newest one, without the hotline's original.

Ids become keyed hashes, with the clear text sealed beside them; digests are keyed; a media type
becomes one of the closed list. Sealed texts are opened and sealed anew for their place. Whether the
copy of a ledger is true to it is judged by `revealed`: what both say once it is opened.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec
from msgspec.structs import replace

from schemas.codec import FACT, OUTCOME, QUARANTINED, REPORTS_ENTRY, Codec
from schemas.identity.ids import Hash, keyed_digest, keyed_hotline_text_id, keyed_record_id
from schemas.media_types import listed
from schemas.moments import Instant
from schemas.records.facts import Attribution, Observation
from schemas.records.processing import OutcomeRecord, Quarantined
from schemas.records.reports import NoticeAccepted, ReportAccepted, ReportsEntry
from schemas.seal_context import (
    SealContext,
    hotline_ids,
    placed_address,
    quarantined_key,
    quarantined_record,
    reported_url,
    resolved_addresses,
    resolved_names,
)
from schemas.topics import FACTS, OUTCOMES, QUARANTINE, REPORTS

Change: TypeAlias = Callable[[str, SealContext], str]
"""Makes another text of a sealed one that belongs to a place."""

_VERSION: Final = 2
_CODECS: Final[dict[str, Codec[Any]]] = {
    REPORTS.name: REPORTS_ENTRY,
    FACTS.name: FACT,
    OUTCOMES.name: OUTCOME,
    QUARANTINE.name: QUARANTINED,
}
"""What is written anew; records of all other topics are the same in every version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """Writes records in the newest version.

    Attributes:
        hash: keyed hash of a text for a purpose, under the ledger's secret.
        seal: seals bytes for the month of an instant and a place; empty where that month's key was
            destroyed.
        reseal: opens a sealed text and seals it for its place, in the same month; what cannot be
            opened any more stays as it is.
    """

    hash: Hash
    seal: Callable[[bytes, Instant, SealContext], str]
    reseal: Change

    def record(self, topic: str, key: bytes, value: bytes, at: Instant) -> tuple[bytes, bytes]:
        """Return key and value as the newest version has them.

        Args:
            topic: where the record stands, without a prefix.
            key: its Kafka key.
            value: the record.
            at: when it was appended.

        Raises:
            Rejected: it is no record of its topic.
        """
        codec = _CODECS.get(topic)
        if codec is None:
            return key, value
        record = codec.decode(value)
        if record.v < _VERSION:
            record = self._named(record, at)
        value = codec.encode(_changed(record, self.reseal))
        return record.record_id.encode() if isinstance(record, OutcomeRecord) else key, value

    def _named(self, record: Any, at: Instant) -> Any:
        """Return a record of version 1 with its ids and digests keyed."""
        match record:
            case OutcomeRecord():
                return replace(
                    record,
                    v=_VERSION,
                    record_id=keyed_record_id(self.hash, record.hotline, record.record_id),
                    digest=keyed_digest(self.hash, record.digest) if record.digest else "",
                )
            case Observation():
                return replace(record, v=_VERSION, facts=self._listed(record))
            case Attribution() | Quarantined():
                return replace(record, v=_VERSION)
            case _:
                return self._entry(record, at)

    def _listed(self, record: Observation) -> Any:
        said = record.facts.type
        kept = listed(said)
        key = "" if kept == said else self.hash("media type", said)
        return replace(record.facts, type=kept, type_key=key)

    def _entry(self, entry: ReportsEntry, at: Instant) -> ReportsEntry:
        ids = {"id": entry.record_id}
        named: dict[str, object] = {
            "v": _VERSION,
            "record_id": keyed_record_id(self.hash, entry.hotline, entry.record_id),
        }
        if isinstance(entry, NoticeAccepted) and entry.reference:
            ids["reference"] = entry.reference
            named["reference"] = keyed_hotline_text_id(
                self.hash, "reference", entry.hotline, entry.reference
            )
        bound = hotline_ids(entry.url_key)
        named["sealed_ids"] = self.seal(msgspec.json.encode(ids), at, bound)
        return replace(entry, **named)


def revealed(topic: str, value: bytes, show: Change) -> bytes:
    """Return what a record says with its sealed texts shown.

    Args:
        topic: where it stands, without a prefix.
        value: the record.
        show: returns what a sealed text says.

    Raises:
        Rejected: it is no record of its topic.
    """
    codec = _CODECS.get(topic)
    return value if codec is None else codec.encode(_changed(codec.decode(value), show))


def _changed(record: Any, change: Change) -> Any:
    """Return a record with each of its sealed texts changed."""
    match record:
        case Attribution() if record.placements:
            bound = placed_address(record.url_key)
            placements = tuple(
                replace(place, address=change(place.address, bound)) if place.address else place
                for place in record.placements
            )
            record = replace(record, placements=placements)
        case _:
            pass
    fields = {name: (text, bound) for name, text, bound in _sealed(record) if text}
    return replace(record, **{name: change(*said) for name, said in fields.items()})


def _sealed(record: Any) -> Iterator[tuple[str, str, SealContext]]:
    """Give name, text and place of a record's own sealed fields."""
    match record:
        case Attribution():
            yield "names", record.names, resolved_names(record.url_key)
            yield "addresses", record.addresses, resolved_addresses(record.url_key)
        case Quarantined():
            yield "record", record.record, quarantined_record(record.origin)
            yield "key", record.key, quarantined_key(record.origin)
        case Observation() | OutcomeRecord():
            return
        case _:
            if isinstance(record, ReportAccepted):
                yield "sealed", record.sealed, reported_url(record.url_key)
            yield "sealed_ids", record.sealed_ids, hotline_ids(record.url_key)
