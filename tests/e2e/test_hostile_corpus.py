"""Everything hostile that an edge can be given, against real processes on a broker of its own."""

import asyncio
from pathlib import Path

import pytest
from hostile_requests import requests
from hostile_world import (
    BOMBS,
    HONEST,
    MEMORY_KIB_MAX,
    SPITE,
    AttackWorld,
    accounted,
    attack,
    damaged,
    every_codec,
    garbage,
    hostile_world,
    peak_kib,
    ports,
    reaches_a_case,
    reports,
    running,
    set_aside,
    sinks,
)
from unicode_urls import LEAK_MARKER, spread

from agents.edges.local_broker.broker import LocalBroker
from agents.tools.verification.broker import opened
from agents.tools.verification.settle import settle
from agents.tools.verification.verify import verify
from schemas.closed_lists import Quarantine
from schemas.topics import (
    ANSWERS,
    AUDIT,
    CLOCK,
    FEEDBACK_TABLE,
    HANDOVERS,
    HOTLINE,
    HOTLINE_OUT,
    PROPOSALS,
    QUARANTINE,
    ROOTS,
    SKIPS,
    TOPICS,
)

URLS, REQUESTS = 5_000, 1_000
"""Of the URLs, every character of the corpus stands in two, in another place each time."""

WORKED_OFF_S = 240.0
"""The attack leaves thousands of names to resolve; only a stage that stands still takes longer."""

CASE_WITHIN_S = 5.0
SLOWER_MAX = 3
"""Times as long as before the attack, on a machine that takes seconds for a report anyway."""
PARTITIONS = 3
_OWN = (QUARANTINE, CLOCK, AUDIT, PROPOSALS, HANDOVERS, ROOTS, ANSWERS, SKIPS, FEEDBACK_TABLE)
UNHURT = (*(spec.name for spec in _OWN), HOTLINE_OUT.named(SPITE))
"""Topics in which garbage stops nobody; in the others it has to be set aside."""
SINGLE = {spec.name for spec in TOPICS if spec.single}

pytestmark = pytest.mark.timeout(420)


async def attacked(hostile: AttackWorld) -> None:
    """Send the URLs and requests, and all that is hostile otherwise."""
    world, port = hostile.world, ports(hostile.settings)[1]
    for topic in (*map(HOTLINE.named, (SPITE, HONEST)), *UNHURT):
        partitions = 1 if topic in SINGLE else PARTITIONS
        await world.outbox.send(garbage(topic, partitions))
    await every_codec(hostile.settings)
    now_ms = world.settings.clock.clock().now()
    await world.outbox.send(reports(spread(URLS), now_ms))
    answers = await attack(port, list(requests(REQUESTS, hostile.keys[SPITE])))
    assert len(answers) == REQUESTS
    assert not any(LEAK_MARKER.encode() in answer.lower() for answer in answers)


async def worked_off(hostile: AttackWorld) -> bool:
    """Wait until all that stands in Kafka has gone through every stage; return whether it has."""
    async with opened(hostile.settings) as broker:
        return await settle(broker, await broker.topics(), WORKED_OFF_S)


async def test_nothing_hostile_stops_fills_or_leaks(tmp_path: Path) -> None:
    """An honest report of another hotline overtakes what the attack left for the stages to do.

    Once that is worked off, one reaches a case within 5 s, as before.
    Every record has its outcome, those of a batch that nobody could read too. The processes that
    began are those that run, and each stayed below 512 MiB. No leak marker stands anywhere but in
    inboxes, and a second reading of the ledger comes to the same figures.
    """
    with LocalBroker(tmp_path / "broker") as broker:
        async with hostile_world(broker.bootstrap, tmp_path / "broker", tmp_path / "run") as it:
            spoilt = await damaged(it)
            await set_aside(it)
            async with running(it) as processes:
                alone_s = await reaches_a_case(it, 1)
                await attacked(it)
                counts = await accounted(it, processes)
                assert counts[SPITE, Quarantine.UNREADABLE] == spoilt
                assert counts[SPITE, Quarantine.TOO_LARGE] >= sum(BOMBS.values())
                assert counts[SPITE, None] > URLS // 4
                within_s = max(CASE_WITHIN_S, alone_s * SLOWER_MAX)
                left = asyncio.create_task(worked_off(it))
                assert await reaches_a_case(it, 2) < within_s or not left.done()
                assert await left
                assert await reaches_a_case(it, 3) < within_s
                assert max(map(peak_kib, processes)) < MEMORY_KIB_MAX
                async for name, content in sinks(it):
                    assert LEAK_MARKER.encode() not in content.lower(), name
                verified = await verify(it.settings, lambda *_: None, settle_s=60)
                assert {one.what for one in verified.differences} == {QUARANTINE.name}  # garbage
