"""Gives the loop back while a long list is worked off: others wait 20 ms at most.

Sockets, heartbeats and the health check live in one loop with the stages. What a step costs is not
known before it was taken, so it is time that is measured and not steps.
"""

import asyncio
from typing import Final

SLICE_S: Final = 0.01
"""Half of the 20 ms, so that the step under way when it is over has the other half."""


class Slices:
    """The pauses of one list.

    Args:
        slice_s: how long the loop is held at least before it is given back.
    """

    def __init__(self, slice_s: float = SLICE_S) -> None:
        """Begin the first slice now."""
        self._slice_s = slice_s
        self._clock = asyncio.get_running_loop().time
        self._until_s = self._clock() + slice_s

    def over(self) -> bool:
        """Say whether the slice is over, for who asks at every step and seldom has to wait."""
        return self._clock() >= self._until_s

    async def pause(self) -> bool:
        """Give the loop back if the slice is over, and say whether it was."""
        if not self.over():
            return False
        await asyncio.sleep(0)
        self._until_s = self._clock() + self._slice_s
        return True
