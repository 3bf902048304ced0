"""Waits until everything that stands in Kafka now has gone through the pipeline."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiokafka.errors import TopicAuthorizationFailedError

from agents.tools.verification.broker import Offsets, PartitionReader, inboxes
from schemas.records.case import POSITION_KEY
from schemas.topics import CASES, FEEDBACK_TABLE, LEDGER, REPORTS
from verify.methods import NEWEST

POLL_S: Final = 0.5

OF_NO_METHOD: Final = ""
"""What the positions of `feedback.v1` name: what hotlines are told is judged by lifecycle."""


async def settle(broker: PartitionReader, topics: Mapping[str, int], within_s: float) -> bool:
    """Wait for intake, attribution, lifecycle and feedback in turn; return whether all got there.

    Args:
        broker: connected.
        topics: of this ledger, with their partitions.
        within_s: wall seconds to wait at most.
    """
    try:
        async with asyncio.timeout(within_s):
            await _passes(broker, inboxes(topics), lambda: broker.committed("intake"))
            if await broker.committed("attribution"):
                reports = {REPORTS.name: topics.get(REPORTS.name, 0)}
                await _passes(broker, reports, lambda: broker.committed("attribution"))
            ledger = {spec.name: topics.get(spec.name, 0) for spec in LEDGER}
            await _passes(broker, ledger, lambda: _passed(broker, topics, CASES.name))
            if await _passed(broker, topics, FEEDBACK_TABLE.name):
                followed = {spec.name: topics.get(spec.name, 0) for spec in (REPORTS, CASES)}
                await _passes(
                    broker, followed, lambda: _passed(broker, topics, FEEDBACK_TABLE.name)
                )
    except TimeoutError:
        return False
    return True


async def _passed(broker: PartitionReader, topics: Mapping[str, int], table: str) -> Offsets:
    """Return up to where a table holds what it is made from, by what its positions say.

    A partition that another method judged holds nothing by this one until it is judged anew.
    """
    if not topics.get(table):
        return {}
    positions = await broker.positions(topics[table], table)
    return {
        (topic, partition): offset
        for partition, position in positions.items()
        if position.method in (NEWEST, OF_NO_METHOD)
        for topic, offset in position.offsets.items()
    }


async def _passes(
    broker: PartitionReader, topics: Mapping[str, int], reached: Callable[[], Awaitable[Offsets]]
) -> None:
    """Wait until what is reached has passed the present ends of some topics."""
    ends = await broker.ends(topics)
    begins = await broker.begins(topics)
    while True:
        at = await reached()
        behind = {
            place: max(begins[place], at.get(place, 0))
            for place, end in ends.items()
            if max(begins[place], at.get(place, 0)) < end
        }
        if not [p for p, start in behind.items() if await _holds(broker, p, start, ends[p])]:
            return
        await asyncio.sleep(POLL_S)


async def _holds(broker: PartitionReader, place: tuple[str, int], start: int, end: int) -> bool:
    """Return whether there is a record between two offsets, not only marks and positions.

    Who may not read there takes them for records.
    """
    try:
        async for _, key, _ in broker.stretch(*place, start, end):
            if not key.startswith(POSITION_KEY):  # of these lifecycle writes one a second
                return True
    except TopicAuthorizationFailedError:
        return True
    return False
