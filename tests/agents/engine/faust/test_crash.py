"""Laws of killed and paused owners that Faust 0.15.3 breaks: state and offsets move as one."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

from contestant_child import child
from contestant_process import HELD
from contestants import IN
from counters import CHANGELOG
from groups import append, becomes
from scratch_topics import create_topic, scratch_settings

from agents.config import Settings
from agents.engine.bulk import read_partitions

OURS, STOCK = "ours_holding", "stock_holding"
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


async def newest(settings: Settings) -> tuple[int, int]:
    """Return the state that stands in the changelog: how many records, the last one's offset."""
    values = [
        record.value
        async for records in read_partitions(settings, CHANGELOG, [0])
        for record in records
    ]
    return tuple(map(int, values[-1].split())) if values else (0, -1)


async def differs(settings: Settings, state: tuple[int, int]) -> bool:
    return await newest(settings) != state


async def counted_to(settings: Settings, offset: int) -> int:
    """Return how many records were counted once the one at an offset was."""
    while True:
        count, last = await newest(settings)
        if last == offset:
            return count
        await asyncio.sleep(0.05)


async def test_a_record_counts_once_after_a_kill(bootstrap, tmp_path):
    """A process that is killed when a state was written and not committed counts nothing twice.

    A table's changelog and the offsets of what it was made of are written apart, up to
    `broker_commit_interval` one after the other.
    """

    async def law(contestant: str, settings: Settings, folder: Path) -> bool:
        named = settings.kafka.model_copy(update={"instance": "one"})  # it need not wait for itself
        settings = settings.model_copy(update={"kafka": named})
        await append(settings, IN, [b"a"] * 10)
        async with child(settings, contestant, folder) as first:
            assert await counted_to(settings, 9) == 10
            await append(settings, IN, [HELD])
            await becomes(lambda: first.begun(10))
            await first.kill()
        first.let_go()
        await append(settings, IN, [b"last"])
        async with child(settings, contestant, folder):
            return await counted_to(settings, 11) == 12

    assert await keepers(law, bootstrap, tmp_path) == {OURS}


async def test_an_owner_that_was_paused_changes_nothing_more(bootstrap, tmp_path):
    """What a process writes when it wakes and its partition is another's is not the newest state.

    A table is written by whoever holds the object; the broker takes it from any producer.
    """

    async def law(contestant: str, settings: Settings, folder: Path) -> bool:
        await append(settings, IN, [HELD])
        async with child(settings, contestant, folder / "old") as old:
            await becomes(old.begun)
            old.process.send_signal(signal.SIGSTOP)
            async with child(settings, contestant, folder / "new") as new:
                new.let_go()
                await append(settings, IN, [b"a"])
                assert await counted_to(settings, 1) == 2
                old.let_go()
                old.process.send_signal(signal.SIGCONT)
                await old.ended_or(lambda: differs(settings, (2, 1)))
                return not await differs(settings, (2, 1))

    assert await keepers(law, bootstrap, tmp_path) == {OURS}
