"""The probes around an hour after a burst, by a real prober before a real server, in quick time."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace
from probe_bench import Bench, bench_of, received
from quick_clock import quick

from agents.edges.dns.recorded import Recorded
from agents.stages.probe.politeness_wait import wait_until
from agents.stages.probe.stage import CONCURRENCY
from schemas.moments import MINUTE_MS, SECOND_MS
from schemas.records.processing import ProbeOrder
from schemas.records.registry import InclusionEntry
from streams.norms.punctuality import ON_TIME_MS
from streams.schedule.sampling import sampling

SPAN_MS = MINUTE_MS + 36 * SECOND_MS
"""A minute of reports, and how far the slot 0.9 h after the notice is spread."""

FEED_STEP_S = 0.01
"""Orders that become due within this time of the wall come together, as in one fetch."""

WINDOW_MS = 20 * MINUTE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Who is probed.

    Attributes:
        urls: at the one address.
        entry: its hoster's.
        hosters, each: others, and URLs at each of them.
        port: of the server that all addresses lead to.
    """

    urls: int
    entry: InclusionEntry
    hosters: int
    each: int
    port: int


class Planned(NamedTuple):
    """An order and when it is due after the start."""

    after_ms: int
    order: ProbeOrder


def big(it: Bench, crowd: Crowd) -> list[Planned]:
    """Return the orders of the burst; slots are spread by chance."""
    chance = random.Random(1)
    planned = []
    for n in range(crowd.urls):
        order = it.order(f"http://127.128.0.1:{crowd.port}/{n}.jpg", hoster="big", bracket=True)
        sampled = sampling(crowd.entry, order.url_key).sampled
        planned.append(Planned(chance.randrange(SPAN_MS), replace(order, sampled=sampled)))
    return planned


def small(it: Bench, crowd: Crowd) -> list[Planned]:
    """Return the orders of the other hosters, each at an address and network of its own."""
    chance = random.Random(2)
    planned = []
    for h in range(crowd.hosters):
        for n in range(crowd.each):
            url = f"http://127.{129 + h // 250}.{h % 250}.1:{crowd.port}/{n}.jpg"
            order = it.order(url, hoster=f"small{h}", bracket=True)
            planned.append(Planned(chance.randrange(SPAN_MS), order))
    return planned


async def settled(it: Bench, planned: Sequence[Planned]) -> dict[str, int]:
    """Hand orders to the prober as they become due, as many at a time as the engine would.

    Returns:
        Milliseconds of world time from slot to request, by order id; who was missed is not there.
    """
    it.tray.lists.clear()
    start = it.clock.now() + SECOND_MS
    room = asyncio.Semaphore(CONCURRENCY)

    async def one(order: ProbeOrder) -> None:
        try:
            await it.stage.handle([received(order)])
        finally:
            room.release()

    tasks = []
    for after_ms, order in sorted(planned, key=lambda one: one.after_ms):
        slot_at = start + after_ms
        if it.clock.wall_seconds(slot_at - it.clock.now()) > FEED_STEP_S:
            await wait_until(it.clock, slot_at)
        await room.acquire()
        due = replace(order, slot_at=slot_at, not_before=slot_at, not_after=slot_at + WINDOW_MS)
        tasks.append(asyncio.create_task(one(due)))
    await wait_until(it.clock, start + SPAN_MS + ON_TIME_MS + 10 * SECOND_MS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {
        seen.order_id: seen.sent_at - seen.slot_at
        for seen in it.tray.observations
        if seen.facts.error is None
    }


async def run(folder: Path, crowd: Crowd, speed: float) -> dict[str, float]:
    """Let a prober look at the other hosters alone, and then once more beside the burst.

    Returns:
        Counts, and milliseconds of wall time that requests went out after their slots.
    """
    it = bench_of(
        folder,
        Recorded({}),
        clock=quick(speed),
        allow_networks=("127.0.0.0/8",),
        requests_per_minute=30,
    )
    alone = await settled(it, small(it, crowd))
    burst, others = big(it, crowd), small(it, crowd)
    late = await settled(it, burst + others)
    ours = {one.order.order_id for one in burst}
    sampled = {one.order.order_id for one in burst if one.order.sampled}
    beside = {id: ms for id, ms in late.items() if id not in ours}
    return {
        "sampled": len(sampled),
        "sampled_on_time": sum(late.get(id, WINDOW_MS) <= ON_TIME_MS for id in sampled),
        "not_sampled_seen": len(late.keys() & (ours - sampled)),
        "others": len(others),
        "others_on_time": sum(ms <= ON_TIME_MS for ms in beside.values()),
        **_quantiles("sampled", [late[id] for id in sampled & late.keys()], speed),
        **_quantiles("others_alone", alone.values(), speed),
        **_quantiles("others_beside", beside.values(), speed),
    }


def _quantiles(name: str, late_ms, speed: float) -> dict[str, float]:
    ranked = sorted(late_ms)
    return {
        f"{name}_ms_p50": round(ranked[len(ranked) // 2] / speed, 1),
        f"{name}_ms_p99": round(ranked[int(0.99 * len(ranked))] / speed, 1),
    }
