"""Brings a table up to this method and to all that is set aside, before anything is said of it.

A state keeps what counted when it was made, so judging its events again is not enough: the ledger
is folded from its beginning, beside the table. Of another method all URLs are, and until they are
written the position names the method before. Of records that were set aside after they were folded
their URLs alone are. In both the position stays where it is: whoever reads the table beside this
finds of each URL the state before or the one after, and none that holds less than the position.

Where the position itself is damaged, nothing says up to where the states hold the ledger. They are
kept and the partition is read from its beginning once more: a fold of a set changes nothing in what
it has already.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
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


async def renew(
    settings: Settings,
    loaded: tuple[int, CaseStore],
    ledger_filter: LedgerFilter,
    write: Write,
    *,
    sound: bool,
) -> None:
    """Bring a table up to this method, and to what was set aside since it was written.

    Args:
        settings: names the broker.
        loaded: the partition, and its table as it was loaded.
        ledger_filter: what of the ledger counts.
        write: writes values of keys to `cases.v1`, with the position.
        sound: the table's position could be read.

    Raises:
        RecordStops: it could not, and is not set aside.
    """
    partition, table = loaded
    applied = ledger_filter.skips_applied_to(table)  # now: one that comes while it is read is late
    values: Mapping[bytes, bytes | None]
    if not sound:
        await ledger_filter.position_damaged(settings, partition)
        table.offsets, table.as_of = {}, 0
        values = dict.fromkeys(await ledger_filter.late_keys(settings, table, partition))
    else:
        keys = None
        if table.method == METHOD_VERSION:
            keys = await ledger_filter.late_keys(settings, table, partition)
        values = await _renewed(settings, loaded, ledger_filter, keys)
    left = iter(values.items())
    while part := dict(islice(left, LIST_MAX)):
        await write(part)
        report_progress("states that are folded anew")
    table.skips, table.method = applied, METHOD_VERSION
    await write({})
    table.resume(partition)


async def _renewed(
    settings: Settings,
    loaded: tuple[int, CaseStore],
    ledger_filter: LedgerFilter,
    keys: Collection[bytes] | None,
) -> dict[bytes, bytes | None]:
    """Return the values of some keys of a partition as the ledger has them.

    Args:
        settings: names the broker.
        loaded: the partition, and its table.
        ledger_filter: what of the ledger counts.
        keys: of URLs; None = all that the table or the ledger holds.
    """
    if keys is not None and not keys:
        return {}
    folded = await _folded(settings, loaded, ledger_filter, keys)
    if keys is None:
        keys = [key for key in loaded[1].store.keys() if is_url_key(key)]  # noqa: SIM118 - no mapping
    return {**dict.fromkeys(keys), **folded}


async def _folded(
    settings: Settings,
    loaded: tuple[int, CaseStore],
    ledger_filter: LedgerFilter,
    keys: Collection[bytes] | None,
) -> dict[bytes, bytes]:
    """Return the records of `cases.v1` that the ledger comes to, up to the table's offsets."""
    partition, table = loaded
    ends = table.offsets
    folded: dict[bytes, bytes] = {}
    slices = Slices()
    for topic in OF_A_URL:
        end = ends.get(topic, 0)
        async with aclosing(read_partitions(settings, topic, (partition,))) as read:
            async for records in read:
                by_key: dict[bytes, list[Received]] = defaultdict(list)
                for record in records:
                    wanted = keys is None or record.key in keys
                    if wanted and record.offset < end and not ledger_filter.is_aside(record):
                        by_key[record.key].append(record)
                for key, of_key in by_key.items():
                    after = await fold_records(key, folded.get(key), of_key, ledger_filter.events)
                    if after is not None:
                        folded[key] = after.record_value
                    await slices.pause()
                if records and records[-1].offset + 1 >= end:
                    break
    return folded
