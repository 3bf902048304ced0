"""The practice world's servers together, before and after the world begins."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from agents.clock import Clock
from schemas.moments import DAY_MS
from sim.answers import MISSING, Monitor, Reply, Request, answer, canary
from sim.hosters import CANARY_ADDRESS, CANARY_HOST, TWELVE, SimHoster
from sim.live.names import NameServer
from sim.live.sites import Handler, Sites
from sim.world import World


@dataclass(slots=True)
class Stage:
    """Answers for all hosters from one world.

    Attributes:
        clock: what now is.
        monitor: what hosters know of the monitor.
        world: None until it begins; until then every page but the canary is missing.
    """

    clock: Clock
    monitor: Monitor
    world: World | None = None
    http_port: int = 0
    dns_port: int = 0

    def handler(self, hoster: SimHoster) -> Handler:
        """Return what answers for a hoster's address."""

        def handle(request: Request) -> Reply | None:
            if self.world is None:
                return MISSING
            now = self.clock.now()
            self.world.extend(now + DAY_MS)  # material is there before it is reported
            return answer(request, hoster, self.world, self.monitor, now)

        return handle


def names() -> Mapping[str, str]:
    """Return the address of every name of the practice world."""
    found = {host: hoster.address for hoster in TWELVE for host in hoster.hosts}
    return {**found, CANARY_HOST: CANARY_ADDRESS}


@asynccontextmanager
async def opened(clock: Clock, monitor: Monitor) -> AsyncIterator[Stage]:
    """Open all servers; the world begins when its plan, which needs the port, is set.

    Raises:
        NoPort, OSError: no port is free.
    """
    stage = Stage(clock, monitor)
    handlers: dict[str, Handler] = {CANARY_ADDRESS: canary}
    handlers |= {hoster.address: stage.handler(hoster) for hoster in TWELVE}
    async with Sites(handlers) as sites, NameServer(names()) as server:
        stage.http_port, stage.dns_port = sites.port, server.port
        yield stage
