"""Hoster's tricks against the whole stage: what is observed, and what the rules make of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hostile_servers import LEAK_MARKER, PACK
from nameserver import Name, name_server
from probe_bench import OTHER, OWN, Bench, bench_of
from quick_clock import Leaping
from web_server import answers, response, web_server

from agents.clock import Clock
from agents.config import DnsSettings
from agents.edges.dns.resolver import TTL_MIN_S, Resolver
from schemas.closed_lists import ProbeError, Target, Verdict
from schemas.moments import SECOND_MS
from schemas.records.case_observations import TRAIT_PRESENT
from schemas.records.facts import Observation
from streams.verdicts.conditions import JudgingContext
from streams.verdicts.fingerprints import fingerprint
from streams.verdicts.rules import verdict

UNANNOUNCED = "127.40.9.9"
"""The address of a vantage that does not announce itself."""

PHOTO = response(200, "Content-Type: image/jpeg", "Content-Length: 48213", body=LEAK_MARKER)
PAGE = response(200, "Content-Type: text/html", "Content-Length: 900", body=LEAK_MARKER)
MISSING = response(404, "Content-Type: text/html", body=LEAK_MARKER)


@pytest.fixture
async def settle(tmp_path: Path):
    """Give a prober whose names come from a real name server, and ask it for probes."""
    async with name_server(one=Name(a=(OWN,), ttl_s=0)) as names:
        resolvers = []

        def made(**settings) -> Bench:
            clock = settings.pop("clock", Clock())
            resolvers.append(Resolver(clock, DnsSettings(servers=(names.address,))))
            return bench_of(tmp_path, resolvers[-1], clock=clock, **settings)

        yield made, names
        for resolver in resolvers:
            await resolver.close()


def says(seen: Observation, **controls: Observation) -> Verdict:
    """Return the verdict of a probe, judged against other probes."""
    beside = {name: fingerprint(one.facts) for name, one in controls.items()}
    return verdict(fingerprint(seen.facts), TRAIT_PRESENT, JudgingContext(**beside))[0]


def by_agent(head: str, _peer: str) -> str:
    """Show the material to whoever does not say that it is the monitor."""
    return MISSING if "hostwatch" in head else PHOTO


def by_address(_head: str, peer: str) -> str:
    """Show the material to whoever does not come from the monitor's known address."""
    return PHOTO if peer == UNANNOUNCED else MISSING


def cloaked(answer: Callable[[str, str], str]) -> Callable[..., Awaitable[None]]:
    """Return a server's behaviour that depends on who asks."""

    async def behave(head: str, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(head, writer.get_extra_info("peername")[0]).encode())

    return behave


@pytest.mark.parametrize("answer", [by_agent, by_address])
async def test_cloaking_is_seen_by_who_does_not_announce_itself(settle, answer) -> None:
    """What is hidden from the announced vantage is a sighting of the other one."""
    made, _ = settle
    async with web_server(cloaked(answer), host=OWN) as server:
        url = f"http://one.example:{server.port}/a.jpg"
        known, unannounced = (
            made(),
            made(vantage={"announced": False, "source_address": UNANNOUNCED}),
        )
        (hidden,) = await known.settle(known.order(url))
        (shown,) = await unannounced.settle(unannounced.order(url))
    assert (says(hidden), says(shown)) == (Verdict.GONE_HARD, Verdict.ONLINE)
    assert (hidden.announced, shown.announced) == (True, False)


async def test_flapping_is_told_as_it_is(settle) -> None:
    """A server that is there at every second probe gives one observation a probe, none retried."""
    made, _ = settle
    it, seen = made(), []
    async with web_server(answers(*[PHOTO, MISSING] * 4), host=OWN) as server:
        url = f"http://one.example:{server.port}/a.jpg"
        for _ in range(8):
            seen += await it.settle(it.order(url))
    assert [says(one) for one in seen] == [Verdict.ONLINE, Verdict.GONE_HARD] * 4
    assert server.connections == 8


async def test_a_soft_404_is_seen_by_its_control(settle) -> None:
    """A host that says 200 to everything: gone once the answer became the made-up path's."""
    made, _ = settle
    it = made()

    async def behave(head: str, writer: asyncio.StreamWriter) -> None:
        writer.write((PHOTO if "/a.jpg" in head and it.orders < 3 else PAGE).encode())

    async with web_server(behave, host=OWN) as server:
        url = f"http://one.example:{server.port}/a.jpg"
        (before,) = await it.settle(it.order(url))
        (random,) = await it.settle(it.order(url, target=Target.MADE_UP_PATH))
        (after,) = await it.settle(it.order(url))
    assert says(before, made_up_path=random) is Verdict.ONLINE
    assert says(after, made_up_path=random, before=before) is Verdict.GONE_SOFT
    assert says(after, made_up_path=random, before=after) is Verdict.UNKNOWN


