"""A ledger's keys in a process: bound to their ledger, followed in `keys.v1`, made when missing.

At a start the key file is held against the ledger: a fingerprint of its secret stands in `keys.v1`.
A ledger that names none yet takes the first key file that opens one of its reports; an empty one
takes any. Month keys in a key file of an older release are brought to `keys.v1` then.
"""

import asyncio
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from time import monotonic
from typing import Final

from aiokafka.errors import TopicAuthorizationFailedError

from agents.config import Settings
from agents.edges.crypto.key_file import KEY_BYTES, KeyFault, KeyFile, KeyFileError, read
from agents.edges.crypto.key_proof import KeyFileProof, proof_of
from agents.edges.crypto.key_table import (
    KeyTable,
    append_exclusively,
    read_table,
    unwrap_one,
    unwrapped,
    wrapped,
)
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import MonthKey
from agents.edges.kafka.admin_client import asking
from agents.engine.read.bulk import Follower
from agents.engine.supervision import crash_on_unexpected_exit
from agents.process.log import log
from schemas.records.custody import KeyRecord, LedgerKey, WrappedKeys
from schemas.topics import KEYS

OUTDATED_EVERY_S: Final = 600.0
"""An operator is reminded that often of a key file that was replaced on another host."""


class LedgerKeys:
    """Holds the keys of a ledger.

    Args:
        settings: name the key file and the broker.

    Attributes:
        ring: the keys.
        task: follows `keys.v1`; its end is a fault.

    Raises:
        KeyFileError: the key file is missing or damaged, or others may read it.
    """

    def __init__(self, settings: Settings) -> None:
        self.ring = Keyring.load(settings.key_file)
        self.ring.source = self
        self.task: asyncio.Task[None] | None = None
        self._settings = settings
        self._table = KeyTable()
        self._lock = asyncio.Lock()
        self._read_s = float("-inf")  # when the newest reading that came to its end began
        self._follower = Follower(settings, KEYS.name, (0,))
        self._reminded_s = float("-inf")

    async def start(self) -> None:
        """Bind the key file to the ledger if it is not, read all keys, and go on in the background.

        Raises:
            KeyFileError: the key file is of another ledger, or its master key was replaced.
            KafkaError, TimeoutError, SendFailed: the broker does not answer.
        """
        table = await bind_key_file(self._settings, self.ring)
        self._apply(table)
        if self.ring.outdated:
            raise KeyFileError(KeyFault.OUTDATED)
        try:
            await self._follower.start()
        except BaseException:  # a cancelled start too leaves no client behind
            await self._follower.stop()
            raise
        self.task = asyncio.create_task(self._follow(), name="keys")
        self.task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """End the process if following was cancelled and not stopped."""
        if task.cancelled() and self.task is task:
            crash_on_unexpected_exit("keys", "following keys.v1")

    async def stop(self) -> None:
        """Stop following."""
        task, self.task = self.task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._follower.stop()

    async def make(self, months: Collection[int]) -> None:
        """Have the ring hold the data keys of months; makes those that `keys.v1` has not.

        Raises:
            KeyFileError: they cannot be made or unwrapped with this key file.
            KafkaError, TimeoutError, SendFailed: the broker does not answer.
        """
        async with self._lock:
            missing = [f"{month:06d}" for month in months if month not in self.ring.months]
            if not missing:  # whoever had the lock has made them: all partitions ask at once
                return
            table = await read_table(self._settings)
            if any(name not in table.months for name in missing):
                table = await append_exclusively(
                    self._settings, lambda newest: self._made(newest, missing)
                )
            self._apply(table)
            if self.ring.outdated and any(int(name) not in self.ring.months for name in missing):
                raise KeyFileError(KeyFault.OUTDATED)

    async def read_on(self) -> None:
        """Have the ring hold what `keys.v1` holds now.

        Raises:
            KafkaError, TimeoutError: the broker does not answer.
        """
        asked_s = monotonic()
        async with self._lock:
            begun_s = monotonic()
            if self._read_s > asked_s:  # another one that waited has read since this one asked
                return
            self._apply(await read_table(self._settings))
            self._read_s = begun_s

    def _made(self, table: KeyTable, months: Iterable[str]) -> list[KeyRecord]:
        self._apply(table)  # reads the key file again if its master key is not the newest
        content = self.ring.content
        check(table, content)
        if table.ledger is None:
            raise KeyFileError(KeyFault.UNBOUND)
        name = table.ledger.master
        return [
            WrappedKeys(
                month=month,
                master=name,
                wrapped=(wrapped(content.masters[name], month, os.urandom(KEY_BYTES)),),
            )
            for month in months
            if month not in table.months
        ]

    async def _follow(self) -> None:
        while True:
            records = await self._follower.poll()  # meanwhile another table may take the place
            if self._table.take(records) or self.ring.outdated:  # the newest file may be here now
                self._apply(self._table)

    def _apply(self, table: KeyTable) -> None:
        """Put what a table says into the ring, unless a newer one was put there."""
        if table is not self._table:
            if table.end < self._table.end:
                return
            self._table = table
        ring = self.ring
        if table.ledger is not None:
            if table.ledger.fingerprint != ring.content.fingerprint:
                raise KeyFileError(KeyFault.FOREIGN)
            if table.ledger.master not in ring.content.masters:
                with suppress(KeyFileError):  # one that is being put in place is whole soon
                    ring.reread()
            ring.outdated = table.ledger.master not in ring.content.masters
        for record in table.months.values():
            self._put(record)
        if self.ring.outdated:
            self._remind()

    def _put(self, record: WrappedKeys) -> None:
        month, ring = int(record.month), self.ring
        if not record.wrapped:
            if ring.months.get(month, True):
                ring.put(month, ())
            return
        if ring.count(month) == len(record.wrapped):
            return  # wrapped anew; the data keys are the same
        if record.master not in ring.content.masters:
            ring.lock(month)
            return
        keys = unwrapped(ring.content.masters, record)
        ring.put(month, [MonthKey(month, key) for key in keys])

    def _remind(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._reminded_s >= OUTDATED_EVERY_S:
            self._reminded_s = now_s
            log("keys").warning(
                "WARNING: the master key was replaced: put the newest key file in place on this"
                " host; this process ends when it needs a key that it does not hold"
            )


def check(table: KeyTable, content: KeyFile) -> None:
    """Hold a key file against a ledger.

    Raises:
        KeyFileError: it is of another ledger, or its master key was replaced.
    """
    if table.ledger is None:
        return
    if table.ledger.fingerprint != content.fingerprint:
        raise KeyFileError(KeyFault.FOREIGN)
    if table.ledger.master not in content.masters:
        raise KeyFileError(KeyFault.OUTDATED)


async def verify_key_file(settings: Settings) -> None:
    """Hold the key file against the ledger, if there is one and this user may read `keys.v1`.

    Raises:
        KeyFileError: it is of another ledger, its master key was replaced, or others may read it.
        AdminError, KafkaError, TimeoutError: the broker does not answer.
    """
    if settings.key_file.exists():
        content = read(settings.key_file)[0]
        if await _begun(settings):
            with suppress(TopicAuthorizationFailedError):
                check(await read_table(settings), content)


async def _begun(settings: Settings) -> bool:
    """Return whether the ledger has `keys.v1` yet: who makes its topics writes before there is."""
    async with asking(settings) as client:
        cluster = await client.fetch_all_metadata()
    return settings.kafka.topic_prefix + KEYS.name in cluster.topics()


async def bind_key_file(settings: Settings, ring: Keyring, *, unproven: bool = False) -> KeyTable:
    """Return what `keys.v1` says, with the key file bound to the ledger and its months in it.

    Args:
        settings: name the broker.
        ring: the key file.
        unproven: bind it though no report shows that it is the ledger's.

    Raises:
        KeyFileError: it is of another ledger, may be so, or its master key was replaced.
        KafkaError, TimeoutError, SendFailed: the broker does not answer.
    """
    content = ring.content
    table = await read_table(settings)
    check(table, content)
    if table.ledger is None and not unproven:
        trial = Keyring(ring.file, content)
        for month, keys in own_months(content).items():
            trial.put(int(month), [MonthKey(int(month), key) for key in keys])
        match await proof_of(settings, trial):
            case KeyFileProof.FOREIGN:
                raise KeyFileError(KeyFault.FOREIGN)
            case KeyFileProof.NONE:
                raise KeyFileError(KeyFault.UNPROVEN)
    if _missing(table, content):
        table = await append_exclusively(settings, lambda newest: _missing(newest, content))
    return table


def _missing(table: KeyTable, content: KeyFile) -> list[KeyRecord]:
    """Return the records of a key file that a ledger has not: its name, its months."""
    check(table, content)
    found: list[KeyRecord] = []
    if table.ledger is None:
        master = next(iter(content.masters))
        found.append(LedgerKey(fingerprint=content.fingerprint, master=master))
    else:
        master = table.ledger.master
    key = content.masters[master]
    for month, own in own_months(content).items():
        before = table.months.get(month)
        if before is not None and (not before.wrapped or not own):
            continue
        held = [] if before is None else unwrapped(content.masters, before)
        new = [one for one in own if one not in held]
        if new or before is None:
            texts = tuple(wrapped(key, month, one) for one in (*held, *new))
            found.append(WrappedKeys(month=month, master=master, wrapped=texts))
    return found


def own_months(content: KeyFile) -> dict[str, Sequence[bytes]]:
    """Return the data keys that a key file of an older release holds; none = destroyed.

    Raises:
        KeyFileError: one was changed.
    """
    return dict(_own(content))


def _own(content: KeyFile) -> Iterator[tuple[str, Sequence[bytes]]]:
    for month, raw in sorted(content.months.items()):
        yield month, [] if raw is None else [unwrap_one(content.master, month, raw)]
