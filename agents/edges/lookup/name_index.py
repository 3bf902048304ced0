"""Which URLs a hotline's own id names: an index of `reports.v1`, followed and held in memory.

Without it a search by reference reads the whole topic: seconds for a million entries, and minutes
in a ledger of some years. SQLite holds some 60 bytes an id; a look-up takes microseconds.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from aiokafka.errors import KafkaError

from agents.config import Settings
from agents.engine.failures import EngineFailure
from agents.engine.read.bulk import Follower
from agents.engine.slices import Slices
from agents.engine.stage import Received
from agents.process.log import log
from schemas.codec import REPORTS_ENTRY, Rejected
from schemas.records.reports import NoticeAccepted, ReportsEntry
from schemas.topics import REPORTS

AGAIN_S: Final = 5.0
"""After a fault: a broker that restarts is back in some seconds."""


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
        skips_read: up to where `skips.v1` was read for that; when it moves, the index is made anew.
        ready: all that stood there at the start is in the index.
    """

    settings: Settings
    is_aside: Callable[[Received], bool]
    skips_read: Callable[[], int] = lambda: 0
    ready: bool = False
    _table: sqlite3.Connection = field(default_factory=_table, repr=False)

    async def run(self) -> None:
        """Follow the topic until cancelled; after a fault it begins again in a while.

        Whenever it is not ready, searches read the topic: they are slower, and find the same.
        """
        while True:
            try:
                await self._followed()
            except (KafkaError, TimeoutError, EngineFailure) as error:
                log("web").warning(
                    "the index of references begins again", error=type(error).__name__
                )
                await asyncio.sleep(AGAIN_S)

    async def _followed(self) -> None:
        """Follow the topic from its start until other records are set aside than before."""
        follower = Follower(self.settings, REPORTS.name, range(self.settings.kafka.partitions))
        skips_read = self.skips_read()
        self._table.execute("DELETE FROM names")
        try:
            await follower.start()
            while self.skips_read() == skips_read:
                slices = Slices()
                for record in await follower.poll():
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
            entry = REPORTS_ENTRY.decode(record.value)
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


def names_in(entry: ReportsEntry) -> tuple[str, ...]:
    """Return the keyed hashes of a hotline's own ids that an entry was made from."""
    names: tuple[str | None, ...] = (entry.record_id,)
    if isinstance(entry, NoticeAccepted):
        names = (entry.record_id, entry.reference, entry.message_id, entry.envelope_id)
    return tuple(name for name in names if name)
