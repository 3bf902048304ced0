"""What a person can do to a running world, and what of it is shown."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Final

import msgspec

from schemas.moments import DAY_MS, HOUR_MS, Instant
from sim.demo.hotlines import Hotlines
from sim.demo.keys import KeyPresses
from sim.demo.setup import DemoSetup
from sim.live.protocol import GoBad, WentBad
from sim.oracle.oracle import RunReport

HELP: Final = "p pause the hotlines, b a hoster goes bad, k kill the worker, q end"

HISTORY: Final = 12
"""So many of the newest figures fit a line."""

EVERY: Final = 4
"""One refresh in so many is kept: the line goes back some twenty seconds."""


@dataclass(slots=True)
class Keyboard:
    """The keys of a demo.

    Attributes:
        scene: what a worker and the world's servers are in.
        hotlines: who reports.
        stop: ends the world.
    """

    scene: DemoSetup
    hotlines: Hotlines
    stop: asyncio.Event
    _backlog: deque[str] = field(default_factory=lambda: deque(maxlen=HISTORY))
    _was_away: bool = False
    _shown: int = 0
    _bad: list[tuple[str, Instant]] = field(default_factory=list)

    async def heed(self, keys: KeyPresses) -> None:
        """Do what the keys say until cancelled; others do nothing."""
        while True:
            match await keys.get():
                case "p":
                    self.hotlines.pausing = not self.hotlines.pausing
                case "b":
                    await self._go_bad()
                case "k":
                    self.scene.worker.kill()
                case "q":
                    self.stop.set()

    async def _go_bad(self) -> None:
        """Let the honest hoster with the most reports remove nothing more."""
        world = self.hotlines.world
        hoster = world.next_bad()
        if hoster is None:
            return
        await self.scene.servers.tell(msgspec.json.encode(GoBad(hoster=hoster.id)) + b"\n")
        said = msgspec.json.decode(await self.scene.servers.heard(), type=WentBad)
        world.go_bad(said.hoster, said.at)
        self._bad.append((said.hoster, said.at - world.plan.start_at))

    def notes(self, run_report: RunReport) -> list[str]:
        """Return what stands below the table, given what it shows."""
        away = self.scene.worker.away
        if away and not self._was_away:
            self._backlog.append("[killed]")
        elif self._was_away and not away:
            self._backlog.append("[back]")
        elif self._shown % EVERY == 0:
            self._backlog.append(str(sum(line.measured.backlog for line in run_report.lines)))
        self._was_away, self._shown = away, self._shown + 1
        killed = self.scene.worker.outages.count
        notes = [f"open in all, newest last: {' '.join(self._backlog)}"]
        if killed:
            notes.append(f"worker killed {killed} times{', not back yet' if away else ''}")
        if self.hotlines.pausing:
            notes.append("the hotlines are paused: they go on with what they have reported")
        for hoster, since_ms in self._bad:
            notes.append(f"{hoster} went bad on {_when(since_ms)}: it removes nothing more")
        return notes


def _when(since_ms: int) -> str:
    days, rest = divmod(since_ms, DAY_MS)
    return f"day {days}, hour {rest // HOUR_MS}"
