"""The world of the fault tests: topics of a run's own, the input fed into them, how far it is."""

import asyncio
import itertools
import os
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from fault_input import Input, reports_in
from fault_story import DAILY, HISTORIC, VANTAGES, WORLD_AT, registry
from secured_broker import ADMIN, Secured

from agents.config import ClockSettings, DnsSettings, KafkaSettings, Settings, VantageSettings
from agents.edges.crypto.key_file import KeyFile, write
from agents.edges.crypto.keys import Keyring
from agents.edges.kafka.acl import WORKER
from agents.edges.kafka.topic_admin import apply, wanted
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from agents.process import broker_access
from agents.tools.apply_registry import apply_entries
from schemas.topics import CASES, DECISIONS, FACTS, HOTLINE, REPORTS
from sim.demo.demo_settings import as_toml

PARTITIONS: Final = 4
SESSION_S: Final = 6.0
"""The shortest that settings and broker allow: a killed member holds its partitions that long."""

DRAIN_DEADLINE_S: Final = 240.0
"""Only a fault or a stop of minutes reaches it; what is left takes seconds."""

POLL_S: Final = 0.2
ASK_DEADLINE_S: Final = 10.0

INPUTS: Final = {
    "intake": tuple(HOTLINE.named(line) for line in (*HISTORIC, DAILY)),
    "attribution": (REPORTS.name,),
    "lifecycle": (REPORTS.name, FACTS.name, DECISIONS.name),
}
"""What each stage reads, in the order in which the stages' work follows from each other's."""

ROLES: Final = (*INPUTS, "feedback")
"""With the stage that tells hotlines what follows. It ends no figure, so a run need not wait for
it; `verify` does, and finds what was told otherwise, not at all or twice."""

_RUNS = itertools.count()


@dataclass(slots=True)
class FaultWorld:
    """One run: settings, keys and what was fed so far.

    Attributes:
        folder: of the run.
        settings: the workers', but for the user that they connect as.
        input: what there is to say.
        outbox: where it is fed.
        urls: how many URLs were fed.
        copied: of how many of them the late copies were sent.
        fed: how many records of each topic.
        reports: how many of them were sent as reports.
        begun_s: when it began, on the monotonic clock.
        times: how many times as many URLs every run is fed as its test asks for.
    """

    folder: Path
    settings: Settings
    input: Input
    outbox: KafkaOutbox
    urls: int = 0
    copied: int = 0
    fed: Counter[str] = field(default_factory=Counter)
    reports: int = 0
    begun_s: float = field(default_factory=time.monotonic)
    times: ClassVar[int] = 1

    @property
    def config(self) -> Path:
        """The workers' settings file."""
        return self.folder / "hostwatch.toml"

    async def feed(self, count: int) -> None:
        """Send the records of the next URLs, `times` as many, and late copies of those before."""
        end = self.urls + count * self.times
        numbers, before = range(self.urls, end), range(self.copied, self.urls)
        self.copied, self.urls = self.urls, end
        await self.send([*self.input.urls(numbers), *self.input.late(before)])

    async def copy(self) -> None:
        """Send the late copies that are still to come, so that runs of equal URLs are equal."""
        rest, self.copied = range(self.copied, self.urls), self.urls
        await self.send(self.input.late(rest))

    async def send(self, records: Sequence[Send]) -> None:
        """Send records."""
        self.fed.update(record.topic for record in records)
        self.reports += reports_in(records)
        await self.outbox.send(records)

    async def drained(
        self, check: Callable[[], object] = lambda: None, stages: Iterable[str] = tuple(INPUTS)
    ) -> None:
        """Wait until stages have committed all that they were to read.

        Args:
            check: raises if waiting has become pointless.
            stages: in the order of the flow.

        Raises:
            AssertionError: it did not come to that in minutes.
        """
        behind: dict[str, int] = {}
        try:
            async with asyncio.timeout(DRAIN_DEADLINE_S):
                for stage in stages:
                    while behind := await self._behind(stage, INPUTS[stage]):
                        check()
                        await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise AssertionError(f"not worked off: {stage} {behind}") from None

    async def begun(self) -> None:
        """Wait until intake has committed something and lifecycle has written some state.

        Raises:
            TimeoutError: it did not come to that in minutes.
        """
        async with asyncio.timeout(DRAIN_DEADLINE_S):
            while not await self._has_begun():
                await asyncio.sleep(POLL_S)

    async def _has_begun(self) -> bool:
        states = await self.ends((CASES.name,))
        return any(states.values()) and bool(await self.committed("intake"))

    async def _behind(self, stage: str, topics: Sequence[str]) -> dict[str, int]:
        """Return how many records a stage is behind, by topic; empty = it is not."""
        try:
            async with asyncio.timeout(ASK_DEADLINE_S):
                ends, done = await self.ends(topics), await self.committed(stage)
        except (KafkaError, TimeoutError, OSError):
            return {"no answer": 1}
        behind: Counter[str] = Counter()
        for part, end in ends.items():
            behind[part.topic] += end - done.get(part, 0)
        return dict(+behind)

    async def ends(self, topics: Iterable[str]) -> dict[TopicPartition, int]:
        """Return the end offsets of topics."""
        prefix = self.settings.kafka.topic_prefix
        parts = [TopicPartition(prefix + topic, p) for topic in topics for p in range(PARTITIONS)]
        consumer = AIOKafkaConsumer(**broker_access.arguments(self.settings.kafka))
        try:
            await consumer.start()
            consumer.assign(parts)
            return await consumer.end_offsets(parts)
        finally:
            await consumer.stop()

    async def committed(self, stage: str) -> dict[TopicPartition, int]:
        """Return the committed offsets of a stage's group."""
        client = AIOKafkaAdminClient(**broker_access.arguments(self.settings.kafka))
        try:
            await client.start()
            found = await client.list_consumer_group_offsets(
                self.settings.kafka.topic_prefix + stage
            )
            return {part: offset.offset for part, offset in found.items()}
        finally:
            await client.close()


