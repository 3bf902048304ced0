"""A copy of `keys.v1` in a file, for a ledger that is put back from an older backup.

When a month is destroyed the master key is replaced, so a backup of the broker's data from before
holds month keys that nothing opens any more. The copy, made after it, has the surviving ones as the
newest master key wraps them. It is worth nothing without the key file.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from agents.config import Settings
from agents.edges.crypto.key_file import KeyFault, KeyFile, KeyFileError
from agents.edges.crypto.key_held import held_texts
from agents.edges.crypto.key_table import KeyTable, append_exclusively, unwrapped
from agents.edges.crypto.keys import Keyring
from agents.errors import UserError
from schemas.codec import KEY, Rejected
from schemas.records.custody import KeyRecord, LedgerKey

COPY_BYTES_MAX: Final = 64 * 1024 * 1024
"""Thousands of URLs under legal hold; what is larger is another file named by mistake."""

_BAD: Final = "this is no copy of keys.v1 as `hostwatch keys export` writes it"


def copied(table: KeyTable) -> bytes:
    """Return a table as a file's content, a record a line.

    Raises:
        KeyFileError: the ledger names no key file yet.
    """
    if table.ledger is None:
        raise KeyFileError(KeyFault.UNBOUND)
    records: list[KeyRecord] = [table.ledger, *(table.months[m] for m in sorted(table.months))]
    records += [table.held[key] for key in sorted(table.held)]
    return b"".join(KEY.encode(record) + b"\n" for record in records)


def read_copy(content: bytes) -> KeyTable:
    """Return the table that a file's content was made from.

    Raises:
        UserError: it is none.
    """
    table = KeyTable()
    try:
        for line in content.splitlines():
            table.add(KEY.decode(line))
    except Rejected:
        raise UserError(_BAD) from None
    if table.ledger is None or len(content) > COPY_BYTES_MAX:
        raise UserError(_BAD)
    return table


def is_copy(content: bytes) -> bool:
    """Return whether a file's content is such a copy."""
    try:
        read_copy(content)
    except UserError:
        return False
    return True


async def put_back(settings: Settings, copy: KeyTable) -> int:
    """Put a copy into `keys.v1` where that names a master key which this key file has not.

    Where it names this file's, the months that it holds nothing of are put back.

    Args:
        settings: name the key file and the broker.
        copy: made when the key file was as it is.

    Returns:
        How many months were put back.

    Raises:
        KeyFileError: the copy is not of this key file.
        UserError: `keys.v1` is as new as the key file.
        KafkaError, TimeoutError, SendFailed: the broker does not answer.
    """
    content = Keyring.load(settings.key_file).content
    ledger = copy.ledger
    if ledger is None or ledger.fingerprint != content.fingerprint:
        raise KeyFileError(KeyFault.FOREIGN)
    for record in copy.months.values():
        unwrapped(content.masters, record)  # every key opens, or nothing is written
    for held in copy.held.values():
        held_texts(content.masters, held)
    table = await append_exclusively(
        settings, partial(_behind, copy=copy, ledger=ledger, content=content)
    )
    return sum(bool(record.wrapped) for record in table.months.values())


def _behind(
    table: KeyTable, copy: KeyTable, ledger: LedgerKey, content: KeyFile
) -> Sequence[KeyRecord]:
    now = table.ledger
    if now is not None and now.fingerprint != content.fingerprint:
        raise KeyFileError(KeyFault.FOREIGN)
    if now is not None and now.master in content.masters:
        lost: list[KeyRecord] = [r for month, r in copy.months.items() if month not in table.months]
        lost += [held for key, held in copy.held.items() if key not in table.held]
        if not lost:
            raise UserError("keys.v1 is as new as the key file: there is nothing to put back")
        return lost
    gone = {month for month, record in table.months.items() if not record.wrapped}
    months = [record for month, record in sorted(copy.months.items()) if month not in gone]
    return [ledger, *months, *copy.held.values()]
