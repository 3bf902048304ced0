"""The practice world's servers together, before and after the world begins."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from agents.clock import Clock
from schemas.moments import DAY_MS, Instant
from sim.live.http_servers import ReplyHandler, Sites
from sim.live.name_server import NameServer
from sim.world.dns_answers import looked_up
from sim.world.hosters import ALL, CANARY_ADDRESS, SimHoster
from sim.world.http_answers import Monitor, answer, canary
from sim.world.http_messages import MISSING, Reply, Request
from sim.world.world import World


@dataclass(slots=True)
class WorldServers:
    """Answers for all hosters from one world.

    Attributes:
        clock: what now is.
        monitor: what hosters know of the monitor.
        hosters: who has an address.
        world: None until it begins; until then every page but the canary is missing.
    """

    clock: Clock
    monitor: Monitor
    hosters: Mapping[str, SimHoster]
    world: World | None = None
    http_port: int = 0
    dns_port: int = 0

    def handler(self, hoster: SimHoster) -> ReplyHandler:
        """Return what answers for a hoster's address."""

        def handle(request: Request) -> Reply | None:
            if self.world is None:
                return MISSING
            return answer(request, hoster, self._extended(self.world), self.monitor, self.now)

        return handle

    def addresses(self, name: str) -> Sequence[str]:
        """Return the addresses that a name has now, none for a name that nobody has."""
        world = None if self.world is None else self._extended(self.world)
        return looked_up(name, world, self.hosters, self.now)

    @property
    def now(self) -> Instant:
        """World time."""
        return self.clock.now()

    def _extended(self, world: World) -> World:
        world.extend(self.now + DAY_MS)  # material is there before it is reported
        return world


@asynccontextmanager
async def opened(
    clock: Clock, monitor: Monitor, hosters: Sequence[SimHoster] = ALL
) -> AsyncIterator[WorldServers]:
    """Open all servers; the world begins when its plan, which needs the port, is set.

    Args:
        clock: what now is.
        monitor: what hosters know of the monitor.
        hosters: who has an address, thousands if need be: each has a socket of its own.

    Raises:
        NoPort, OSError: no port is free, or not so many files may be open.
    """
    stage = WorldServers(clock, monitor, {hoster.id: hoster for hoster in hosters})
    handlers: dict[str, ReplyHandler] = {CANARY_ADDRESS: canary}
    handlers |= {hoster.address: stage.handler(hoster) for hoster in hosters}
    async with Sites(handlers) as sites, NameServer(stage.addresses) as server:
        stage.http_port, stage.dns_port = sites.port, server.port
        yield stage
