"""Sets the demo up: broker, topics, keys, registry, the world's servers, worker, Prometheus."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from agents.config import KafkaSettings, Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.kafka.topic_admin import apply, wanted
from agents.edges.local_broker.broker import broker_for
from agents.engine.produce.outbox import KafkaOutbox
from agents.errors import UserError
from agents.tools.apply_registry import apply_entries
from schemas.identity.ids import canonical
from schemas.moments import SECOND_MS, Instant
from sim.demo import prometheus
from sim.demo.children import COMMAND, Child
from sim.demo.demo_settings import (
    PARTITIONS,
    DemoOptions,
    Folder,
    as_toml,
    clock_now,
    for_worker,
    for_world,
    with_alerts_of,
)
from sim.demo.hotlines import Hotlines
from sim.demo.tables import DemoTables
from sim.demo.worker import DemoWorker
from sim.live.planning import planned, registered
from sim.live.protocol import Begin, Ports
from sim.live.protocol import Setting as WorldSetting
from sim.live.steered import Steered
from sim.world.material import Material

READY_DEADLINE_S: Final = 90.0
"""A worker joins its groups in 5 s on a free machine; a busy one takes several times that."""

INSTANCE: Final = "demo"
"""The worker's name in its groups: killed and started again it has its partitions back at once."""

PORTS_DEADLINE_S: Final = 30.0
_POLL_S: Final = 0.1
_READY_BYTES: Final = 64

DemoListener = Callable[[str], None]
"""Is told about each step."""


