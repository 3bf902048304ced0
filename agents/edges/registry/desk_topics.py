"""Follows what the desk writes and workers only tell of: proposals that wait, the newest root."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from agents.config import Settings
from agents.edges.registry.proposals import ProposalReader
from agents.engine.read.bulk import Follower
from agents.engine.stage import Received
from agents.engine.supervision import Supervisor
from schemas.codec import ROOT, Rejected
from schemas.moments import HOUR_MS, Instant
from schemas.topics import ROOTS
from streams.registry.signatories import Persons


class RootReader:
    """Reads the newest signed root outside any group.

    Args:
        settings: names the broker.

    Attributes:
        newest_at: the end of the newest hour with a root; None = there is none.
    """

    def __init__(self, settings: Settings) -> None:
        """Read nothing yet."""
        self.newest_at: Instant | None = None
        self._follower = Follower(settings, ROOTS.name, (0,))

    async def start(self, stack: AsyncExitStack) -> None:
        """Connect, and read in the background until the stack is left.

        Raises:
            KafkaError, TimeoutError: the broker does not answer, or there is no such topic.
        """
        stack.push_async_callback(self._follower.stop)
        await self._follower.start()
        stack.push_async_callback(Supervisor(self._follow(), "roots").end)

    async def _follow(self) -> None:
        while True:
            self.add(await self._follower.poll())

    def add(self, records: list[Received]) -> None:
        """Take in records; one that is no root is passed over, as everywhere."""
        for record in records:
            try:
                end_at = ROOT.decode(record.value).hour_at + HOUR_MS
            except Rejected:
                continue
            self.newest_at = max(end_at, self.newest_at or end_at)


class DeskTopics:
    """Follows `proposals.v1` and `roots.v1`.

    Args:
        settings: names the broker.
        persons: gives who may sign.

    Attributes:
        proposals: what was proposed.
    """

    def __init__(self, settings: Settings, persons: Callable[[], Persons]) -> None:
        """Read nothing yet."""
        self.proposals = ProposalReader(settings, persons)
        self._roots = RootReader(settings)

    async def start(self, stack: AsyncExitStack) -> None:
        """Connect, and read in the background until the stack is left.

        Raises:
            KafkaError, TimeoutError: the broker does not answer, or a topic is not there.
        """
        await self.proposals.start()
        stack.push_async_callback(self.proposals.stop)
        await self._roots.start(stack)

    def newest_root_at(self) -> Instant | None:
        """Return the end of the newest hour with a root; None = there is none."""
        return self._roots.newest_at
