"""Keys without a ledger: month keys are made in memory when they are asked for."""

import os
from collections.abc import Sequence

from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import MonthKey


class LooseKeys(Keyring):
    """A key file whose months are known to this object alone."""

    __slots__ = ()

    async def ready(self, *instants: int) -> None:
        """Do nothing: what is missing is made when it is asked for."""

    def _absent(self, month: int) -> Sequence[MonthKey]:
        made = (MonthKey(month, os.urandom(32)),)
        self.put(month, made)
        return made
