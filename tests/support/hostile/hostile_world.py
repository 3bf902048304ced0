"""What an attacker does to every edge of a running hostwatch, and what may be seen of it."""

import asyncio
import re
import struct
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from random import Random

import aiohttp
from aiokafka.record.util import calc_crc32c
from batches import CODECS, HEADER_BYTES, append_raw, batch
from command import hostwatch, said
from live_folder import contents
from pipeline_world import PipelineWorld, command_of, pipeline_world
from scratch_topics import ends
from two_persons import TwoPersons
from unicode_urls import LEAK_MARKER

from agents.config import Settings
from agents.edges.child_process.ports import reserved
from agents.edges.crypto.keys import Keyring
from agents.edges.intake_http.api_keys import key_line, new_key
from agents.engine.read.bulk import Follower, read_partitions
from agents.engine.stage import Send
from agents.http_settings import IntakeSettings
from agents.tools.verification.broker import opened
from schemas.closed_lists import Quarantine, Result
from schemas.codec import HOTLINE, OUTCOME
from schemas.identity.ids import canonical
from schemas.moments import moment
from schemas.records.hotline import Report
from schemas.topics import (
    CASES,
    DECISIONS,
    FACTS,
    OUTCOMES,
    PROBES,
    REGISTRY,
    REPORTS,
    is_inbox,
)
from schemas.topics import HOTLINE as INBOX
from streams.rollup.intake_counts import IntakeTally

SPITE, HONEST = "spite", "north"
SPITES = INBOX.named(SPITE)
DAMAGED_RECORDS = 30
MEMORY_KIB_MAX = 512 * 1024
DEADLINE_S = 120.0
BOMBS = {packer: 2 if "snappy" in packer else 12 for packer in CODECS}
"""Records of 4.8 MB in a bomb; snappy shrinks to a twentieth, and a broker takes 1 MiB."""
GARBAGE = b"garbage"
READ = (
    *(topic.name for topic in (REPORTS, FACTS, DECISIONS, OUTCOMES, REGISTRY, CASES)),
    PROBES.named("loud"),
)
"""Topics that stages read for what we wrote there: garbage in them is set aside."""
PAGES = ("/", "/pipeline", "/metrics", "/hoster/quay", "/healthz", "/readyz")
_ADDRESSES = count(1)
_PEAK = re.compile(r"VmHWM:[ \t]+([0-9]+) kB")


@dataclass(frozen=True, slots=True)
class AttackWorld:
    """A world with a broker of its own, an honest hotline and one that attacks.

    Attributes:
        world: sites, names, settings, and where hotlines write.
        folder: of the processes; `broker` is the broker's.
        keys: to the HTTP intake, by hotline.
    """

    world: PipelineWorld
    folder: Path
    broker: Path
    keys: Mapping[str, str]

    @property
    def settings(self) -> Settings:
        """Return the processes' settings."""
        return self.world.settings


@asynccontextmanager
async def hostile_world(bootstrap: str, broker: Path, folder: Path) -> AsyncIterator[AttackWorld]:
    """Set the world up; nothing runs in it yet but sites and names."""
    await asyncio.to_thread(folder.mkdir)
    keys = {line: new_key() for line in (HONEST, SPITE)}
    file = folder / "keys.txt"
    file.touch(mode=0o600)
    file.write_text("".join(f"{key_line(line, key)}\n" for line, key in keys.items()))
    with reserved(0) as port:
        pass
    intake = IntakeSettings(port=port, keys_file=file)
    async with pipeline_world(bootstrap, folder, 1.0, lines=(HONEST, SPITE)) as world:
        one = world.settings.vantages[:1]  # a second would be asked to do the same
        settings = world.settings.model_copy(update={"intake": intake, "vantages": one})
        yield AttackWorld(replace(world, settings=settings), folder, broker, keys)


@asynccontextmanager
async def running(hostile: AttackWorld) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """Run a worker of all roles and the HTTP intake, each its own process."""
    config = command_of(hostile.world, hostile.folder)[:2]
    async with (
        hostwatch(hostile.folder, *config, "worker") as worker,
        hostwatch(hostile.folder, *config, "intake", "serve") as intake,
    ):
        async with asyncio.timeout(DEADLINE_S):
            for place in ports(hostile.settings):
                while not await _opens(place):
                    assert worker.returncode is None, said(hostile.folder)
                    assert intake.returncode is None, said(hostile.folder)
                    await asyncio.sleep(0.1)
        yield [worker, intake]


