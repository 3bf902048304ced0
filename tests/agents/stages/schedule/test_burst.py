"""A burst at one hoster: the sample's probes around norms are on time, and nobody else notices."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest
from burst import BIG, PROBE_MS, SHARE, START, Begun, Order, Prober, burst, on_time, orders, others
from probe_bench import OWN, bench_of, received
from web_server import answers, response, web_server

from agents.clock import Clock
from agents.edges.dns.recorded import Recorded
from agents.edges.dns.resolution import DnsResolution, DnsStatus
from agents.edges.metrics.probe_metrics import OrderResult
from schemas.closed_lists import ProbeError
from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.records.registry import InclusionEntry
from streams.norms.punctuality import ON_TIME_MS
from streams.probe.resolution_limit import RESOLVING_MAX
from streams.schedule.inclusion_suggestion import suggest
from streams.schedule.probe_queue import WAITING_MAX

URLS, OVER_MS, HOURS = 3_000, MINUTE_MS, 13
STEP_MS = 2_000
"""From one probe of a hoster to the next, at 30 a minute."""

NAMES = {"one.example": DnsResolution(status=DnsStatus.OK, addresses=(OWN,))}


@pytest.fixture(scope="module")
def wanted() -> list[Order]:
    """The orders of the burst, with the probability that is suggested for it."""
    cases = burst(URLS, OVER_MS)
    (found,) = suggest({BIG: cases}, {}, 30, SHARE)
    entry = InclusionEntry(
        id=BIG, version=1, valid_from=0, probability=found.probability, seed=found.seed
    )
    return list(orders(cases, entry, HOURS))


@pytest.fixture(scope="module")
def world(wanted: list[Order]) -> tuple[list[Begun], list[Begun], Prober]:
    """What becomes of the burst and the other hosters, and of these alone."""
    small = list(orders(others(50, 4, OVER_MS), None, HOURS))
    prober = Prober()
    begun = prober.run([*wanted, *small])
    return begun, Prober().run(small), prober


def test_probes_around_norms_of_the_sample_are_on_time(world) -> None:
    """At the probability that is suggested for it, at least 99 in 100 begin within 5 min."""
    good, all_of_them = on_time(world[0])
    assert all_of_them > 150
    assert good >= 0.99 * all_of_them


def test_other_hosters_notice_nothing(world) -> None:
    """Each of their probes begins at the very moment it would have begun without the burst."""
    begun, alone, _ = world
    beside = [one for one in begun if one.order.hoster != BIG]
    assert sorted(beside) == sorted(alone)
    assert len(beside) > 50


def test_what_is_outside_the_sample_puts_off_its_probes_by_a_few_seconds(world, wanted) -> None:
    """Beside it each begins as if alone, but for a probe on its way and who comes in meanwhile.

    A probe is two steps of the limit where it checks HEAD by GET.
    """
    alone = Prober().run(one for one in wanted if one.sampled)
    beside = [one for one in world[0] if one.order.sampled and one.order.hoster == BIG]
    later_ms = [
        there.at - by_itself.at
        for there, by_itself in zip(sorted(beside), sorted(alone), strict=True)
    ]
    assert max(later_ms) < 6 * STEP_MS


def test_the_rest_has_what_is_left(world) -> None:
    """No probe of the sample is missed for others, and the limit is used while any waits."""
    begun, _, prober = world
    probes = [one for one in begun if one.order.hoster == BIG and one.at is not None]
    big = sorted(one.at for one in probes)
    assert all(one.at is not None for one in begun if one.order.hoster == BIG and one.order.sampled)
    assert min(b - a for a, b in pairwise(big)) >= STEP_MS
    first_hour = [one.order.requests for one in probes if one.at < START + HOUR_MS]
    assert 0.95 * 1_800 < sum(first_hour) <= 1_801
    assert set(first_hour) == {1, 2}
    assert prober.most <= WAITING_MAX + 200


def test_after_an_outage_what_can_still_be_on_time_is_and_the_newest_goes_first() -> None:
    """Probes come all at once: around norms first, then the newest slots; none beyond the limit."""
    entry = InclusionEntry(id=BIG, version=1, valid_from=0, probability=0.03, seed="s")
    back_at = START + round(1.15 * HOUR_MS)
    wanted = [one for one in orders(burst(URLS, OVER_MS), entry, 1.15) if one.not_after > back_at]
    begun = Prober().run(wanted, from_at=back_at)
    sampled = sorted(one for one in begun if one.order.sampled and one.order.hoster == BIG)
    by_start = sorted((one for one in sampled if one.at is not None), key=lambda one: one.at)
    could = [one for one in by_start if one.order.slot_at + ON_TIME_MS > back_at]
    assert len(could) > 20
    assert by_start[: len(could)] == sorted(could, key=lambda one: one.at)
    slots = [one.order.slot_at // ON_TIME_MS for one in by_start[len(could) :]]
    assert slots == sorted(slots, reverse=True)
    starts = sorted(one.at for one in begun if one.at is not None)
    assert min(b - a for a, b in pairwise(starts)) >= max(STEP_MS, PROBE_MS)


async def test_a_prober_asks_for_the_sample_first(tmp_path: Path) -> None:
    """Whatever came first: probes around norms, then others of the sample, then the rest."""
    it = bench_of(tmp_path, Recorded(NAMES), requests_per_minute=100_000, clock=Clock())
    due_urls: list[str] = []

    async def behave(head: str, writer: asyncio.StreamWriter) -> None:
        due_urls.append(head.split()[1].strip("/").rstrip("0123456789.jpg"))
        while len(due_urls) == 1 and it.stage._rate_limiter.waiting < 44:
            await asyncio.sleep(0)
        await answers(response(200))(head, writer)

    async with web_server(behave, host=OWN) as server:

        def many(kind: str, **said) -> list:
            url = f"http://one.example:{server.port}"
            return [it.order(f"{url}/{kind}{n}.jpg", **said) for n in range(15)]

        rest = many("rest", sampled=False)
        usual, bracket = many("usual"), many("bracket", bracket=True)
        await it.settle(*rest, *usual, *bracket)
    assert due_urls == ["rest"] + ["bracket"] * 15 + ["usual"] * 15 + ["rest"] * 14


async def test_what_is_not_of_the_sample_is_missed_without_a_record(tmp_path: Path) -> None:
    """It is counted; that a probe of the sample found no moment is written down."""
    it = bench_of(tmp_path, Recorded(NAMES), requests_per_minute=1, clock=Clock())
    async with web_server(answers(response(200)), host=OWN) as server:
        url = f"http://one.example:{server.port}/x"
        window = {"not_after": it.clock.now() + 9_000}
        await it.settle(it.order(url, **window))
        assert await it.settle(it.order(url, sampled=False, **window)) == []
        (missed,) = await it.settle(it.order(url, **window))
    assert missed.facts.error is ProbeError.MISSED_POLITENESS
    settled = it.stage.counts.settled
    assert (settled[OrderResult.NO_TURN], settled[OrderResult.NO_TURN_SAMPLED]) == (1, 1)
    assert server.connections == 1


class Slow:
    """A resolver that answers nobody, and knows who was asked for."""

    waits = True

    def __init__(self) -> None:
        """Ask for nobody yet."""
        self.due_urls: list[str] = []

    async def resolve(self, host: str, *, fresh: bool = False, soon: bool = False) -> DnsResolution:
        """Never return."""
        self.due_urls.append(host)
        return await asyncio.Future()

    async def close(self) -> None:
        """Hold nothing."""


@pytest.mark.parametrize("sampled", [True, False])
async def test_of_a_burst_of_names_no_more_are_looked_up_than_could_be_probed(
    tmp_path: Path, sampled: bool
) -> None:
    """The rest is settled before a name server is asked, so that other hosters' names are found."""
    names = Slow()
    it = bench_of(tmp_path, names, requests_per_minute=30, clock=Clock())
    ends = it.clock.now() + 20 * MINUTE_MS
    burst_of_names = [
        it.order(f"http://n{n}.example/", sampled=sampled, not_after=ends) for n in range(1_000)
    ]
    other = it.order("http://other.example/", hoster="shed")
    tasks = [
        asyncio.create_task(it.stage.handle([received(one)])) for one in (*burst_of_names, other)
    ]
    room = 20 * 30 + 1 if sampled else RESOLVING_MAX
    kind = OrderResult.NO_TURN_SAMPLED if sampled else OrderResult.NO_TURN
    settled = it.stage.counts.settled
    while settled[kind] + len(names.due_urls) < 1_001:
        await asyncio.sleep(0)
    assert "other.example" in names.due_urls
    assert len(names.due_urls) <= room + 1
    assert len(it.tray.lists) == (settled[kind] if sampled else 0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
