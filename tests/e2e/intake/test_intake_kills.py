"""Records over HTTP while client, intake and broker are killed again and again."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sending_client
from command import hostwatch, said
from hotline_records import ADMISSION, PARTITIONS, SNAPSHOT
from waiting import until

from agents.config import KafkaSettings, Settings
from agents.edges.child_process.ports import reserved
from agents.edges.child_process.tether import tethered
from agents.edges.intake_http.api_keys import key_line, new_key
from agents.edges.kafka.topic_admin import apply, wanted
from agents.edges.local_broker.broker import LocalBroker
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from schemas.closed_lists import Result
from schemas.codec import REGISTRY
from schemas.records.processing import Origin
from schemas.records.registry import HotlineEntry
from schemas.topics import HOTLINE
from schemas.topics import REGISTRY as REGISTRY_TOPIC
from streams.intake.accepted_ids import AcceptedIdIndex
from streams.intake.judgement import Inbound

LINE = "line"
KEY = new_key()


@dataclass
class Scene:
    """The three processes, each of which can be killed and started again.

    Attributes:
        folder: of all files.
        count: records that the client sends.
        client, server: the processes that run now.
    """

    folder: Path
    count: int
    broker: LocalBroker
    port: int
    client: asyncio.subprocess.Process | None = None
    server: asyncio.subprocess.Process | None = None
    _server_stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def settings(self) -> Settings:
        """Those of who reads and writes the broker."""
        kafka = KafkaSettings(bootstrap=self.broker.bootstrap, partitions=PARTITIONS)
        return Settings(kafka=kafka)

    def taken(self) -> int:
        """Return how many records the client knows to be stored."""
        file = self.folder / "taken"
        return int(file.read_text()) if file.exists() else 0

    async def start_client(self) -> None:
        """Let the client send on."""
        program = [sys.executable, sending_client.__file__, str(self.port), KEY]
        arguments = [str(self.folder / "taken"), str(self.count)]
        self.client = await asyncio.create_subprocess_exec(*tethered([*program, *arguments]))

    async def start_server(self) -> None:
        """Run `hostwatch intake serve`; a service manager starts it again when it ends."""
        await self._server_stack.aclose()
        variables = {
            "KAFKA__BOOTSTRAP": self.broker.bootstrap,
            "KAFKA__PARTITIONS": str(PARTITIONS),
            "INTAKE__PORT": str(self.port),
            "INTAKE__KEYS_FILE": str(self.folder / "keys"),
        }
        running = hostwatch(self.folder, "intake", "serve", **variables)
        self.server = await self._server_stack.enter_async_context(running)

    async def kill_client(self) -> None:
        """Kill the client and start it again."""
        self.client.kill()
        await self.client.wait()
        await self.start_client()

    async def kill_server(self) -> None:
        """Kill the intake and start it again."""
        self.server.kill()
        await self.server.wait()
        await self.start_server()

    async def kill_broker(self) -> None:
        """Kill the broker and start it again in its folder and at its port."""
        os.kill(self.broker.process.pid, signal.SIGKILL)
        await asyncio.to_thread(self.broker.stop)
        await asyncio.to_thread(self.broker.start)

    async def end(self) -> None:
        """End what still runs."""
        if self.client is not None and self.client.returncode is None:
            self.client.kill()
            await self.client.wait()
        await self._server_stack.aclose()


@asynccontextmanager
async def scene(folder: Path, count: int) -> AsyncIterator[Scene]:
    """Run all three."""
    (folder / "keys").write_text(key_line(LINE, KEY))
    with reserved(0) as port:
        pass
    with LocalBroker(folder / "kafka") as broker:
        at = Scene(folder, count, broker, port)
        outbox = KafkaOutbox(at.settings)
        await apply(at.settings, wanted(at.settings, []))
        await outbox.start()
        entry = HotlineEntry(id=LINE, version=1, valid_from=0, name="Line")
        await outbox.send([Send(REGISTRY_TOPIC.name, LINE.encode(), REGISTRY.encode(entry))])
        await outbox.stop()
        await apply(at.settings, wanted(at.settings, [LINE]))
        try:
            await at.start_server()
            await at.start_client()
            yield at
        finally:
            await at.end()


async def accepted(at: Scene) -> Counter[str]:
    """Return how often each record of the inbox is accepted, by the judgement of intake."""
    found: Counter[str] = Counter()
    memories = [AcceptedIdIndex() for _ in range(PARTITIONS)]
    topic = HOTLINE.named(LINE)
    async for some in read_partitions(at.settings, topic, range(PARTITIONS)):
        for one in some:
            origin = Origin(
                topic=topic,
                partition=one.partition,
                offset=one.offset,
                appended_at=one.appended_at,
            )
            inbound = Inbound(hotline=LINE, origin=origin, key=one.key, value=one.value)
            judged = ADMISSION.judge(inbound, SNAPSHOT, memories[one.partition])
            memories[one.partition].learn(judged.outcome)
            assert judged.outcome.result in (Result.ACCEPTED, Result.DUPLICATE)
            found[one.key.decode()] += judged.outcome.result is Result.ACCEPTED
    return found


@pytest.mark.soak
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize(("count", "kills"), [(100_000, 10)])
async def test_each_record_is_accepted_once_whoever_is_killed(tmp_path, count, kills):
    """Client, intake and broker are killed in turn as the work goes on: none is lost or doubled."""
    async with scene(tmp_path, count) as at:
        victims: list[Callable] = [at.kill_client, at.kill_server, at.kill_broker] * kills
        for number, kill in enumerate(victims, 1):
            due = count * number // (len(victims) + 1)
            assert await asyncio.to_thread(until, lambda due=due: at.taken() >= due), said(tmp_path)
            await kill()
        assert await asyncio.to_thread(until, lambda: at.taken() == count), said(tmp_path)
        assert await accepted(at) == {f"r{number}": 1 for number in range(count)}
        assert "Traceback" not in said(tmp_path)