def ports(settings: Settings) -> tuple[int, int]:
    """Return the ports of the worker's web server and of the intake."""
    return settings.web.port, settings.intake.port


async def _opens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def reports(urls: Iterable[str], now_ms: int) -> list[Send]:
    """Return reports of the attacker."""
    made = [
        Report(v=1, id=f"{LEAK_MARKER}-{n}", url=url, reported_at=moment(now_ms))
        for n, url in enumerate(urls)
    ]
    return [Send(SPITES, one.id.encode(), HOTLINE.encode(one)) for one in made]


def garbage(topic: str, partitions: int) -> list[Send]:
    """Return what is no record of any topic, into every partition of one.

    The leak marker is in it where the topic may hold it.
    """
    chance = Random(topic)
    mark = LEAK_MARKER.encode() if is_inbox(topic) else GARBAGE
    values = (
        None,
        b"",
        b"null",
        b"{}",
        b"[" * 50_000,
        b'{"v":99,"url":"%s"}' % mark,
        b"\xff\xfe" + mark,
        b'{"type":"report","v":1,"url":"%s"}' % mark,
        mark + chance.randbytes(300),
        mark * 50_000,
    )
    keys = (b"", mark, b"\x00\xff" + mark, mark * 20_000)
    return [
        Send(topic, keys[n % len(keys)], value, partition=n % partitions)
        for n, value in enumerate(values * partitions)
    ]


async def set_aside(hostile: AttackWorld) -> None:
    """Put garbage into each topic that stages read, and have two persons set it aside."""
    config = Path(command_of(hostile.world, hostile.folder)[1])
    persons = TwoPersons(hostile.folder, config)
    await persons.found()
    for topic in READ:
        partitions = 1 if topic == REGISTRY.name else 3
        (before, *_) = await ends(hostile.settings, topic, partitions)
        await hostile.world.outbox.send([Send(topic, GARBAGE, GARBAGE, partition=0)])
        await persons.skip(topic, 0, before)


async def every_codec(settings: Settings) -> None:
    """Send good batches and bombs of each codec to the attacker's inbox, and null keys."""
    plain = Report(v=1, id="x", url=f"http://{LEAK_MARKER}.example/", reported_at=moment(0))
    value = HOTLINE.encode(plain)
    for packer in CODECS:
        good = batch([(None, value), (b"x", None), (b"x", value)], packer)
        bomb = batch([(b"x", LEAK_MARKER.encode() * 600_000)] * BOMBS[packer], packer)
        for raw in (good, bomb, good):
            await append_raw(settings, SPITES, raw)


async def damaged(hostile: AttackWorld) -> int:
    """Append batches of each codec, damage each on the broker's disk; return their records.

    A broker reads its files anew for every fetch and checks no checksum. Of every second one the
    checksum is made right again, so that what is wrong is what the codec says.
    """
    prefix = hostile.settings.kafka.topic_prefix
    segment = hostile.broker / "log" / f"{prefix}{SPITES}-1" / f"{0:020}.log"
    for packer in CODECS:
        for _ in range(2):
            pairs = [(b"k", LEAK_MARKER.encode() * 40 + bytes([n])) for n in range(DAMAGED_RECORDS)]
            await append_raw(hostile.settings, SPITES, batch(pairs, packer), 1)
    found = bytearray(segment.read_bytes())
    at = number = 0
    while at < len(found):
        (length,) = struct.unpack_from(">i", found, at + 8)
        end = at + 12 + length
        for place in range(at + HEADER_BYTES, end, 3):
            found[place] ^= 0xA5
        if number % 2:
            struct.pack_into(">I", found, at + 17, calc_crc32c(bytes(found[at + 21 : end])))
        at, number = end, number + 1
    with segment.open("r+b") as file:
        file.write(found)
    return number * DAMAGED_RECORDS


