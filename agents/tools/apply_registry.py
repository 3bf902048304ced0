"""Writes what is new in the operator's registry, dated, to registry.v1."""

from collections.abc import Iterable
from typing import Final

import msgspec

from agents.config import Settings
from agents.edges.registry.reader import read_registry
from agents.edges.registry.registry_file import RegistryFileError, claims, orphans
from agents.engine.read.bulk import Follower
from agents.engine.stage import Outbox, Send
from schemas.codec import REGISTRY as CODEC
from schemas.moments import MINUTE_MS, Instant
from schemas.records.registry import HosterEntry, Registry
from schemas.topics import REGISTRY, REPORTS
from streams.registry.entry_checks import group_mistakes
from streams.registry.snapshot import RegistryHistory, kind_of

LEAD_MS: Final = 10 * MINUTE_MS
"""How long before it holds an entry is written: readers lag by less, so all agree."""


async def apply_entries(
    settings: Settings, entries: Iterable[Registry], outbox: Outbox
) -> list[Registry]:
    """Write the entries that differ from the newest of their id; return them as written.

    They hold from the beginning while the ledger has no record, else from 10 min from now on.
    An entry that is not named stays as it is.

    Args:
        settings: broker and clock.
        entries: their version and valid_from are passed over.
        outbox: writes them.

    Raises:
        RegistryFileError: two hosters would claim one network, an entry would need another that
            is not there, or an owner would have an owner.
        KafkaError, TimeoutError: the broker does not answer, or a topic is missing.
    """
    registry_history = await read_registry(settings)
    valid_from = await holds_from(settings)
    changed = changes(registry_history, entries, valid_from)
    held = {(kind_of(entry), entry.id): entry for entry in registry_history.all_newest()}
    held |= {(kind_of(entry), entry.id): entry for entry in changed}
    hosters = [entry for entry in held.values() if isinstance(entry, HosterEntry)]
    new = {entry.id for entry in changed if isinstance(entry, HosterEntry)}
    mistakes = claims(held.values()) + orphans(held.values()) + group_mistakes(hosters, new)
    if mistakes:
        raise RegistryFileError("\n".join(mistakes))
    await outbox.send([_send(entry) for entry in changed])
    return changed


def changes(
    registry_history: RegistryHistory, entries: Iterable[Registry], valid_from: Instant
) -> list[Registry]:
    """Return the entries whose content differs from the newest version, with the next one."""
    changed: list[Registry] = []
    for entry in entries:
        newest = registry_history.newest(kind_of(entry), entry.id)
        version = newest.version if newest else 0
        dated = newest.valid_from if newest else 0
        if newest != msgspec.structs.replace(entry, version=max(version, 1), valid_from=dated):
            changed.append(
                msgspec.structs.replace(entry, version=version + 1, valid_from=valid_from)
            )
    return changed


async def holds_from(settings: Settings) -> Instant:
    """Return from when an entry written now holds: 0 while the ledger has no record."""
    ledger = Follower(settings, REPORTS.name, range(settings.kafka.partitions))
    try:
        await ledger.start()
        begun = False
        while not begun and not ledger.caught_up:
            begun = bool(await ledger.poll())
    finally:
        await ledger.stop()
    return settings.clock.clock().now() + LEAD_MS if begun else 0


def _send(entry: Registry) -> Send:
    key = f"{kind_of(entry)}/{entry.id}/{entry.version}"
    return Send(topic=REGISTRY.name, key=key.encode(), value=CODEC.encode(entry))
