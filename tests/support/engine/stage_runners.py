"""A stage runner in a test: let it settle, give it partitions, keep what it crashed by."""

import asyncio

from agents.engine.consume.stage_runner import StageRunner


async def settle(records: int = 0) -> None:
    """Let every task that can go on do so; records that go one after the other take rounds each."""
    for _ in range(50 + 10 * records):
        await asyncio.sleep(0)


async def own(runner: StageRunner, *partitions: int) -> None:
    """Own partitions and have them ready."""
    await runner.set_assignment(frozenset(partitions))
    await settle()
    assert runner.ready == set(partitions)


def crashes() -> tuple[list[tuple[str, str]], type[StageRunner]]:
    """Return a list, and a runner that writes role and error of each crash to it."""
    found: list[tuple[str, str]] = []

    class Kept(StageRunner):
        def __init__(self, stage):
            super().__init__(stage, lambda role, error: found.append((role, type(error).__name__)))

    return found, Kept