async def test_wildcard_names_prove_nothing(settle) -> None:
    """Where every name exists and answers alike, the answer is no sighting and no removal."""
    made, names = settle
    for number in range(3):
        names.names[f"any{number}.example"] = Name(a=(OWN,), ttl_s=0)
    it = made()
    async with web_server(answers(PAGE), host=OWN) as server:
        url = f"http://any1.example:{server.port}/a.jpg"
        (seen,) = await it.settle(it.order(url))
        (random,) = await it.settle(it.order(url, target=Target.MADE_UP_PATH))
        (root,) = await it.settle(it.order(url, target=Target.ROOT))
    assert says(seen, made_up_path=random, root=root) is Verdict.UNKNOWN


async def test_a_rebinding_name_server(settle) -> None:
    """Each probe resolves once and connects to what it judged; the next one judges anew."""
    made, names = settle
    it = made(clock=Leaping())
    async with web_server(answers(PHOTO), host=OWN) as server:
        url = f"http://one.example:{server.port}/a.jpg"
        seen = []
        for answer in ((OWN,), ("10.0.0.1",), ("169.254.169.254", OWN), (OWN,)):
            names.names["one.example"] = Name(a=answer, ttl_s=0)
            asked = names.count("one.example")
            seen += await it.settle(it.order(url, not_after=1 << 60))
            assert names.count("one.example") == asked + 1
            it.clock.leap(TTL_MIN_S * SECOND_MS)
    errors = [one.facts.error for one in seen]
    denied = [ProbeError.BLOCKED_POLICY, ProbeError.BLOCKED_POLICY_MIXED]
    assert errors == [None, *denied, None]
    assert server.connections == 2
    assert says(seen[2]) is Verdict.BLOCKED


async def test_a_redirect_inwards_for_the_monitor_alone_gains_nothing(settle) -> None:
    """It is read as a refusal, which keeps a case open, and the other vantage sees it."""
    made, _ = settle

    def answer(head: str, _peer: str) -> str:
        inwards = response(302, "Location: http://127.0.0.1/")
        return inwards if "hostwatch" in head else PHOTO

    async with web_server(cloaked(answer), host=OWN) as server:
        url = f"http://one.example:{server.port}/a.jpg"
        known, unannounced = made(), made(vantage={"announced": False})
        (lured,) = await known.settle(known.order(url))
        (shown,) = await unannounced.settle(unannounced.order(url))
    assert lured.facts.error is ProbeError.BLOCKED_POLICY_HOP
    assert (says(lured), says(shown)) == (Verdict.BLOCKED, Verdict.ONLINE)


def hostile_to_get(behave):
    """Return a server that says 404 to HEAD, with a body, and to GET does its worst."""

    async def shown(head: str, writer: asyncio.StreamWriter) -> None:
        await (answers(MISSING) if head.startswith("HEAD") else behave)(head, writer)

    return shown


@pytest.mark.parametrize("compared", [False, True])
async def test_the_canary_is_in_no_sink(settle, caplog, capfd, compared: bool) -> None:
    """All hostile servers at once: no body byte in a record, a key, a log, an output, a count.

    So it is where they are hostile to HEAD, and where to the GET that follows an honest HEAD.
    """
    caplog.set_level(logging.DEBUG)
    made, names = settle
    it = made(deadline_s=1.0, requests_per_minute=100_000, clock=Clock())
    orders = []
    async with asyncio.TaskGroup() as group, asyncio.timeout(60):
        servers = [
            web_server(hostile_to_get(one.behave) if compared else one.behave, host=OTHER)
            for one in PACK.values()
        ]
        running = [await server.__aenter__() for server in servers]
        for number, server in enumerate(running):
            names.names[f"h{number}.example"] = Name(a=(OTHER,))
            url = f"http://h{number}.example:{server.port}/{number}.jpg"
            orders.append(it.order(url, hoster="shed", not_after=1 << 60, cross_check=compared))
        group.create_task(it.settle(*orders))
    for server in servers:
        await server.__aexit__(None, None, None)
    assert len(it.tray.observations) == len(PACK)
    assert {one.facts.head_status for one in it.tray.observations} == {404 if compared else 0}
    written = b"".join(send.key + send.value for sends in it.tray.lists for send in sends)
    said = capfd.readouterr()
    for text in (written.decode(), caplog.text, said.out, said.err, repr(it.stage.counts)):
        assert LEAK_MARKER not in text
