"""Reads `registry.v1` for stages: complete before it returns, then kept up to date."""

import asyncio

from agents.config import Settings
from agents.engine.bulk import Follower
from agents.engine.stage import Received
from agents.errors import UserError
from schemas.codec import REGISTRY as CODEC
from schemas.codec import Rejected
from schemas.topics import REGISTRY
from streams.registry import Book


class RegistryUnreadable(UserError):
    """An entry cannot be decoded; going on without it would stamp facts with wrong values."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("registry.v1 holds an entry of a newer version: update hostwatch")


class RegistryReader:
    """Follows the registry. An entry holds 10 min after it was written at the earliest, so a
    reader that lags by less stamps what every other reader stamps.

    Args:
        settings: names the broker.
    """

    def __init__(self, settings: Settings) -> None:
        """Read nothing yet."""
        self._book = Book()
        self._follower = Follower(settings, REGISTRY.name, (0,))
        self._task: asyncio.Task[None] | None = None

    @property
    def book(self) -> Book:
        """All entries read so far.

        Raises:
            RegistryUnreadable, KafkaError, TimeoutError: reading has stopped; so must the caller.
        """
        if self._task is not None and self._task.done():
            self._task.result()
        return self._book

    async def start(self) -> None:
        """Read all that is there, then go on in the background.

        Raises:
            KafkaError, TimeoutError: the broker does not answer, or there is no such topic.
            RegistryUnreadable: an entry cannot be decoded.
        """
        try:
            await self._follower.start()
            while not self._follower.caught_up:
                self._take(await self._follower.poll())
        except BaseException:  # a cancelled start too leaves no connection open
            await self._follower.stop()
            raise
        self._task = asyncio.create_task(self._follow(), name="registry")

    async def stop(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self._follower.stop()

    async def _follow(self) -> None:
        while True:
            self._take(await self._follower.poll())

    def _take(self, records: list[Received]) -> None:
        for record in records:
            try:
                self._book.add(CODEC.decode(record.value or b""))
            except Rejected:
                raise RegistryUnreadable from None


async def read_book(settings: Settings) -> Book:
    """Return the registry as it stands; raises what `RegistryReader.start` raises."""
    reader = RegistryReader(settings)
    await reader.start()
    try:
        return reader.book
    finally:
        await reader.stop()
