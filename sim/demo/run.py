"""Runs the demo: the world goes on until it is stopped, then measured and true are compared."""

import asyncio
import logging
import signal
import time
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from rich.console import Console
from rich.live import Live

from schemas.moments import HOUR_MS, Instant
from sim.demo import gain_table, keys, screen
from sim.demo.controls import HELP, Keyboard
from sim.demo.demo_settings import DemoOptions, Folder
from sim.demo.hotlines import Hotlines
from sim.demo.setup import DemoSetup, set_up
from sim.oracle.evidence import Evidence
from sim.oracle.oracle import Oracle, RunReport

REFRESH_S: Final = 0.5

_IDLE: Final = 4
"""A screen of thousands of hosters is renewed more seldom: a fifth of the time goes into it."""

SETTLE_WORLD_MS: Final = 2 * HOUR_MS
"""What was true when the hotlines stopped is confirmed within the hour, and written after it."""

SETTLE_WALL_S: Final = 10.0
"""In slow worlds nobody waits for hours; the oracle asks for no more than was due."""

DRAIN_DEADLINE_S: Final = 240.0
"""A free machine needs none of it; one that is busy with other work is behind by minutes."""

_WAITS_MS: Final = 1_000
"""Between the answer of a name server and the request a probe waits no longer, on a busy
machine."""

_POLL_S: Final = 0.1


@dataclass(slots=True)
class EndRequests:
    """How a run is asked to end: the first request stops the world, the next one everything.

    Attributes:
        stop: the world has been asked to stop.
        patient: the world runs, so there is something to stop and compare.
    """

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    patient: bool = False

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Listen to Ctrl-C, SIGTERM and a closed terminal for the duration."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

        def ask() -> None:
            if self.patient and not self.stop.is_set():
                self.stop.set()
            elif task is not None:
                task.cancel()

        for number in signals:
            loop.add_signal_handler(number, ask)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)


async def run(options: DemoOptions, folder: Folder, console: Console) -> RunReport:
    """Run the demo and return what the oracle says.

    Args:
        options: what the person chose.
        folder: an empty folder for everything of the run.
        console: where it shows what happens.

    Raises:
        UserError: something cannot be started, or ended by itself.
        asyncio.CancelledError: asked to end before there was anything to compare, or twice.
    """
    # a broker that starts is not there at first: the client says so, tries again, and raises
    # what matters
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    ending = EndRequests()
    with ending.heard():
        async with AsyncExitStack() as stack:
            scene = await set_up(stack, options, folder, console.print)
            for line in scene.addresses:
                console.print(line, highlight=False)
            evidence, oracle = await _watched(scene, _play(scene, options, ending, console))
            console.print("stopping")
        run_report = oracle.judge(evidence)
    console.print(screen.table(run_report.lines))
    console.print(gain_table.table(run_report.lines))
    if options.kill_every_s is not None or scene.worker.outages.count:
        console.print(_killed(scene), highlight=False)
    for line in screen.verdict(run_report):
        console.print(line, highlight=False)
    return run_report


async def _play(
    scene: DemoSetup, options: DemoOptions, ending: EndRequests, console: Console
) -> tuple[Evidence, Oracle]:
    hotlines = await scene.begin()
    oracle = Oracle(world=hotlines.world, key_of=scene.key_of, outages=scene.worker.outages)
    ending.patient = True
    work = asyncio.create_task(hotlines.work(ending.stop), name="demo hotlines")
    controls = Keyboard(scene, hotlines, ending.stop)
    show = asyncio.create_task(_show(oracle, controls, console), name="demo screen")
    kills = asyncio.create_task(
        scene.worker.die(options.kill_every_s, ending.stop, scene.back), name="demo kills"
    )
    hands = asyncio.create_task(_heeded(controls), name="demo keys")
    try:
        stopping = asyncio.create_task(ending.stop.wait())
        running = {work, show, kills, hands, stopping}
        await asyncio.wait(running, timeout=options.run_s, return_when=asyncio.FIRST_COMPLETED)
        ending.stop.set()
        if hands.done():
            hands.result()
        await work
        await kills
        as_of = scene.settings.clock.clock().now()
        await _drained(scene, hotlines, as_of)
        evidence = scene.tables.evidence(as_of, hotlines.told_until)
        evidence = replace(evidence, stale_ms=int(_WAITS_MS * scene.settings.clock.speed))
        return scene.tables.probes(scene.settings.vantages, evidence), oracle
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _killed(scene: DemoSetup) -> str:
    outages = scene.worker.outages
    away_s = scene.settings.clock.clock().wall_seconds(outages.total_ms)
    return f"the worker was killed {outages.count} times and was away for {away_s:.1f} s in all"


async def _heeded(controls: Keyboard) -> None:
    """Do what the keys say, where there are any; never end by itself."""
    with keys.pressed() as found:
        if found is None:
            await controls.stop.wait()
        else:
            await controls.heed(found)


async def _show(oracle: Oracle, controls: Keyboard, console: Console) -> None:
    scene, hotlines = controls.scene, controls.hotlines
    below = [*scene.addresses, HELP if keys.can_be_pressed() else "Ctrl-C ends it"]
    with Live(console=console, auto_refresh=False, transient=True) as screen_area:
        while True:
            begun_s = time.monotonic()
            now = scene.tables.read_at
            evidence = scene.tables.evidence(now, min(now, hotlines.told_until))
            run_report = oracle.judge(evidence)
            elapsed_ms = max(0, now - hotlines.world.plan.start_at)
            notes = [*controls.notes(run_report), *below]
            screen_area.update(screen.live(run_report.lines, elapsed_ms, notes), refresh=True)
            await asyncio.sleep(max(REFRESH_S, _IDLE * (time.monotonic() - begun_s)))


async def _drained(scene: DemoSetup, hotlines: Hotlines, as_of: Instant) -> None:
    """Wait until the pipeline has worked off what was sent, and what follows from it is known."""
    settle_ms = min(SETTLE_WORLD_MS, int(1_000 * SETTLE_WALL_S * scene.settings.clock.speed))
    tables = scene.tables
    try:
        async with asyncio.timeout(DRAIN_DEADLINE_S):
            while (
                tables.settled < hotlines.sent
                or tables.read_at < as_of + settle_ms
                or not tables.placed
            ):
                tables.check()
                await asyncio.sleep(_POLL_S)
    except TimeoutError:
        return  # the oracle names what is missing


async def _watched(
    scene: DemoSetup, play: Coroutine[None, None, tuple[Evidence, Oracle]]
) -> tuple[Evidence, Oracle]:
    """Return what the play returns, unless a process ends by itself before it.

    Raises:
        UserError: one did.
    """
    tasks = [asyncio.create_task(child.ended()) for child in scene.children]
    main = asyncio.create_task(play, name="demo play")
    try:
        done, _ = await asyncio.wait({main, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {main}:
            task.result()
        return await main
    finally:
        for task in (main, *tasks):
            task.cancel()
        await asyncio.gather(main, *tasks, return_exceptions=True)
