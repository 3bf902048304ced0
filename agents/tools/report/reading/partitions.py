"""All partitions of a reading: those that are kept, then the others, two at a time.

A large ledger is folded by two processes. One that dies takes nothing with it: what was read of
other partitions is kept, and the command can be begun again.
"""

import asyncio
import multiprocessing
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import aclosing
from typing import Final

from agents.edges.child_process.tether import begin_in_pool
from agents.errors import UserError
from agents.tools.report.reading.partition import PartitionCases, PartitionTask, part_of
from agents.tools.report.reading.working_folder import WorkingFolder

PROCESSES: Final = 2
"""Each holds one partition in memory: of 12 of a year some 300 MB, of a larger ledger more."""

ALONE_RECORDS_MAX: Final = 200_000
"""A ledger with fewer is folded in this process: in some 10 s, and a process takes 1 s to start."""


async def parts_of(
    tasks: Sequence[PartitionTask], kept: WorkingFolder | None, step: Callable[[int, int], None]
) -> list[PartitionCases]:
    """Return what each partition gives, in the order of the tasks.

    Args:
        tasks: of all partitions.
        kept: where what is read is kept; None = nowhere.
        step: told how many are read, and all of them.

    Raises:
        UserError: a record cannot be read, or a process that read was ended from outside.
        KafkaError, TimeoutError: the broker failed.
    """
    found: dict[int, PartitionCases] = {}
    left: list[PartitionTask] = []
    for task in tasks:
        there = None if kept is None else kept.part(task.partition)
        if there is None:
            left.append(task)
        else:
            found[task.partition] = there
            step(len(found), len(tasks))
    async with aclosing(_read(left)) as parts:
        async for partition, part in parts:
            found[partition] = part
            if kept is not None:
                await asyncio.to_thread(kept.keep, partition, part)
            step(len(found), len(tasks))
    return [found[task.partition] for task in tasks]


async def _read(tasks: Sequence[PartitionTask]) -> AsyncGenerator[tuple[int, PartitionCases], None]:
    records = sum(sum(task.ends.values()) for task in tasks)
    if records <= ALONE_RECORDS_MAX:
        for task in tasks:
            yield task.partition, await part_of(task)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(PROCESSES, context, begin_in_pool, (os.getpid(),))
    before = set(multiprocessing.active_children())
    loop = asyncio.get_running_loop()
    done = False
    try:
        running = [asyncio.ensure_future(loop.run_in_executor(pool, _run, t)) for t in tasks]
        for next_done in asyncio.as_completed(running):
            yield await next_done
        done = True
    except BrokenProcessPool:
        raise UserError(
            "a process that read the ledger was ended, for memory perhaps: run the command again"
        ) from None
    finally:
        pool.shutdown(wait=done, cancel_futures=True)
        if not done:
            for child in set(multiprocessing.active_children()) - before:
                child.kill()  # it holds nothing but what it has read


def _run(task: PartitionTask) -> tuple[int, PartitionCases]:
    return task.partition, asyncio.run(part_of(task))
