"""The keys of a ledger for a command that opens a text and ends: read once, never made."""

from contextlib import suppress
from typing import NamedTuple

from agents.config import Settings
from agents.edges.crypto.key_file import KeyFileError
from agents.edges.crypto.key_held import Plain, held_texts
from agents.edges.crypto.key_table import KeyTable, read_table, unwrapped
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.ledger_keys import check
from agents.edges.crypto.sealing import MonthKey, NotSealed, month_of
from schemas.records.reports import UrlKey


class Keys(NamedTuple):
    """The keys of a ledger.

    Attributes:
        ring: with all month keys of `keys.v1` that the key file opens.
        table: what `keys.v1` says.
    """

    ring: Keyring
    table: KeyTable

    def on_hold(self, url_key: UrlKey) -> list[Plain]:
        """Return what a legal hold keeps of a URL, the oldest first.

        Raises:
            KeyFileError, NotSealed: it was changed.
        """
        record = self.table.held.get(url_key)
        return [] if record is None else held_texts(self.ring.content.masters, record)

    def is_on_hold(self, url_key: UrlKey) -> bool:
        """Return whether a legal hold keeps texts of a URL; nothing is opened."""
        record = self.table.held.get(url_key)
        return record is not None and bool(record.wrapped and record.texts)


async def read_ring(settings: Settings) -> Keyring:
    """Return the ring of `read_keys`; raises what that raises."""
    return (await read_keys(settings)).ring


async def read_keys(settings: Settings) -> Keys:
    """Return what the key file opens of `keys.v1`.

    Args:
        settings: name the key file and the broker.

    Raises:
        KeyFileError: the key file is missing, of another ledger, or not the newest.
        KafkaError, TimeoutError: the broker does not answer.
    """
    ring = Keyring.load(settings.key_file)
    table = await read_table(settings)
    check(table, ring.content)
    fill(ring, table)
    return Keys(ring, table)


def fill(ring: Keyring, table: KeyTable) -> None:
    """Put what a table says of the months into a ring.

    Args:
        ring: of a key file that was held against the table.
        table: what `keys.v1` says.
    """
    for name, record in table.months.items():
        month = int(name)
        with suppress(KeyFileError):  # who asks for that month is told that it is not there
            keys = unwrapped(ring.content.masters, record)
            ring.put(month, [MonthKey(month, key) for key in keys])


def is_there(ring: Keyring, sealed: str) -> bool:
    """Return whether the key of a sealed text is held; nothing is opened."""
    try:
        return ring.months.get(month_of(sealed), False)
    except NotSealed:
        return False
