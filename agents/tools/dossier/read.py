"""Reads what a dossier is made from, up to the newest root: records, their places, and roots."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from agents.config import Settings
from agents.edges.crypto.person_key import genuine
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received
from agents.errors import UserError
from agents.tools.roots.hours import read_roots
from agents.tools.verification import read
from schemas.chain.hour_log import CoveredEnds, ends_of, objection
from schemas.chain.leaf import TopicPosition
from schemas.codec import REGISTRY, Rejected
from schemas.identity.ids import partition_of
from schemas.moments import HOUR_MS, Instant
from schemas.records.custody import LedgerRoot
from schemas.records.registry import Registry
from schemas.topics import OF_A_URL
from schemas.topics import REGISTRY as REGISTRY_TOPIC
from streams.dossier.cases import DossierScope
from streams.dossier.quoted import Quoted, quoted


@dataclass(slots=True)
class ReadDossier:
    """What was read.

    Attributes:
        roots: all signed roots.
        ends: where they end.
        by_url: the records of the URLs asked for, as they stand there.
        entries: the records of `registry.v1`, each decoded.
    """

    roots: list[LedgerRoot]
    ends: CoveredEnds
    by_url: dict[str, list[Received]] = field(default_factory=lambda: defaultdict(list))
    entries: list[tuple[Received, Registry]] = field(default_factory=list)

    @property
    def as_of(self) -> Instant:
        """The end of the newest hour with a root."""
        return self.roots[-1].hour_at + HOUR_MS

    def covers(self, record: Received) -> bool:
        """Return whether a root covers a record."""
        return record.offset < self.ends.get((record.topic, record.partition), 0)

    def quoted(self, url_key: str) -> list[Quoted]:
        """Return the records of a URL, decoded.

        Raises:
            UserError: one cannot be read.
        """
        try:
            return [_quoted(record) for record in self.by_url[url_key]]
        except Rejected:
            raise UserError(
                "a record of a case cannot be read; `hostwatch verify` names it"
            ) from None


def _quoted(record: Received) -> Quoted:
    place = TopicPosition(record.topic, record.partition, record.offset)
    return quoted(place, record.appended_at, record.value or b"")


async def rooted(settings: Settings) -> ReadDossier:
    """Return the roots and the registry, as far as the roots go.

    Args:
        settings: name the broker.

    Raises:
        UserError: the ledger has no roots, or somebody changed them.
        KafkaError, TimeoutError: the broker does not answer.
    """
    roots = await read_roots(settings)
    if not roots:
        raise UserError(
            "the ledger has no roots, so nothing of it can be proved: run `hostwatch roots write`"
        )
    said = objection(roots, genuine)
    if said is not None:
        raise UserError(f"roots.v1: {said}; somebody changed it")
    found = ReadDossier(roots, ends_of(roots))
    async for records in read_partitions(settings, REGISTRY_TOPIC.name, (0,)):
        for record in filter(found.covers, records):
            try:
                found.entries.append((record, REGISTRY.decode(record.value)))
            except Rejected:
                continue  # every worker ended at it, and two persons set it aside
    return found


async def read_cases(settings: Settings, found: ReadDossier, wanted: DossierScope) -> None:
    """Read the records of all URLs with a case that a dossier is about.

    Args:
        settings: name the broker.
        found: the roots; the records are put there.
        wanted: which cases. The table says which URLs may have them; what is told of them comes
            from the ledger alone, up to the newest root.

    Raises:
        UserError: the broker has no table of cases, or one cannot be read.
        KafkaError, TimeoutError: the broker does not answer.
    """
    there = await read.tables(settings)
    keys: set[str] = set()
    for partition in there.partitions:
        table = await read.table(settings, partition, there.signed)
        for url_key, value in table.states.items():
            if wanted.may_have(read.state_of(value)):
                keys.add(url_key)
    await _read_urls(settings, found, keys, there)


async def _read_urls(
    settings: Settings, found: ReadDossier, keys: Collection[str], there: read.LedgerTables
) -> None:
    raw = {key.encode() for key in keys}
    parts = sorted({partition_of(key, settings.kafka.partitions) for key in raw})
    for topic in OF_A_URL:
        async for records in read_partitions(settings, topic, parts):
            for record in records:
                if record.key in raw and found.covers(record) and there.signed.passes(record):
                    found.by_url[record.key.decode()].append(record)
