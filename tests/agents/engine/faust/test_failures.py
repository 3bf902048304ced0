"""Laws of failure that Faust 0.15.3 breaks: what went wrong is not acknowledged.

The engine ends its process, so every contestant is a process of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from contestant_child import Child, child
from contestant_process import FAILS
from contestants import IN, OUT, patient
from counters import CHANGELOG
from groups import append, becomes
from scratch_topics import create_topic, scratch_settings

from agents.config import Settings


@dataclass(frozen=True, slots=True)
class Case:
    """What goes wrong.

    Attributes:
        topics: makes them.
        values: of partition 0.
        done: the offset of the first record that cannot be done.
        seen: the fault showed, or will not any more.
    """

    topics: Callable[[Settings], Awaitable[None]]
    values: list[bytes]
    done: int
    seen: Callable[[Child], Awaitable[bool]]


async def passers(case: Case, bootstrap: str, folder: Path, *contestants: str) -> set[str]:
    """Return the contestants that pass partition 0's offset over what was not done."""

    async def passes(contestant: str) -> bool:
        settings = patient(scratch_settings(bootstrap))
        await case.topics(settings)
        await append(settings, IN, case.values)
        async with child(settings, contestant, folder) as one:
            await one.ended_or(lambda: case.seen(one))
            return await one.offsets.at() > case.done

    async with asyncio.TaskGroup() as group:
        tasks = {name: group.create_task(passes(name)) for name in contestants}
    return {name for name, task in tasks.items() if task.result()}


async def _one_input(settings: Settings) -> None:
    await create_topic(settings, IN, 1)


async def _passed_it(one: Child) -> bool:
    return await one.offsets.at() >= 2


FAILING = Case(_one_input, [b"a", FAILS, b"b"], 1, _passed_it)


async def test_a_record_that_fails_is_not_acknowledged(bootstrap, tmp_path):
    """An exception leaves the offset where it is.

    `StreamIterator` and `Stream.take` acknowledge in a `finally`; with `noack`, what is done next
    passes the record that was not.
    """
    stock = {"stock_failing", "stock_taking", "stock_acknowledging"}
    assert await passers(FAILING, bootstrap, tmp_path, "ours_failing", *stock) == stock


async def _narrow_outputs(settings: Settings) -> None:
    await create_topic(settings, IN, 2)
    await create_topic(settings, OUT, 2, {"max.message.bytes": "200"})
    narrow = {"max.message.bytes": "200", "cleanup.policy": "compact"}
    await create_topic(settings, CHANGELOG, 2, narrow)


async def _passed_first(one: Child) -> bool:
    return await one.offsets.at() >= 1


REFUSED = Case(_narrow_outputs, [b"x" * 1_000], 0, _passed_first)


async def test_a_record_whose_output_is_refused_is_not_acknowledged(bootstrap, tmp_path):
    """What the broker does not take, of an output or of a state, leaves the offset where it is.

    `Topic._on_published` logs the error; `Producer.flush` waits for answers and reads none.
    """
    stock = {"stock_sending", "stock_tabling"}
    assert await passers(REFUSED, bootstrap, tmp_path, "ours_refused", *stock) == stock


async def test_a_record_whose_output_was_not_sent_is_not_acknowledged(bootstrap, tmp_path):
    """What still waits to be sent when others are committed holds its own offset.

    `ProducerBuffer.flush` gives up after 0.1 s without progress and says nothing.
    """

    async def passes(contestant: str) -> bool:
        settings = patient(scratch_settings(bootstrap))
        await create_topic(settings, IN, 2)
        await create_topic(settings, OUT, 2)
        await append(settings, IN, [b"a"])
        async with child(settings, contestant, tmp_path) as one:
            await becomes(one.begun)
            await append(settings, IN, [b"witness"], partition=1)
            await one.offsets.reach(1, partition=1)
            return await one.offsets.at() > 0

    async with asyncio.TaskGroup() as group:
        ours, stock = (
            group.create_task(passes(name)) for name in ("ours_lost", "stock_sending_soon")
        )
    assert (ours.result(), stock.result()) == (False, True)
