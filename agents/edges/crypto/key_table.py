"""What `keys.v1` says, how data keys are wrapped, and how processes agree on a new one.

The topic is compacted, so a second record of a month would take the first one's place. Therefore
one process at a time appends, after it has read to the end: it takes the ledger's transactional
id, which fences whoever had it, reads what is there, and writes what is missing in one transaction.
A process that was fenced meanwhile begins anew and finds what the other one wrote.
"""

import asyncio
import binascii
import os
import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from agents.config import Settings
from agents.edges.crypto.key_file import KeyFault, KeyFileError
from agents.edges.crypto.sealing import NONCE_BYTES
from agents.engine.failures import Fenced, SendFailed
from agents.engine.produce.transactions import Transactions
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received, Send
from schemas.codec import KEY, Rejected
from schemas.records.custody import HeldTexts, KeyRecord, LedgerKey, WrappedKeys
from schemas.records.reports import UrlKey
from schemas.topics import KEYS

ROLE: Final = "keys"
"""Names the transactional id, `keys-0`."""

LEDGER: Final = b"ledger"
"""The Kafka key of the record that names the key file."""

AGREE_DEADLINE_S: Final = 60.0
"""Taking the id, reading and writing take some 100 ms; others may come between a few times."""

_RETRY_S: Final = 0.2
_CHANCE: Final = random.SystemRandom()
_WRITER: Final = frozenset({0})  # the topic's one partition


@dataclass(slots=True)
class KeyTable:
    """The newest record of each key.

    Attributes:
        ledger: which key file the ledger was made with; None = none yet.
        months: by `yyyymm`.
        held: what legal holds keep, by URL.
        end: the offset behind the last record taken.
        odd: records that are none of ours; they are passed over.
    """

    ledger: LedgerKey | None = None
    months: dict[str, WrappedKeys] = field(default_factory=dict)
    held: dict[UrlKey, HeldTexts] = field(default_factory=dict)
    end: int = 0
    odd: int = 0

    def take(self, records: Iterable[Received]) -> list[KeyRecord]:
        """Add records in the order of the log; return those that are new and ours."""
        taken: list[KeyRecord] = []
        for record in records:
            if record.offset < self.end:
                continue
            self.end = record.offset + 1
            made = _decoded(record)
            if made is None:
                self.odd += 1
            else:
                self.add(made)
                taken.append(made)
        return taken

    def add(self, record: KeyRecord) -> None:
        """Let a record take the place of the one before it; a destroyed month stays destroyed."""
        if isinstance(record, LedgerKey):
            self.ledger = record
            return
        if isinstance(record, HeldTexts):
            self.held[record.url_key] = record
            return
        before = self.months.get(record.month)
        if before is None or before.wrapped:
            self.months[record.month] = record


def _decoded(received: Received) -> KeyRecord | None:
    try:
        record = KEY.decode(received.value)
    except Rejected:
        return None
    return record if received.key == key_of(record) else None


def key_of(record: KeyRecord) -> bytes:
    """Return the Kafka key of a record."""
    match record:
        case LedgerKey():
            return LEDGER
        case HeldTexts():
            return f"held/{record.url_key}".encode()
        case WrappedKeys():
            return record.month.encode()


def wrapped(master: bytes, name: str, key: bytes) -> str:
    """Return a data key wrapped by a master key: base64url of nonce, key and tag.

    Args:
        master: the master key.
        name: what the key is of, a month or a legal hold; it is bound to that (associated data).
        key: the data key.
    """
    nonce = os.urandom(NONCE_BYTES)
    return (
        binascii.b2a_base64(
            nonce + AESGCM(master).encrypt(nonce, key, name.encode()), newline=False
        )
        .translate(bytes.maketrans(b"+/", b"-_"))
        .decode()
    )


def unwrapped(masters: Mapping[str, bytes], record: WrappedKeys) -> list[bytes]:
    """Return a month's data keys.

    Args:
        masters: master keys by name.
        record: of the month.

    Raises:
        KeyFileError: none of the master keys is the one it names, or it was changed.
    """
    master = masters.get(record.master)
    if master is None:
        raise KeyFileError(KeyFault.OUTDATED)
    standard = (text.encode().translate(bytes.maketrans(b"-_", b"+/")) for text in record.wrapped)
    return [unwrap_one(master, record.month, binascii.a2b_base64(raw)) for raw in standard]


def unwrap_one(master: bytes, month: str, raw: bytes) -> bytes:
    """Return the data key within nonce, wrapped key and tag; raises what `unwrapped` raises."""
    try:
        return AESGCM(master).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], month.encode())
    except (InvalidTag, ValueError):
        raise KeyFileError(KeyFault.DAMAGED) from None


async def read_table(settings: Settings) -> KeyTable:
    """Return what `keys.v1` says at its end.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
    """
    table = KeyTable()
    async for records in read_partitions(settings, KEYS.name, (0,)):
        table.take(records)
    return table


async def append_exclusively(
    settings: Settings, decide: Callable[[KeyTable], Sequence[KeyRecord]]
) -> KeyTable:
    """Append what follows from the table, with nobody else appending between reading and writing.

    What was appended can be read by everyone when this returns.

    Args:
        settings: the broker.
        decide: returns what is to be appended; asked again with the newer table after others
            came between. What it raises is passed on.

    Returns:
        The table with what was appended.

    Raises:
        KeyFileError: others came between for a minute.
        SendFailed: the broker does not take it.
        TimeoutError: it does not show it within a minute.
    """
    loop = asyncio.get_running_loop()
    given_up_s = loop.time() + AGREE_DEADLINE_S
    while True:
        try:
            return await _appended(settings, decide)
        except Fenced:
            if loop.time() > given_up_s:
                raise KeyFileError(KeyFault.UNAGREED) from None
        except SendFailed:
            if loop.time() > given_up_s:
                raise
        await asyncio.sleep(_RETRY_S * _CHANCE.random())  # spreads writers out


async def _appended(
    settings: Settings, decide: Callable[[KeyTable], Sequence[KeyRecord]]
) -> KeyTable:
    writer = Transactions(settings, ROLE)
    await writer.open(_WRITER)
    try:
        table = await read_table(settings)
        end = table.end  # whoever decides may take the table for its own and go on with it
        records = decide(table)
        if records:
            await writer.write(0, _sends(records))
    finally:
        await writer.close(_WRITER)
    return await _shown(settings, end) if records else table


async def _shown(settings: Settings, end: int) -> KeyTable:
    """Return the table once it holds what was appended at an offset.

    A commit is answered before its markers are written, and nobody reads past those. Who sealed
    with a key that others cannot read yet would have them call a text gone.
    """
    async with asyncio.timeout(AGREE_DEADLINE_S):
        while True:
            table = await read_table(settings)
            if table.end > end:
                return table
            await asyncio.sleep(_RETRY_S)


def _sends(records: Collection[KeyRecord]) -> list[Send]:
    return [Send(KEYS.name, key_of(one), KEY.encode(one), partition=0) for one in records]
