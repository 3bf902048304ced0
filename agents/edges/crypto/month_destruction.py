"""Destroying a month's data key, for good and everywhere.

What wrapped it goes too, else a copy of `keys.v1` and of the key file would bring it back: a new
master key takes the old one's place. In this order, each step whole on the disk before the next:

1. the new master key stands in the key file beside the old one;
2. in one transaction `keys.v1` gets the surviving months wrapped by the new master key, the
   destroyed one without a key, and the new master key's name;
3. the old master key leaves the key file;
4. the broker compacts `keys.v1`: what the old master key wrapped is gone from its disks.

A crash leaves a key file that opens `keys.v1` as it is then; the same call again goes on there.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from agents.config import Settings
from agents.edges.crypto.key_file import (
    KEY_BYTES,
    KeyFault,
    KeyFile,
    KeyFileError,
    locked,
    name_of,
    read,
    write,
)
from agents.edges.crypto.key_held import Holds, rewrapped_holds
from agents.edges.crypto.key_table import KeyTable, append_exclusively, unwrapped, wrapped
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.ledger_keys import bind_key_file, check
from agents.engine.fault_points import FaultPoint, fault_point
from agents.engine.read.bulk import read_partitions
from agents.errors import UserError
from schemas.codec import KEY, Rejected
from schemas.records.custody import KeyRecord, LedgerKey, WrappedKeys
from schemas.topics import KEYS

CLEAN_DEADLINE_S: Final = 300.0
"""Kafka's cleaner runs every 15 s and cleans `keys.v1` in milliseconds; after 5 min it stands."""

POLL_EVERY_S: Final = 1.0

ROLL_S: Final = 1.5
"""The file that is written is never cleaned; after `segment.ms` the next record begins another."""

DELETED_S: Final = 3.0
"""Files that were cleaned are deleted `file.delete.delay.ms` later."""

DestructionCheck = Callable[[str], object]
"""Told the month before its key is destroyed; raises if something still needs it."""


async def destroy_month(
    settings: Settings, month: str | None, needed: DestructionCheck, holds: Holds | None = None
) -> None:
    """Destroy a month's data key and return when nothing of it is left at the broker.

    Args:
        settings: name the key file and the broker.
        month: `yyyymm`; None = none is destroyed, and the master key is replaced alone.
        needed: see `DestructionCheck`.
        holds: what legal holds keep; None = all that is there.

    Raises:
        UserError: there is no such month, something needs it, or the broker does not compact.
        KeyFileError: the key file is not the newest, or cannot be written.
        KafkaError, TimeoutError, SendFailed: the broker does not answer.
    """
    file = settings.key_file
    try:
        with locked(file):
            await _replace(settings, month, needed, holds or Holds())
    except OSError:
        raise KeyFileError(KeyFault.UNWRITABLE) from None
    fault_point(FaultPoint.MASTER_REPLACED)
    await _cleaned(settings)


async def _replace(
    settings: Settings, month: str | None, needed: DestructionCheck, holds: Holds
) -> None:
    """Take steps 1 to 3, or those that are left of them."""
    file = settings.key_file
    ring = Keyring.load(file)
    table = await bind_key_file(
        settings, ring
    )  # what an older release's file holds is in the ledger now
    content = ring.content
    if month is not None:
        record = table.months.get(month)
        if record is None:
            raise UserError(f"there is no key for {month}: see `hostwatch keys list`")
        if not record.wrapped:
            _settle(file, content, table)
            return
        needed(month)
    if _is_replaced(content, table):  # another replacement was interrupted
        content = _settle(file, content, table)
        if month is None:
            return
    if content.successor is None:
        content = msgspec.structs.replace(content, v=2, successor=os.urandom(KEY_BYTES))
        write(file, content)
    fault_point(FaultPoint.SUCCESSOR_KEPT)
    table = await append_exclusively(
        settings, partial(_rewrapped, content=content, month=month, holds=holds)
    )
    fault_point(FaultPoint.REWRAPPED)
    _settle(file, content, table)


def _is_replaced(content: KeyFile, table: KeyTable) -> bool:
    """Tell whether `keys.v1` names the master key that was to come."""
    successor = content.successor
    named = None if table.ledger is None else table.ledger.master
    return successor is not None and named == name_of(successor)


def _rewrapped(
    table: KeyTable, content: KeyFile, month: str | None, holds: Holds
) -> Sequence[KeyRecord]:
    """Return all of `keys.v1` anew, without a month; nothing if it stands there already."""
    check(table, content)
    successor = content.successor
    if successor is None or table.ledger is None or _is_replaced(content, table):
        return ()  # the transaction was committed after all
    name = name_of(successor)
    records: list[KeyRecord] = [
        LedgerKey(fingerprint=table.ledger.fingerprint, master=name),
        *rewrapped_holds(table, content.masters, (name, successor), holds),
    ]
    if month is not None:
        records.append(WrappedKeys(month=month, master=name, wrapped=()))
    for other, record in sorted(table.months.items()):
        if other != month and record.wrapped:
            keys = unwrapped(content.masters, record)
            texts = tuple(wrapped(successor, other, key) for key in keys)
            records.append(WrappedKeys(month=other, master=name, wrapped=texts))
    return records


def _settle(file: Path, content: KeyFile, table: KeyTable) -> KeyFile:
    """Leave the one master key in the file that `keys.v1` names, and no month keys; return that."""
    if table.ledger is None:
        raise KeyFileError(KeyFault.UNBOUND)
    master = content.masters[table.ledger.master]
    settled = KeyFile(v=2, master=master, secret=content.secret)
    if read(file)[0] != settled:
        write(file, settled)
    return settled


async def _cleaned(settings: Settings) -> None:
    """Have the broker compact `keys.v1`, and wait until nothing of another master key is there."""
    await asyncio.sleep(ROLL_S)
    await append_exclusively(settings, _touched)
    loop = asyncio.get_running_loop()
    given_up_s = loop.time() + CLEAN_DEADLINE_S
    while await _is_stale(settings):
        if loop.time() > given_up_s:
            raise UserError(
                "the month is destroyed, but the broker has not yet compacted keys.v1: what the old"
                " master key wrapped is still on its disks. See that its log cleaner runs, and run"
                " the same command again"
            )
        await asyncio.sleep(POLL_EVERY_S)
    await asyncio.sleep(DELETED_S)


def _touched(table: KeyTable) -> Sequence[KeyRecord]:
    return () if table.ledger is None else (table.ledger,)


async def _is_stale(settings: Settings) -> bool:
    """Tell whether the log still holds a key that another master key than the newest wraps."""
    newest, masters = "", set()
    async for records in read_partitions(settings, KEYS.name, (0,)):
        for received in records:
            try:
                record = KEY.decode(received.value)
            except Rejected:
                continue
            if isinstance(record, LedgerKey):
                newest = record.master
            elif record.wrapped:
                masters.add(record.master)
    return bool(masters - {newest})
