"""Laws of killed and paused owners that Faust 0.15.3 breaks: state and offsets move as one."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from contestant_child import child
from contestant_process import HELD
from contestants import IN, ROLE, patient
from counters import CHANGELOG
from groups import append, becomes, commit, cut
from scratch_topics import create_topic, scratch_settings
from stopped_process import stop_all_threads

from agents.config import Settings
from agents.engine.read.bulk import Follower

OURS, STOCK = "ours_holding", "stock_holding"
LET_GO = "another process took a partition"
CrashLaw = Callable[[str, Settings, Path], Awaitable[bool]]


async def keepers(law: CrashLaw, bootstrap: str, folder: Path) -> set[str]:
    """Return the contestants that keep a law."""

    async def kept(name: str) -> bool:
        settings = scratch_settings(bootstrap)
        await create_topic(settings, IN, 1)
        await create_topic(settings, CHANGELOG, 1, {"cleanup.policy": "compact"})
        return await law(name, settings, folder)

    async with asyncio.TaskGroup() as group:
        tasks = {name: group.create_task(kept(name)) for name in (OURS, STOCK)}
    return {name for name, task in tasks.items() if task.result()}


@dataclass(slots=True)
class Changelog:
    """The states in the changelog: how many records were counted, the last one's offset."""

    follower: Follower
    states: list[tuple[int, int]] = field(default_factory=list)

    async def read_on(self) -> int:
        """Read on and return how many states there were."""
        for record in await self.follower.poll():
            count, offset = record.value.split()
            self.states.append((int(count), int(offset)))
        return len(self.states)

    async def counted_to(self, offset: int) -> int:
        """Return how many records were counted once the one at an offset was."""
        while not await self.read_on() or self.states[-1][1] != offset:
            pass
        return self.states[-1][0]

    async def grew(self, before: int) -> bool:
        """Say whether there are more states than there were before."""
        return await self.read_on() > before


@asynccontextmanager
async def changelog(settings: Settings) -> AsyncIterator[Changelog]:
    """Follow the changelog."""
    follower = Follower(settings, CHANGELOG, [0])
    await follower.start()
    try:
        yield Changelog(follower)
    finally:
        await follower.stop()


async def test_a_record_counts_once_after_a_kill(bootstrap, tmp_path):
    """A process that is killed when a state was written and not committed counts nothing twice.

    A table's changelog and the offsets of what it was made of are written apart, up to
    `broker_commit_interval` one after the other.
    """

    async def law(contestant: str, settings: Settings, folder: Path) -> bool:
        settings = patient(settings, instance="one")  # so it need not wait for itself
        await append(settings, IN, [b"a"] * 11)
        # where nothing is committed Faust may lose what it fetches while it recovers, so the log
        # begins at 1 and that is committed
        await cut(settings, IN, 1)
        await commit(settings, ROLE, IN, 1)
        async with child(settings, contestant, folder) as first, changelog(settings) as seen:
            assert await seen.counted_to(10) == 10
            await append(settings, IN, [HELD])
            await becomes(lambda: first.begun(11))
            await first.kill()
        first.let_go()
        await append(settings, IN, [b"last"])
        async with child(settings, contestant, folder), changelog(settings) as seen:
            return await seen.counted_to(12) == 12

    assert await keepers(law, bootstrap, tmp_path) == {OURS}


async def test_an_owner_that_was_paused_changes_nothing_more(bootstrap, tmp_path):
    """What a process writes when it wakes and its partition is another's is not the newest state.

    A table is written by whoever holds the object; the broker takes it from any producer.
    """

    async def law(contestant: str, settings: Settings, folder: Path) -> bool:
        await append(settings, IN, [HELD])
        async with child(settings, contestant, folder / "old") as old:
            await becomes(old.begun)
            stop_all_threads(old.process.pid)
            async with (
                child(settings, contestant, folder / "new") as new,
                changelog(settings) as seen,
            ):
                new.let_go()
                await append(settings, IN, [b"a"])
                assert await seen.counted_to(1) == 2
                before = len(seen.states)
                old.let_go()
                old.process.send_signal(signal.SIGCONT)

                async def told() -> bool:  # ours lets the partition go and stays a member
                    return old.said(LET_GO) or await seen.grew(before)

                await old.ended_or(told)
                return not await seen.grew(before)

    assert await keepers(law, bootstrap, tmp_path) == {OURS}
