"""Reads what the ledger has of one URL, and which URLs a hotline's own id names."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from agents.config import Settings
from agents.edges.lookup.name_index import NameIndex, names_in
from agents.edges.registry.skips import SetAside
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received
from schemas.codec import REPORTS_ENTRY, Rejected
from schemas.identity.ids import Hash, keyed_hotline_text_id, keyed_record_id, partition_of
from schemas.moments import Instant
from schemas.records.facts import Decision
from schemas.records.reports import UrlKey
from schemas.topics import OF_A_URL, REPORTS
from streams.lifecycle.events.event_union import Happened

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
        index: finds URLs by hotlines' ids once it is ready; None = the topic is read each time.
    """

    settings: Settings
    hash: Hash
    is_aside: Callable[[Received], bool]
    admits: Callable[[Decision, Instant], bool]
    index: NameIndex | None = None

    @classmethod
    def indexed(
        cls,
        settings: Settings,
        hash: Hash,
        aside: SetAside,
        admits: Callable[[Decision, Instant], bool],
    ) -> "LedgerLookup":
        """Return one with an index, which the caller has to run."""
        index = NameIndex(settings, aside.holds, lambda: aside.read_to)
        return cls(settings, hash, aside.holds, admits, index)

    async def events(self, url_key: str) -> list[Happened]:
        """Return what the ledger holds of a URL and what counts of it, with append times.

        Raises:
            Rejected: a record of it cannot be read.
            KafkaError, TimeoutError: the broker failed.
        """
        key = url_key.encode()
        partition = partition_of(key, self.settings.kafka.partitions)
        found: list[Happened] = []
        for topic, codec in OF_A_URL.items():
            async for records in read_partitions(self.settings, topic, (partition,)):
                for record in records:
                    if record.key == key and not self.is_aside(record):
                        event = codec.decode(record.value)
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
        names = {one: names_of(self.hash, one, own_id) for one in hotlines}
        if self.index is not None and self.index.ready:
            return self.index.find(name for some in names.values() for name in some)
        partitions = range(self.settings.kafka.partitions)
        found: set[str] = set()
        async for records in read_partitions(self.settings, REPORTS.name, partitions):
            for record in records:
                url_key = url_named(record.value or b"", names)
                if url_key is not None and not self.is_aside(record):
                    found.add(url_key)
        return frozenset(found)


def names_of(hash: Hash, hotline: str, own_id: str) -> frozenset[str]:
    """Return what may name a hotline's own id in the ledger, whatever it is the id of.

    Args:
        hash: the ledger's keyed hash.
        hotline: whose.
        own_id: of a record, or the reference, message or envelope id of a notice.
    """
    notices = {keyed_hotline_text_id(hash, one, hotline, own_id) for one in _PURPOSES}
    return frozenset({keyed_record_id(hash, hotline, own_id), *notices})


def url_named(value: bytes, names: Mapping[str, frozenset[str]]) -> UrlKey | None:
    """Return the key of an entry's URL if one of its own ids is looked for.

    Args:
        value: of a record of `reports.v1`. A stage says if it cannot be read; here it names none.
        names: what is looked for, by hotline.
    """
    try:
        entry = REPORTS_ENTRY.decode(value)
    except Rejected:
        return None
    wanted = names.get(entry.hotline)
    return None if wanted is None or wanted.isdisjoint(names_in(entry)) else entry.url_key
