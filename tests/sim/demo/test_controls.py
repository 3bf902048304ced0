"""What a person does to a running world: a key has its effect, and the notes below say so."""

import asyncio
import sys
from contextlib import asynccontextmanager

import msgspec

from agents.clock import Clock
from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.engine.produce.outbox import KafkaOutbox
from schemas.moments import DAY_MS, HOUR_MS
from sim.demo.children import Child
from sim.demo.controls import EVERY, HISTORY, Keyboard
from sim.demo.demo_settings import DemoOptions, clock_now, for_world
from sim.demo.hotlines import Hotlines
from sim.demo.keys import KeyPresses
from sim.demo.setup import DemoSetup
from sim.demo.tables import DemoTables
from sim.demo.worker import DemoWorker
from sim.live.planning import planned
from sim.live.protocol import Begin, Ports
from sim.live.steered import Steered
from sim.oracle.oracle import RunReport

SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")
WORLD = (sys.executable, "-m", "sim.live")
NOTHING = RunReport(outcomes={}, unaccounted=0, findings={}, lines=())


@asynccontextmanager
async def keyboard(tmp_path, world=SLEEPS):
    """Yield the keys of a demo with a worker that does nothing, and what runs as its servers."""
    options = DemoOptions()
    clock = clock_now(options)
    setting, settings, start_at = for_world(options, clock), Settings(), clock.clock().now()
    servers = await Child.start("servers", world, tmp_path / "world.log", talks=True)
    worker = await DemoWorker.start(SLEEPS, tmp_path / "worker.log", Clock())
    outbox = KafkaOutbox(settings)
    scene = DemoSetup(
        setting=setting,
        settings=settings,
        keys=Keyring.create(tmp_path / "keys.json"),
        outbox=outbox,
        tables=DemoTables(partitions=1),
        servers=servers,
        worker=worker,
        children=(),
        ports=Ports(http=1, dns=2),
        addresses=(),
    )
    steered = Steered(planned(setting, 1, start_at))
    hotlines = Hotlines(world=steered, clock=clock.clock(), outbox=outbox, told_until=start_at)
    try:
        yield Keyboard(scene, hotlines, asyncio.Event())
    finally:
        await servers.stop()
        await worker.stop()


async def begun(scene, start_at):
    """Have the world's servers open, and the world begin."""
    await scene.servers.tell(msgspec.json.encode(scene.setting) + b"\n")
    assert msgspec.json.decode(await scene.servers.heard(), type=Ports).http
    await scene.servers.tell(msgspec.json.encode(Begin(start_at=start_at)) + b"\n")


async def test_keys_do_what_they_say(tmp_path):
    """Pause and go on, a hoster goes bad in both processes, an end; any other key does nothing."""
    async with keyboard(tmp_path, WORLD) as found:
        world, keys = found.hotlines.world, KeyPresses()
        await begun(found.scene, world.plan.start_at)
        first = world.next_bad()
        heeding = asyncio.create_task(found.heed(keys))
        try:
            for key in "xp":
                keys.put_nowait(key)
            async with asyncio.timeout(60):
                while not found.hotlines.pausing:
                    await asyncio.sleep(0)
            said = found.notes(NOTHING)
            assert any("paused" in line for line in said)
            assert not any("went bad" in line for line in said)
            for key in "pbkq":
                keys.put_nowait(key)
            await asyncio.wait_for(found.stop.wait(), 60)
        finally:
            heeding.cancel()
            await asyncio.gather(heeding, return_exceptions=True)
        assert not found.hotlines.pausing
        assert world.bad == (first.id,)
        assert found.scene.worker._wanted.is_set()
        (said,) = (line for line in found.notes(NOTHING) if "went bad" in line)
        assert said.startswith(f"{first.id} went bad on day 0, hour ")


async def test_the_line_of_what_is_open_is_bounded_and_marks_each_kill(tmp_path):
    """One refresh in four is kept, and so many that they fit a line."""
    async with keyboard(tmp_path) as found:
        for _ in range(EVERY * (HISTORY + 3)):
            found.notes(NOTHING)
        outages = found.scene.worker.outages
        begun_at = found.hotlines.world.plan.start_at
        outages.begin(begun_at + DAY_MS)
        assert "worker killed 1 times, not back yet" in found.notes(NOTHING)
        outages.end(begun_at + DAY_MS + HOUR_MS)
        line, *rest = found.notes(NOTHING)
        assert "worker killed 1 times" in rest
        shown = line.partition(": ")[2].split()
        assert shown == [*["0"] * (HISTORY - 2), "[killed]", "[back]"]
