"""Name servers in memory: what a name of the practice world leads to, without a packet."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.clock import Clock
from agents.edges.dns.resolution import DnsResolution, DnsStatus
from sim.world.dns_answers import looked_up
from sim.world.hosters import SimHoster
from sim.world.world import World


@dataclass(slots=True)
class WorldNames:
    """Resolves names; see `agents.edges.dns.resolution.NameResolver`.

    Attributes:
        world: whose names.
        hosters: those of the world, by id.
        clock: when it is asked.
        waits: a call takes a turn of the loop.
    """

    world: World
    hosters: Mapping[str, SimHoster]
    clock: Clock
    waits: bool = True
    _known: dict[tuple[str, ...], DnsResolution] = field(default_factory=dict)

    async def resolve(self, host: str, *, fresh: bool = False, soon: bool = False) -> DnsResolution:
        """Return the addresses of a name now; the same answer is the same object."""
        await asyncio.sleep(0)
        found = tuple(looked_up(host, self.world, self.hosters, self.clock.now()))
        known = self._known.get((host, *found))
        if known is None:
            status = DnsStatus.OK if found else DnsStatus.NXDOMAIN
            known = DnsResolution(status=status, addresses=found)
            self._known[host, *found] = known
        return known

    async def close(self) -> None:
        """Let go of nothing."""
