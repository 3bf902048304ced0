"""Faust's table manager, which lets the consumer subscribe at once."""

from faust.tables import TableManager


class LaneTables(TableManager):
    """Begins at once: there are no tables to wait for, and no agents to say what they read.

    Faust 0.15.3 sleeps a second here at every start (`TableManager.on_start`): a worker that was
    killed is away for that second longer.
    """

    async def on_start(self) -> None:
        """Begin."""
        if not self.should_stop:
            await self._update_channels()
            await self.recovery.start()
