"""A world with a worker and two persons, for what they set aside and decide."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from command import hostwatch, said
from pipeline_world import PipelineWorld, command_of, pipeline_world
from two_persons import TwoPersons
from worker_figures import DEADLINE_S, POLL_S

from agents.edges.crypto.keys import Keyring
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Received, Send
from agents.tools.verification.verify import Verified, verify
from schemas.identity.ids import canonical

LEAK_MARKER = b"canary-of-the-poison"
CRASHED = 70
RUNS_MAX = 8
"""A record may stop two roles, each of which ends the process of both."""


@dataclass(slots=True)
class Scene:
    """A world, its worker's command and two persons."""

    world: PipelineWorld
    command: tuple[str, ...]
    persons: TwoPersons
    folder: Path

    async def ends(self) -> int:
        """Run the worker and return its exit code."""
        async with hostwatch(self.folder, *self.command) as worker, asyncio.timeout(DEADLINE_S):
            return await worker.wait()

    async def told(self, command: str) -> re.Match[str]:
        """Run the worker again and again until it says a command, and return that."""
        for _ in range(RUNS_MAX):
            async with hostwatch(self.folder, *self.command) as worker:
                ended = asyncio.create_task(worker.wait())
                async with asyncio.timeout(DEADLINE_S):
                    while not (found := re.search(command, said(self.folder))):
                        if ended.done():
                            break
                        await asyncio.sleep(POLL_S)
                if found:  # it would wait at the record now
                    with suppress(ProcessLookupError):  # or it has just ended at it
                        worker.kill()
                    await ended
                    return found
                assert await ended == CRASHED, said(self.folder)
        raise AssertionError(said(self.folder))

    async def says(self, pattern: str, worker: asyncio.subprocess.Process) -> re.Match[str]:
        """Wait until a worker says something."""
        async with asyncio.timeout(DEADLINE_S):
            while not (found := re.search(pattern, said(self.folder))):
                assert worker.returncode is None, said(self.folder)
                await asyncio.sleep(POLL_S)
        return found

    async def agrees(self) -> Verified:
        """Work all figures out once more."""
        verified = await verify(self.world.settings, lambda *_: None, settle_s=60)
        assert verified.agrees, verified
        return verified

    def url_key(self, hoster: str) -> str:
        """Return the key of the URL that is reported at a hoster."""
        return Keyring.load(self.world.settings.key_file).url_key(canonical(self.world.url(hoster)))

    async def records(self, topic: str) -> list[Received]:
        """Return what stands in a topic."""
        found: list[Received] = []
        async for records in read_partitions(self.world.settings, topic, range(3)):
            found += records
        return found

    async def ends_at(self, topic: str, partitions: int = 3) -> list[int]:
        """Return the end of each partition of a topic."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.world.settings.kafka.bootstrap)
        await consumer.start()
        try:
            name = self.world.settings.kafka.topic_prefix + topic
            parts = [TopicPartition(name, p) for p in range(partitions)]
            found = await consumer.end_offsets(parts)
            return [found[part] for part in parts]
        finally:
            await consumer.stop()

    async def poison(
        self, topic: str, key: bytes, value: bytes | None = LEAK_MARKER
    ) -> tuple[int, int]:
        """Write garbage and return where it stands."""
        before = await self.ends_at(topic)
        await self.world.outbox.send([Send(topic, key, value)])
        after = await self.ends_at(topic)
        ((partition, offset),) = [(p, before[p]) for p in range(3) if after[p] > before[p]]
        return partition, offset


@asynccontextmanager
async def scene(bootstrap: str, folder: Path) -> AsyncIterator[Scene]:
    """Open a world with two persons.

    Its worker has a name: started again it has its partitions at once, and not only when the
    session of the one that ended is over.
    """
    async with pipeline_world(bootstrap, folder) as made:
        kafka = made.settings.kafka.model_copy(update={"instance": "worker"})
        world = replace(made, settings=made.settings.model_copy(update={"kafka": kafka}))
        command = command_of(world, folder)
        persons = TwoPersons(folder, Path(command[1]))
        await persons.found()
        yield Scene(world, command, persons, folder)