@asynccontextmanager
async def fault_world(
    broker: str | Secured,
    folder: Path,
    seed: int,
    *,
    partitions: int = PARTITIONS,
    **state: object,
) -> AsyncIterator[FaultWorld]:
    """Make topics, keys and registry of a run; world time begins.

    Args:
        broker: its address; with one that knows users, workers have no rights yet.
        folder: of the run.
        seed: makes the input.
        partitions: of every topic.
        state: settings beside those of every run.
    """
    settings = _settings(broker, folder, partitions, state)
    # the same secret in every run: equal URLs have equal names and lie in equal partitions
    write(settings.key_file, KeyFile(v=2, master=b"m" * 32, secret=b"s" * 32))
    keys = Keyring.load(settings.key_file)
    await apply(settings, wanted(settings, [*HISTORIC, DAILY]))
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await apply_entries(settings, registry(), outbox)
        world = FaultWorld(folder, settings, Input(seed, keys.url_key), outbox)
        world.config.write_text(as_toml(_of_workers(settings, broker)))
        yield world
    finally:
        await outbox.stop()


def _of_workers(settings: Settings, broker: str | Secured) -> Settings:
    if isinstance(broker, str):
        return settings
    security = broker.kafka(WORKER).security
    kafka = settings.kafka.model_copy(update={"security": security})
    return settings.model_copy(update={"kafka": kafka})


def _settings(
    broker: str | Secured, folder: Path, partitions: int, more: dict[str, object]
) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    here = {
        "topic_prefix": f"fault{os.getpid()}x{next(_RUNS)}.",
        "partitions": partitions,
        "session_timeout_s": SESSION_S,
    }
    return Settings(
        state_dir=folder / "state",
        key_file=folder / "keys.json",
        kafka=KafkaSettings(bootstrap=broker, **here)
        if isinstance(broker, str)
        else broker.kafka(ADMIN, **here),
        clock=ClockSettings(start_wall_ms=time.time_ns() // 1_000_000, start_world_ms=WORLD_AT),
        vantages=tuple(VantageSettings(id=id, announced=id == "loud") for id in VANTAGES),
        dns=DnsSettings(servers=("127.0.0.1:9",)),  # nobody is ever asked: hosts are addresses
        **more,
    )


def by_key(records: Iterable[Send]) -> dict[bytes, list[Send]]:
    """Return records by key, in their order."""
    found: dict[bytes, list[Send]] = defaultdict(list)
    for record in records:
        found[record.key].append(record)
    return found