async def attack(port: int, requests: Sequence[bytes]) -> list[bytes]:
    """Send every request on a connection of its own, from many addresses; return the answers."""
    room = asyncio.Semaphore(128)

    async def one(request: bytes) -> bytes:
        async with room:
            source = f"127.9.{next(_ADDRESSES) % 200}.1"
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, local_addr=(source, 0)
            )
            try:
                async with asyncio.timeout(DEADLINE_S):
                    with suppress(ConnectionError):
                        writer.write(request)
                        await writer.drain()
                        writer.write_eof()
                    with suppress(ConnectionError):
                        return await reader.read()
            finally:
                writer.close()
            return b""

    return await asyncio.gather(*map(one, requests))


async def accounted(
    hostile: AttackWorld, workers: Sequence[asyncio.subprocess.Process]
) -> Counter[tuple[str, Quarantine | None]]:
    """Wait until every record of both inboxes has its outcome; return records by reason."""
    settings, lines = hostile.settings, (HONEST, SPITE)
    stand = [await ends(settings, INBOX.named(line), 3) for line in lines]
    wanted = sum(sum(one) for one in stand)
    tally, follower = IntakeTally(), Follower(settings, OUTCOMES.name)
    await follower.start()
    try:
        async with asyncio.timeout(DEADLINE_S):
            while sum(one.count for one in tally.counts()) < wanted:
                for record in await follower.poll():
                    if record.key != GARBAGE:
                        tally.add(OUTCOME.decode(record.value))
                assert all(one.returncode is None for one in workers), said(hostile.folder)
    finally:
        await follower.stop()
    found: Counter[tuple[str, Quarantine | None]] = Counter()
    for one in tally.counts():
        if one.result is not Result.DUPLICATE:
            found[one.hotline, one.reason] += one.count
    return found


async def reaches_a_case(hostile: AttackWorld, number: int) -> float:
    """Send an honest report over HTTP; return the seconds until its URL has a case."""
    follower = Follower(hostile.settings, CASES.name)
    await follower.start()
    try:
        async with asyncio.timeout(DEADLINE_S):
            while not follower.caught_up:
                await follower.poll()
            report = hostile.world.report("quay", number)
            body = HOTLINE.encode(report)
            begun = asyncio.get_running_loop().time()
            await _post(hostile, body)
            key = _key(hostile, report.url)
            while True:
                found = await follower.poll()
                if any(one.key == key and one.value for one in found):
                    return asyncio.get_running_loop().time() - begun
    finally:
        await follower.stop()


def _key(hostile: AttackWorld, url: str) -> bytes:
    """Return the Kafka key of a URL's case."""
    return Keyring.load(hostile.settings.key_file).url_key(canonical(url)).encode()


async def _post(hostile: AttackWorld, body: bytes) -> None:
    url = f"http://127.0.0.1:{hostile.settings.intake.port}/v1/records"
    headers = {
        "Authorization": f"Bearer {hostile.keys[HONEST]}",
        "Content-Type": "application/json",
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as answer,
    ):
        assert answer.status == 202, answer.status


def peak_kib(process: asyncio.subprocess.Process) -> int:
    """Return the most memory a process ever held, KiB."""
    found = _PEAK.search(Path(f"/proc/{process.pid}/status").read_text())
    assert found is not None
    return int(found[1])


async def sinks(hostile: AttackWorld) -> AsyncIterator[tuple[str, bytes]]:
    """Give name and content of everything but the inboxes: topics, files, pages, figures, logs."""
    web, intake = ports(hostile.settings)
    async with aiohttp.ClientSession() as session:
        for port, path in [(web, path) for path in PAGES] + [(intake, "/healthz")]:
            async with session.get(f"http://127.0.0.1:{port}{path}") as answer:
                yield path, await answer.read()
    async with opened(hostile.settings) as broker:
        topics = await broker.topics()
    for topic, partitions in topics.items():
        if not is_inbox(topic):
            async for records in read_partitions(hostile.settings, topic, range(partitions)):
                for one in records:
                    # in its own feedback a hotline reads its own ids, and nothing else that it said
                    said = (one.value or b"").replace(b'"id":"%s"' % one.key, b"")
                    yield topic, said if topic.endswith(".out.v1") else one.key + (one.value or b"")
    inboxes = hostile.settings.kafka.topic_prefix + "hotline."
    for folder in (hostile.folder, hostile.broker):
        for file, held in contents(folder):
            if not file.parent.name.startswith(inboxes):
                yield str(file), held
