"""Reads what the ledger has of one URL, and which URLs a hotline's own id names."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from agents.config import Settings
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received
from schemas.codec import DECISION, FACT, LEDGER, Codec, Rejected
from schemas.identity.ids import Hash, hotline_name, partition_of, record_name
from schemas.moments import Instant
from schemas.records.facts import Decision
from schemas.records.ledger import LedgerEntry, NoticeAccepted
from schemas.topics import DECISIONS, FACTS, REPORTS
from streams.lifecycle.events.fold import Happened

_CODECS: Final[dict[str, Codec[Any]]] = {
    REPORTS.name: LEDGER,
    FACTS.name: FACT,
    DECISIONS.name: DECISION,
}
_PURPOSES: Final = ("reference", "message", "envelope")
"""Under which a notice's own ids are hashed."""


@dataclass(frozen=True, slots=True)
class LedgerLookup:
    """Finds things in the ledger.

    Attributes:
        settings: broker, prefix, clock and number of partitions.
        hash: the ledger's keyed hash.
        is_aside: whether two persons set a record aside.
        admits: whether a decision that was appended then takes effect.
    """

    settings: Settings
    hash: Hash
    is_aside: Callable[[Received], bool]
    admits: Callable[[Decision, Instant], bool]

    async def events(self, url_key: str) -> list[Happened]:
        """Return what the ledger holds of a URL and what counts of it, with append times.

        Raises:
            Rejected: a record of it cannot be read.
            KafkaError, TimeoutError: the broker failed.
        """
        key = url_key.encode()
        partition = partition_of(key, self.settings.kafka.partitions)
        found: list[Happened] = []
        for topic, codec in _CODECS.items():
            async for records in read_partitions(self.settings, topic, (partition,)):
                for record in records:
                    if record.key == key and not self.is_aside(record):
                        event = codec.decode(record.value or b"")
                        if not isinstance(event, Decision) or self.admits(
                            event, record.appended_at
                        ):
                            found.append((event, record.appended_at))
        return found

    async def named(self, hotlines: Collection[str], own_id: str) -> frozenset[str]:
        """Return the keys of the URLs that a hotline's own id names.

        Args:
            hotlines: whose id it may be.
            own_id: of a record, or the reference, message or envelope id of a notice.

        Raises:
            KafkaError, TimeoutError: the broker failed.
        """
        names = {one: self._names(one, own_id) for one in hotlines}
        partitions = range(self.settings.kafka.partitions)
        found: set[str] = set()
        async for records in read_partitions(self.settings, REPORTS.name, partitions):
            for record in records:
                entry = _entry(record)
                if entry is not None and not self.is_aside(record):
                    wanted = names.get(entry.hotline)
                    if wanted and not wanted.isdisjoint(_ids(entry)):
                        found.add(entry.url_key)
        return frozenset(found)

    def _names(self, hotline: str, own_id: str) -> frozenset[str | None]:
        names = {record_name(self.hash, hotline, own_id)}
        return frozenset(
            names | {hotline_name(self.hash, one, hotline, own_id) for one in _PURPOSES}
        )


def _entry(record: Received) -> LedgerEntry | None:
    try:
        return LEDGER.decode(record.value or b"")
    except Rejected:  # a stage names it; here it names no case
        return None


def _ids(entry: LedgerEntry) -> tuple[str | None, ...]:
    """Return the hashes of a hotline's own ids that an entry was made from."""
    if isinstance(entry, NoticeAccepted):
        return (entry.record_id, entry.reference, entry.message_id, entry.envelope_id)
    return (entry.record_id,)
