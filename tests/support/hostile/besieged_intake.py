"""The HTTP intake as a process on a real broker, an honest hotline, and slow connections."""

import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from command import hostwatch, said
from hotline_records import report
from prometheus_client.parser import text_string_to_metric_families
from waiting import until

from agents.config import KafkaSettings, Settings
from agents.edges.child_process.tether import tethered
from agents.edges.intake_http.api_keys import key_line, new_key
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from schemas.codec import HOTLINE, REGISTRY
from schemas.records.registry import HotlineEntry
from schemas.topics import REGISTRY as REGISTRY_TOPIC

READY = re.compile(r"taking records at port (\d+)")
NORTH = HotlineEntry(id="north", version=1, valid_from=0, name="North")
A_SECOND = 200
HONEST_CONNECTIONS = 8
CROWD = Path(__file__).parent / "slow_crowd.py"


@dataclass
class Honest:
    """What an honest hotline saw.

    Attributes:
        latencies_s: of each request, from when it was due; seconds.
        answers: statuses; 0 = no answer.
    """

    latencies_s: list[float] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)

    def quantile_s(self, part: float) -> float:
        """Return a quantile of the latencies."""
        return sorted(self.latencies_s)[int(part * (len(self.latencies_s) - 1))]


@dataclass(frozen=True)
class Intake:
    """A running intake and a key of it."""

    port: int
    key: str

    async def send(self, stop: asyncio.Event) -> Honest:
        """Send 200 records a second, each when it is due whatever became of those before."""
        seen, loop = Honest(), asyncio.get_running_loop()
        url = f"http://127.0.0.1:{self.port}/v1/records"
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

        async def one(session: ClientSession, number: int, due_s: float) -> None:
            body = HOTLINE.encode(report(f"r{number}"))
            try:
                async with session.post(url, data=body, headers=headers) as answer:
                    status = answer.status
            except (ClientError, TimeoutError):
                status = 0
            seen.answers[status] += 1
            seen.latencies_s.append(loop.time() - due_s)

        connector = TCPConnector(limit=HONEST_CONNECTIONS)
        async with (
            ClientSession(connector=connector, timeout=ClientTimeout(total=60)) as session,
            asyncio.TaskGroup() as group,
        ):
            began_s, number = loop.time(), 0
            while not stop.is_set():
                due_s = began_s + number / A_SECOND
                await asyncio.sleep(due_s - loop.time())
                group.create_task(one(session, number, due_s))
                number += 1
        return seen

    async def figures(self) -> dict[str, float]:
        """Return what the intake tells Prometheus, by label where there is one."""
        async with (
            ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.port}/healthz") as answer,
        ):
            text = await answer.text()
        return {
            sample.labels.get("reason", sample.name): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


@asynccontextmanager
async def intake(bootstrap: str, folder: Path, prefix: str) -> AsyncIterator[Intake]:
    """Run `hostwatch intake serve` with one hotline."""
    settings = Settings(kafka=KafkaSettings(bootstrap=bootstrap, partitions=1, topic_prefix=prefix))
    outbox = KafkaOutbox(settings)
    await apply(settings, wanted(settings, []))
    await outbox.start()
    await outbox.send([Send(REGISTRY_TOPIC.name, b"north", REGISTRY.encode(NORTH))])
    await outbox.stop()
    await apply(settings, wanted(settings, ["north"]))
    key, keys = new_key(), folder / "keys"
    keys.write_text(key_line("north", key) + "\n")
    variables = {
        "KAFKA__BOOTSTRAP": bootstrap,
        "KAFKA__PARTITIONS": "1",
        "KAFKA__TOPIC_PREFIX": prefix,
        "INTAKE__PORT": "0",
        "INTAKE__KEYS_FILE": str(keys),
    }
    async with hostwatch(folder, "intake", "serve", **variables):
        assert await asyncio.to_thread(until, lambda: READY.search(said(folder)) is not None)
        yield Intake(int(READY.search(said(folder))[1]), key)


@asynccontextmanager
async def crowd(
    port: int, count: int, addresses: int
) -> AsyncIterator[tuple[asyncio.Future[None], asyncio.Task[list[float]]]]:
    """Open slow connections; gives when all were tried, and later how long each stood."""
    process = await asyncio.create_subprocess_exec(
        *tethered([sys.executable, str(CROWD), str(port), str(count), str(addresses)]),
        stdout=asyncio.subprocess.PIPE,
        limit=16 * 1_048_576,
    )
    tried: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def told() -> list[float]:
        assert await process.stdout.readline() == b"open\n"
        tried.set_result(None)
        return json.loads(await process.stdout.readline())

    task = asyncio.create_task(told())
    try:
        yield tried, task
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        task.cancel()


@dataclass(frozen=True)
class Siege:
    """What a siege showed.

    Attributes:
        free, besieged: the honest hotline before and while the crowd was there.
        stood_s: how long each connection of the crowd stood.
        figures: the intake's own counts afterwards.
        log_bytes: what the intake wrote.
    """

    free: Honest
    besieged: Honest
    stood_s: list[float]
    figures: dict[str, float]
    log_bytes: int


async def siege(bootstrap: str, folder: Path, prefix: str, *, count: int, addresses: int) -> Siege:
    """Let a hotline send for 5 s, and then until every connection of a crowd has ended."""
    async with intake(bootstrap, folder, prefix) as at:
        free = await _for(at, 5.0)
        stop = asyncio.Event()
        sending = asyncio.create_task(at.send(stop))
        async with crowd(at.port, count, addresses) as (_, ends):
            stood_s = await ends
        stop.set()
        besieged = await sending
        figures = await at.figures()
    return Siege(free, besieged, stood_s, figures, len(said(folder)))


async def _for(at: Intake, seconds: float) -> Honest:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    return await at.send(stop)
