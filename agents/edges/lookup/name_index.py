"""Which URLs a hotline's own id names: an index of `reports.v1`, followed and held in memory.

Without it a search by reference reads the whole topic: seconds for a million entries, and minutes
in a ledger of some years. SQLite holds some 60 bytes an id; a look-up takes microseconds.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from agents.config import Settings
from agents.engine.read.bulk import Follower
from agents.engine.slices import Slices
from agents.engine.stage import Received
from schemas.codec import LEDGER, Rejected
from schemas.records.ledger import LedgerEntry, NoticeAccepted
from schemas.topics import REPORTS


def _table() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:", isolation_level=None)
    made.execute(
        "CREATE TABLE names (name TEXT, url_key BLOB, PRIMARY KEY (name, url_key)) WITHOUT ROWID"
    )
    return made


@dataclass(slots=True)
class NameIndex:
    """Follows `reports.v1`, and finds the keys of URLs by names of hotlines' ids.

    Attributes:
        settings: broker, prefix and number of partitions.
        is_aside: whether two persons set a record aside.
        ready: all that stood there at the start is in the index.
    """

    settings: Settings
    is_aside: Callable[[Received], bool]
    ready: bool = False
    _table: sqlite3.Connection = field(default_factory=_table, repr=False)

    async def run(self) -> None:
        """Follow the topic until cancelled; any fault ends it, and searches read the topic."""
        follower = Follower(self.settings, REPORTS.name, range(self.settings.kafka.partitions))
        try:
            await follower.start()
            async for batch in follower.batches():
                slices = Slices()
                for record in batch:
                    self.take(record)
                    await slices.pause()
                self.ready = self.ready or follower.caught_up
        finally:
            self.ready = False
            await follower.stop()

    def take(self, record: Received) -> None:
        """Take in a record of the topic; a stage says if it cannot be read, here it names none."""
        if self.is_aside(record):
            return
        try:
            entry = LEDGER.decode(record.value or b"")
        except Rejected:
            return
        key = bytes.fromhex(entry.url_key)
        rows = [(name, key) for name in names_in(entry)]
        self._table.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", rows)

    def find(self, names: Iterable[str]) -> frozenset[str]:
        """Return the keys of the URLs that some names stand for.

        Args:
            names: keyed hashes, as entries have them.
        """
        return frozenset(key for name in names for key in self._keys(name))

    def _keys(self, name: str) -> Iterator[str]:
        rows = self._table.execute("SELECT url_key FROM names WHERE name = ?", (name,))
        return (bytes(key).hex() for (key,) in rows)


def names_in(entry: LedgerEntry) -> tuple[str, ...]:
    """Return the keyed hashes of a hotline's own ids that an entry was made from."""
    names: tuple[str | None, ...] = (entry.record_id,)
    if isinstance(entry, NoticeAccepted):
        names = (entry.record_id, entry.reference, entry.message_id, entry.envelope_id)
    return tuple(name for name in names if name)
