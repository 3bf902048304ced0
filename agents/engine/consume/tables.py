"""Faust's table manager, which lets the consumer subscribe at once."""

from faust.tables import TableManager
from mode.utils.times import Seconds


class LaneTables(TableManager):
    """Begins at once: there are no tables to wait for, and no agents to say what they read.

    Faust 0.15.3 sleeps a second at every start (`TableManager.on_start`), and nowhere else here: a
    worker that was killed is away for that second longer.
    """

    async def sleep(self, n: Seconds) -> None:
        """Go on at once."""
