"""Judges a partition anew by this method, before anything is said under its label.

A state keeps what counted by the method that made it, so judging its events again is not enough:
the ledger is folded from its beginning, beside the table. Until all states are written the
position names the method before, and each URL's record is that of the one or of the other.
"""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import aclosing
from itertools import islice
from typing import Final

from agents.config import Settings
from agents.engine.deadlines import report_progress
from agents.engine.read.bulk import read_partitions
from agents.engine.slices import Slices
from agents.engine.stage import Received
from agents.stages.cases.case_store import CaseStore, is_url_key
from agents.stages.cases.folding import fold_records
from agents.stages.cases.ledger_filter import LedgerFilter, Write
from schemas.topics import OF_A_URL
from streams.lifecycle import METHOD_VERSION

LIST_MAX: Final = 500
"""States written as one: some 600 KB, below the megabyte that a broker takes at once."""


def is_current(ledger_filter: LedgerFilter, partition: int, table: CaseStore) -> bool:
    """Return whether a table is judged by this method and heeds all that is set aside."""
    return table.method == METHOD_VERSION and not ledger_filter.late_skips(table, partition)


async def rebuild_for_method(
    settings: Settings,
    loaded: tuple[int, CaseStore],
    ledger_filter: LedgerFilter,
    write: Write,
    *,
    sound: bool,
) -> None:
    """Bring a table up to this method, or to what was set aside since it was written.

    Args:
        settings: names the broker.
        loaded: the partition, and its table as it was loaded.
        ledger_filter: what of the ledger counts.
        write: writes values of keys to `cases.v1`, with the position.
        sound: the table's position could be read.

    Raises:
        RecordStops: it could not, and is not set aside.
    """
    table = loaded[1]
    if not sound or table.method == METHOD_VERSION:
        await ledger_filter.reset_for_skips(settings, loaded, write, sound=sound)
        return
    await _renew(settings, loaded, ledger_filter, write)
    table.skips, table.method = ledger_filter.skips_applied_to(table), METHOD_VERSION
    await write({})
    table.resume(loaded[0])


async def _renew(
    settings: Settings, loaded: tuple[int, CaseStore], ledger_filter: LedgerFilter, write: Write
) -> None:
    """Write all states of a partition as this method has them."""
    partition, table = loaded
    folded = await _folded(settings, partition, table.offsets, ledger_filter)
    keys = [key for key in table.store.keys() if is_url_key(key)]  # noqa: SIM118 - no mapping
    values: dict[bytes, bytes | None] = {**dict.fromkeys(keys), **folded}
    left = iter(values.items())
    while part := dict(islice(left, LIST_MAX)):
        await write(part)
        report_progress("states by a new method")


async def _folded(
    settings: Settings, partition: int, ends: Mapping[str, int], ledger_filter: LedgerFilter
) -> dict[bytes, bytes]:
    """Return the records of `cases.v1` that the ledger comes to, up to some offsets."""
    folded: dict[bytes, bytes] = {}
    slices = Slices()
    for topic in OF_A_URL:
        end = ends.get(topic, 0)
        async with aclosing(read_partitions(settings, topic, (partition,))) as read:
            async for records in read:
                by_key: dict[bytes, list[Received]] = defaultdict(list)
                for record in records:
                    if record.offset < end and not ledger_filter.is_aside(record):
                        by_key[record.key].append(record)
                for key, of_key in by_key.items():
                    after = await fold_records(key, folded.get(key), of_key, ledger_filter.events)
                    if after is not None:
                        folded[key] = after.record_value
                    await slices.pause()
                if records and records[-1].offset + 1 >= end:
                    break
    return folded
