"""Reads `registry.v1` for stages: complete before it returns, then kept up to date."""

import asyncio
from collections.abc import Callable

from agents.config import Settings
from agents.edges.crypto.person_key import genuine
from agents.edges.registry.skips import read_skips
from agents.engine.read.bulk import Follower
from agents.engine.stage import Received
from agents.engine.supervision import crash_on_unexpected_exit
from agents.errors import UserError
from schemas.codec import REGISTRY as CODEC
from schemas.codec import Rejected
from schemas.identity.ids import Hash
from schemas.records.registry import PersonEntry
from schemas.topics import REGISTRY
from streams.registry.signatories import Persons
from streams.registry.snapshot import RegistryHistory


class RegistryUnreadable(UserError):
    """An entry cannot be decoded; going on without it would stamp facts with wrong values."""

    def __init__(self, offset: int) -> None:
        """Say where it stands and what to do."""
        super().__init__(
            f"{REGISTRY.name}, partition 0, offset {offset}: an entry of a newer version, or none;"
            " it needs a newer hostwatch, or two persons set it aside:"
            f" `hostwatch skip propose {REGISTRY.name} 0 {offset} --reason TEXT --person FILE`"
        )
        self.offset = offset


class RegistryReader:
    """Follows the registry. An entry holds 10 min after it was written at the earliest, so a
    reader that lags by less stamps what every other reader stamps.

    An entry that cannot be decoded stops it, unless two persons set that entry aside. `skips.v1`
    is read where there is one, and not else.

    Args:
        settings: names the broker.
        hash: the ledger's keyed hash, checks that a skip is of that very entry; None where the
            key file is not at hand.
        on_crash: told at once when following has stopped; None = the next use of the registry is.

    Attributes:
        persons: who may sign.
    """

    def __init__(
        self,
        settings: Settings,
        hash: Hash | None = None,
        on_crash: Callable[[str, BaseException], object] | None = None,
    ) -> None:
        """Read nothing yet."""
        self.persons = Persons(genuine)
        self._settings = settings
        self._hash = hash
        self._registry_history = RegistryHistory()
        self._odd: list[Received] = []
        self._follower = Follower(settings, REGISTRY.name, (0,))
        self._on_crash = on_crash
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def registry_history(self) -> RegistryHistory:
        """All entries read so far.

        Raises:
            RegistryUnreadable, KafkaError, TimeoutError: reading has stopped; so must the caller.
        """
        if self._task is not None and self._task.done():
            self._task.result()
        return self._registry_history

    async def start(self, *, tolerant: bool = False) -> None:
        """Read all that is there, then go on in the background.

        Args:
            tolerant: pass over what cannot be decoded, for those who are about to set it aside.

        Raises:
            KafkaError, TimeoutError: the broker does not answer, or there is no such topic.
            RegistryUnreadable: an entry cannot be decoded.
        """
        try:
            await self._follower.start()
            while not self._follower.caught_up:
                self._take(await self._follower.poll())
            if not tolerant:
                await self._judge_odd()
        except BaseException:  # a cancelled start too leaves no connection open
            await self._follower.stop()
            raise
        self._task = asyncio.create_task(self._follow(tolerant=tolerant), name="registry")
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Tell that following has stopped: who reads seldom would go on with an old registry."""
        if self._on_crash is not None and not self._stopping:
            error = None if task.cancelled() else task.exception()
            if error is not None:
                self._on_crash("registry", error)
            else:
                crash_on_unexpected_exit("registry", "following the registry", self._on_crash)

    async def stop(self) -> None:
        """Stop following."""
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self._follower.stop()

    async def _follow(self, *, tolerant: bool) -> None:
        while True:
            self._take(await self._follower.poll())
            if not tolerant:
                await self._judge_odd()

    def _take(self, records: list[Received]) -> None:
        for record in records:
            try:
                entry = CODEC.decode(record.value)
            except Rejected:
                self._odd.append(record)
                continue
            if isinstance(entry, PersonEntry):
                self.persons.add(entry, record.appended_at)
            else:
                self._registry_history.add(entry)

    async def _judge_odd(self) -> None:
        """Stop on what could not be decoded, unless it is set aside."""
        if not self._odd:
            return
        aside = await read_skips(self._settings, self.persons, self._hash)
        odd, self._odd = aside.kept(self._odd), []
        if odd:
            raise RegistryUnreadable(odd[0].offset)


async def read_registry(settings: Settings) -> RegistryHistory:
    """Return the registry as it stands; raises what `RegistryReader.start` raises."""
    reader = RegistryReader(settings)
    await reader.start()
    try:
        return reader.registry_history
    finally:
        await reader.stop()
