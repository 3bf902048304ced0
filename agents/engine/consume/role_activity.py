"""What the engine knows of one role's work, for `agents.engine.observe.liveness`."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from aiokafka.errors import IllegalStateError
from faust.types import TP

from agents.engine.consume.consumer import StageApp, StageConsumer
from agents.engine.observe.liveness import Reached, Where

POSITION_DEADLINE_S = 1.0
"""A position is known, or the partition is being sought; then it is asked at the next check."""


@dataclass(frozen=True, slots=True)
class AppWork:
    """What the engine knows of one app's progress.

    Attributes:
        app: a started one.
    """

    app: StageApp

    @property
    def role(self) -> str:
        """Return the role."""
        return self.app.runner.stage.role

    @property
    def topics(self) -> Collection[str]:
        """Return what the stage reads."""
        return self.app.runner.stage.topics

    @property
    def _consumer(self) -> StageConsumer:
        return cast(StageConsumer, self.app.consumer)

    def assigned(self) -> Iterable[Where]:
        """Give what the group gave to this process."""
        prefix = len(self.app.topic_prefix)
        return [(tp.topic[prefix:], tp.partition) for tp in self._consumer.assignment()]

    def loading(self) -> frozenset[int]:
        """Give partitions whose state is being loaded."""
        return self.app.runner.owned - self.app.runner.ready

    async def reached(self) -> Mapping[Where, Reached]:
        """Return how far partitions are.

        Where nothing waits that is the consumer's position: behind the newest record may stand
        markers of transactions, which are handed to nobody.
        """
        under_way, done = self.app.runner.under_way(), self.app.runner.done()
        found = {}
        for where in self.assigned():
            handled, busy = under_way.get(where, (0, False))
            if not busy:
                position = await self._position(where)
                if position is None:
                    continue
                handled = max(handled, position)
            found[where] = Reached(handled, done[where] if busy else handled)
        return found

    async def _position(self, where: Where) -> int | None:
        tp = TP(self.app.topic_prefix + where[0], where[1])
        try:
            async with asyncio.timeout(POSITION_DEADLINE_S):
                return await self._consumer.position(tp)
        except (TimeoutError, IllegalStateError):
            return None
