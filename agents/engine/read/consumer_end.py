"""Ends a consumer of aiokafka that is in no group."""

import asyncio

from aiokafka import AIOKafkaConsumer


async def end_consumer(consumer: AIOKafkaConsumer, deadline_s: float) -> None:
    """Stop a consumer within a deadline.

    One without a group has a task of its own, which its end cancels and awaits. A task that is
    cancelled before its first turn raises CancelledError to whoever awaits it, and from Python 3.12
    on `asyncio.wait_for` gives it no turn. So it has one here.

    Args:
        consumer: one that was started, or whose start failed.
        deadline_s: seconds.

    Raises:
        TimeoutError: it did not end in time.
    """
    await asyncio.sleep(0)
    async with asyncio.timeout(deadline_s):
        await consumer.stop()