class LongLivedProcess(Protocol):
    """Something that must not end by itself."""

    async def ended(self) -> None:
        """Wait until it does, and raise UserError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSetup:
    """Everything that stands before the world begins.

    Attributes:
        setting: what the world's servers were told.
        settings: the worker's, with the broker in them.
        keys: the demo's key file.
        outbox: where the hotlines write.
        tables: what the worker has written.
        servers, worker: the processes.
        children: all processes that must not end by themselves.
        ports: where the world's servers listen.
        addresses: what a person may open, a line each.
    """

    setting: WorldSetting
    settings: Settings
    keys: Keyring
    outbox: KafkaOutbox
    tables: DemoTables
    servers: Child
    worker: DemoWorker
    children: tuple[LongLivedProcess, ...]
    ports: Ports
    addresses: tuple[str, ...]

    def key_of(self, item: Material) -> str:
        """Return the url_key of a URL of the world."""
        return self.keys.url_key(canonical(item.url))

    async def back(self, since_at: Instant) -> None:
        """Wait until a worker that was started again works.

        Args:
            since_at: when the last one was killed.

        Raises:
            UserError: it does not.
        """
        await _ready(self.settings, self.worker, self.tables, since_at)

    async def begin(self) -> Hotlines:
        """Let the world begin now, and return the hotlines that report from it."""
        clock = self.settings.clock.clock()
        start_at: Instant = clock.now() // SECOND_MS * SECOND_MS
        await _tell(self.servers, msgspec.json.encode(Begin(start_at=start_at)))
        world = Steered(planned(self.setting, self.ports.http, start_at))
        return Hotlines(world=world, clock=clock, outbox=self.outbox, told_until=start_at - 1)


async def set_up(
    stack: AsyncExitStack, options: DemoOptions, folder: Folder, say: DemoListener
) -> DemoSetup:
    """Start everything and return when the worker is ready; the stack ends it all.

    Args:
        stack: stops what was started, last first.
        options: what the person chose.
        folder: an empty folder.
        say: is told about each step.

    Raises:
        UserError: something cannot be started; the message says what to do.
    """
    say("starting the broker")
    kafka = await _kafka(stack, folder, say)
    clock = clock_now(options)
    say("opening the practice world's servers")
    setting = for_world(options, clock)
    servers, ports = await _servers(stack, setting, folder)
    plan = planned(setting)
    settings = for_worker(folder, kafka, clock, ports, plan.hosters)
    watching = await prometheus.start(folder, (settings.web.port,), options.speed)
    if watching is not None:
        stack.push_async_callback(watching[0].stop)
        settings = with_alerts_of(watching[1], settings)
    folder.config.write_text(as_toml(settings))
    keys = Keyring.create(folder.keys)
    await apply(settings, wanted(settings, [desk.id for desk in plan.hotlines]))
    outbox = KafkaOutbox(settings, "hostwatch-demo")
    await outbox.start()
    stack.push_async_callback(outbox.stop)
    await apply_entries(settings, registered(setting), outbox)
    say("starting the worker")
    command = [*COMMAND, "--config", str(folder.config), "worker"]
    worker = await DemoWorker.start(command, folder.log("worker"), settings.clock.clock())
    stack.push_async_callback(worker.stop)
    tables = DemoTables(partitions=settings.kafka.partitions)
    await _follow(stack, settings, tables)
    await _ready(settings, worker, tables)
    return DemoSetup(
        setting=setting,
        settings=settings,
        keys=keys,
        outbox=outbox,
        tables=tables,
        servers=servers,
        worker=worker,
        children=(servers, worker, *((watching[0],) if watching else ())),
        ports=ports,
        addresses=_addresses(settings),
    )


async def _kafka(stack: AsyncExitStack, folder: Folder, say: DemoListener) -> KafkaSettings:
    """Use the configured broker under a prefix of our own, else start one."""
    named = Settings.load(None).kafka
    prefix = f"demo-{folder.path.name}-" if named.bootstrap else ""
    own = Settings(state_dir=folder.path / "state", kafka=named)
    bootstrap = await stack.enter_async_context(broker_for(own, say))
    return KafkaSettings(
        bootstrap=bootstrap, topic_prefix=prefix, partitions=PARTITIONS, instance=INSTANCE
    )


async def _servers(
    stack: AsyncExitStack, setting: WorldSetting, folder: Folder
) -> tuple[Child, Ports]:
    command = [sys.executable, "-m", "sim.live"]
    child = await Child.start("practice world", command, folder.log("world"), talks=True)
    stack.push_async_callback(child.stop)
    await _tell(child, msgspec.json.encode(setting))
    try:
        async with asyncio.timeout(PORTS_DEADLINE_S):
            return child, msgspec.json.decode(await child.heard(), type=Ports)
    except (TimeoutError, msgspec.DecodeError):
        raise UserError(f"the practice world's servers did not start: see {child.log}") from None


async def _tell(child: Child, order: bytes) -> None:
    await child.tell(order + b"\n")


async def _follow(stack: AsyncExitStack, settings: Settings, tables: DemoTables) -> None:
    tasks = [
        asyncio.create_task(tables.follow_cases(settings), name="demo cases"),
        asyncio.create_task(tables.follow_outcomes(settings), name="demo outcomes"),
    ]

    async def end() -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    stack.push_async_callback(end)
    tables.tasks = tuple(tasks)


async def _ready(
    settings: Settings, worker: DemoWorker, tables: DemoTables, since_at: Instant = 0
) -> None:
    """Wait until the page is ready and lifecycle has every partition in hand since an instant."""
    try:
        async with asyncio.timeout(READY_DEADLINE_S):
            while not (tables.read_at > since_at and await _says_ready(settings.web.port)):
                tables.check()
                if worker.child.process.returncode is not None:
                    await worker.child.ended()
                await asyncio.sleep(_POLL_S)
    except TimeoutError:
        raise UserError(
            f"the worker was not ready in {READY_DEADLINE_S:.0f} s: see {worker.child.log}"
        ) from None


async def _says_ready(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /readyz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        return b" 200 " in await reader.read(_READY_BYTES)
    except OSError:
        return False
    finally:
        writer.close()


def _addresses(settings: Settings) -> tuple[str, ...]:
    alerts = settings.web.prometheus_url
    page = f"http://{settings.web.host}:{settings.web.port}/"
    lines = [f"page        {page}", f"figures     {page}metrics"]
    return (*lines, f"Prometheus  {alerts}/alerts") if alerts else tuple(lines)
