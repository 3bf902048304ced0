"""What the desk writes and workers tell of."""

import asyncio
from contextlib import AsyncExitStack

from chain_records import log_of
from scratch_topics import scratch_settings
from topic_removal import remove_topics

from agents.config import Settings
from agents.edges.crypto.person_key import genuine
from agents.edges.kafka.topic_admin import apply, wanted
from agents.edges.registry.desk_topics import DeskTopics, RootReader
from agents.engine.produce.outbox import send_once
from agents.engine.stage import Received, Send
from schemas.codec import ROOT
from schemas.moments import HOUR_MS
from schemas.topics import ROOTS
from streams.registry.signatories import Persons


async def test_the_newest_hour_counts_and_what_is_no_root_is_passed_over() -> None:
    """The end of its hour; without a root nothing is known."""
    reader = RootReader(Settings())
    assert reader.newest_at is None
    values = [*(ROOT.encode(one) for one in log_of(3)), b"{}", b"", None]
    reader.add([Received(ROOTS.name, 0, n, 1, b"x", value) for n, value in enumerate(values)])
    assert reader.newest_at == 3 * HOUR_MS
    reader.add([Received(ROOTS.name, 0, 9, 1, b"x", ROOT.encode(log_of(1)[0]))])
    assert reader.newest_at == 3 * HOUR_MS


async def test_a_root_is_told_of_once_it_is_written(bootstrap) -> None:
    """On a real broker; nothing is left behind when the stack is left."""
    async with AsyncExitStack() as stack:
        settings = scratch_settings(bootstrap, vantages=())
        stack.push_async_callback(remove_topics, bootstrap, settings.kafka.topic_prefix)
        await apply(settings, wanted(settings, []))
        desk = DeskTopics(settings, lambda: Persons(genuine))
        await desk.start(stack)
        assert desk.newest_root_at() is None
        value = ROOT.encode(log_of(1)[0])
        await send_once(settings, [Send(ROOTS.name, b"0", value, partition=0)])
        async with asyncio.timeout(30):
            while desk.newest_root_at() is None:
                await asyncio.sleep(0.01)
        assert desk.newest_root_at() == HOUR_MS
        assert desk.proposals.book.all() == []
