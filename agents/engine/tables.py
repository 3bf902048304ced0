"""Faust's table manager, which lets the consumer subscribe as soon as all its topics are known."""

import asyncio

from faust.tables import TableManager

POLL_S = 0.005
REGISTERED_DEADLINE_S = 1.0
"""So long Faust waits in any case."""


class LaneTables(TableManager):
    """Waits until the agents have said what they read; there are no tables to wait for.

    Faust 0.15.3 sleeps a second here at every start (`TableManager.on_start`), so that the one
    subscription holds the topics of all agents: a worker that was killed is away for that second
    longer.
    """

    async def on_start(self) -> None:
        """Begin once the topics of all agents are known."""
        wanted = {name for agent in self.app.agents.values() for name in agent.get_topic_names()}
        clock = asyncio.get_running_loop().time
        until = clock() + REGISTERED_DEADLINE_S
        while clock() < until and not self.should_stop:
            if wanted <= {name for channel in self.app.topics for name in channel.topics}:
                break
            await self.sleep(POLL_S)
        if not self.should_stop:
            await self._update_channels()
            await self.recovery.start()
