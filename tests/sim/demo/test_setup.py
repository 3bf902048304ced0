"""The demo's set-up: a worker is ready when its page says so and every partition is in hand.

The whole of it is started in tests/sim/demo/test_run.py and tests/sim/demo/test_keys.py.
"""

import asyncio
import sys
from contextlib import asynccontextmanager

import pytest

from agents.clock import Clock
from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.engine.produce.outbox import KafkaOutbox
from agents.errors import UserError
from agents.http_settings import WebSettings
from schemas.identity.ids import canonical
from sim.demo import setup
from sim.demo.demo_settings import DemoOptions, clock_now, for_world
from sim.demo.setup import DemoSetup
from sim.demo.tables import DemoTables
from sim.demo.worker import DemoWorker
from sim.live.protocol import Ports
from sim.world.world import WORLD_START, Plan, World

SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")
ENDS = (sys.executable, "-c", "raise SystemExit(7)")
AT = WORLD_START


async def until(true):
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0)


@asynccontextmanager
async def page(says):
    """Yield the port of a page that says whether the worker is ready; it is asked each time."""

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 %d -\r\n\r\n" % (200 if says() else 503))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def scene(tmp_path, port, command=SLEEPS):
    """Yield a scene whose worker is some process, with a page at a port."""
    settings = Settings(web=WebSettings(port=port))
    options = DemoOptions()
    worker = await DemoWorker.start(command, tmp_path / "worker.log", Clock())
    try:
        yield DemoSetup(
            setting=for_world(options, clock_now(options)),
            settings=settings,
            keys=Keyring.create(tmp_path / "keys.json"),
            outbox=KafkaOutbox(settings),
            tables=DemoTables(partitions=1),
            servers=worker.child,
            worker=worker,
            children=(),
            ports=Ports(http=1, dns=2),
            addresses=(),
        )
    finally:
        await worker.stop()


async def test_a_worker_is_back_when_its_page_and_its_tables_say_so(tmp_path):
    """Neither alone is enough, and what was read before the kill is no sign of the new one."""
    said = []

    def says():
        said.append(len(said) >= 2)
        return said[-1]

    async with page(says) as port, scene(tmp_path, port) as found:
        found.tables._read_at[0] = AT
        back = asyncio.create_task(found.back(AT))
        for _ in range(50):
            await asyncio.sleep(0)
        assert not back.done()
        assert said == []  # the page is not even asked before the tables are new
        found.tables._read_at[0] = AT + 1
        await until(lambda: len(said) == 2)
        assert not back.done()
        await asyncio.wait_for(back, 60)
    assert said == [False, False, True]


async def test_a_worker_that_is_never_ready_is_an_error_with_its_log(tmp_path, monkeypatch):
    """The demo does not wait for ever."""
    monkeypatch.setattr(setup, "READY_DEADLINE_S", 0.2)
    async with page(lambda: False) as port, scene(tmp_path, port) as found:
        with pytest.raises(UserError, match=r"not ready in 0 s: see .*worker\.log"):
            await found.back(AT)


async def test_a_worker_that_ends_before_it_is_ready_is_told_at_once(tmp_path):
    """Its code and its log are told, long before the deadline."""
    async with page(lambda: False) as port, scene(tmp_path, port, ENDS) as found:
        with pytest.raises(UserError, match="worker ended by itself with code 7"):
            await asyncio.wait_for(found.back(AT), 60)


async def test_a_url_has_the_name_that_the_demo_s_keys_give_it(tmp_path):
    """The oracle finds the URLs of the world in the table of cases by it."""
    item = World(Plan(seed=3, port=18_080)).material(AT + 86_400_000)[0]
    async with page(lambda: True) as port, scene(tmp_path, port) as found:
        assert found.key_of(item) == found.keys.url_key(canonical(item.url))
