"""What the demo and the practice world's process say to each other."""

from typing import TypeAlias

from msgspec import Struct

from agents.clock import Clock
from schemas.moments import Instant
from sim.world.http_answers import Monitor


class Setting(Struct, frozen=True, kw_only=True):
    """Everything the servers need before the world begins.

    Attributes:
        seed: of the world.
        scenario: its name.
        hosters: how many take part; None = the scenario's.
        rate: URLs reported a day; None = as the scenario has it.
        start_wall_ms, start_world_ms, speed: the clock.
        announced, unannounced: source addresses of the monitor's vantages.
    """

    seed: int
    scenario: str = "calm"
    hosters: int | None = None
    rate: float | None = None
    start_wall_ms: int
    start_world_ms: Instant
    speed: float
    announced: tuple[str, ...] = ()
    unannounced: tuple[str, ...] = ()

    def clock(self) -> Clock:
        """Return the world's clock."""
        return Clock(self.start_wall_ms, self.start_world_ms, self.speed)

    def monitor(self) -> Monitor:
        """Return what hosters know of the monitor."""
        return Monitor(announced=frozenset(self.announced), unannounced=frozenset(self.unannounced))


class Ports(Struct, frozen=True, kw_only=True):
    """Where the servers listen."""

    http: int
    dns: int


class Begin(Struct, frozen=True, kw_only=True, tag=True):
    """The world begins: its first day starts at this instant."""

    start_at: Instant


class GoBad(Struct, frozen=True, kw_only=True, tag=True):
    """A hoster removes nothing more; answered by `WentBad`."""

    hoster: str


class WentBad(Struct, frozen=True, kw_only=True):
    """From when on a hoster removes nothing more."""

    hoster: str
    at: Instant


Order: TypeAlias = Begin | GoBad
"""What the world is told once its servers are there."""
