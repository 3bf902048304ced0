"""The practice world's servers on loopback, asked as a prober and a resolver ask them."""

import asyncio
import sys

import dns.asyncquery
import dns.message
import dns.rcode
import msgspec
import pytest

from agents.clock import Clock
from schemas.moments import DAY_MS
from sim.live.name_server import respond
from sim.live.planning import planned
from sim.live.protocol import Begin, GoBad, Ports, Setting, WentBad
from sim.live.servers import opened
from sim.world.absences import TRICK_MS
from sim.world.behaviour import Behaviour
from sim.world.dns_answers import INSIDE
from sim.world.hosters import ALL, CANARY_ADDRESS, CANARY_HOST
from sim.world.http_answers import Monitor
from sim.world.world import WORLD_START, Plan, World

MONITOR = Monitor(announced=frozenset({"127.0.1.1"}), quiet=frozenset({"127.0.2.1"}))
DEADLINE_S = 20.0


def still(at):
    """A clock that stands (almost) still at an instant."""
    return Clock(start_wall_ms=0, start_world_ms=at, speed=1e-15)


async def ask(address, port, host, path, *, method="HEAD", source="127.0.9.9"):
    async with asyncio.timeout(DEADLINE_S):
        reader, writer = await asyncio.open_connection(address, port, local_addr=(source, 0))
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return (int(head.split()[1]) if head else None), head.decode().lower(), body


@pytest.fixture
def at():
    return WORLD_START + 2 * DAY_MS


async def test_head_before_and_after_removal(at):
    """HEAD tells online from gone by the clock, with type and length and without a body."""
    plan = None
    for moment in ("before", "after"):
        async with opened(still(at), MONITOR) as stage:
            plan = Plan(seed=5, port=stage.http_port)
            stage.world = World(plan)
            item = next(
                i
                for i in stage.world.material(at)
                if i.removed_at and not i.gone(at) and not i.back_at
            )
            hoster = next(hoster for hoster in ALL if hoster.id == item.hoster)
            stage.clock = still(item.removed_at - (1 if moment == "before" else 0))
            status, head, body = await ask(
                hoster.address, stage.http_port, item.host, item.path + "?q=1"
            )
            assert body == b""
            assert status == (200 if moment == "before" else hoster.gone_status)
            assert (f"content-length: {item.length}\r\n" in head) == (moment == "before")


async def test_get_sends_the_stated_length(at):
    """GET has a body of the length that HEAD states."""
    async with opened(still(at), MONITOR) as stage:
        stage.world = World(Plan(seed=5, port=stage.http_port))
        status, head, body = await ask(
            "127.40.1.1", stage.http_port, "pics.amber.example", "/", method="GET"
        )
        assert status == 200
        assert f"content-length: {len(body)}" in head


async def test_the_cloaking_hoster_tells_only_the_announced_address_404(at):
    """The monitor's known address sees 404 while every other address sees the material."""
    async with opened(still(at), MONITOR) as stage:
        stage.world = World(Plan(seed=5, port=stage.http_port))
        cloaks = next(hoster for hoster in ALL if hoster.behaviour is Behaviour.CLOAKS)
        item = next(i for i in stage.world.material(at) if i.hoster == cloaks.id)
        seen = [
            (await ask(cloaks.address, stage.http_port, item.host, item.path, source=source))[0]
            for source in ("127.0.1.1", "127.0.2.1", "127.0.9.9")
        ]
        assert seen == [404, 200, 200]


async def test_the_dropping_hoster_hangs_up_on_the_monitor(at):
    """No byte comes back, and the connection ends at once."""
    async with opened(still(at), MONITOR) as stage:
        stage.world = World(Plan(seed=5, port=stage.http_port))
        drops = next(hoster for hoster in ALL if hoster.behaviour is Behaviour.DROPS)
        status, _, _ = await ask(
            drops.address, stage.http_port, drops.hosts[0], "/", source="127.0.2.1"
        )
        assert status is None


async def test_the_canary_sings_before_the_world_begins(at):
    """The canary answers 200 from the start; everything else is missing until the beginning."""
    async with opened(still(at), MONITOR) as stage:
        port = stage.http_port
        assert (await ask(CANARY_ADDRESS, port, CANARY_HOST, "/canary"))[0] == 200
        assert (await ask("127.40.1.1", port, "pics.amber.example", "/"))[0] == 404


@pytest.mark.parametrize("ask_dns", [dns.asyncquery.udp, dns.asyncquery.tcp])
async def test_names_over_udp_and_tcp(at, ask_dns):
    """A for known names in any case, nothing for AAAA, NXDOMAIN for strangers."""
    async with opened(still(at), MONITOR) as stage:

        async def answer(name, kind):
            query = dns.message.make_query(name, kind)
            return await ask_dns(query, "127.0.0.1", port=stage.dns_port, timeout=DEADLINE_S)

        for hoster in ALL:
            if hoster.named:
                continue
            found = await answer(hoster.hosts[0].upper(), "A")
            front = next((other for other in ALL if other.id == hoster.through), hoster)
            assert [str(item) for rrset in found.answer for item in rrset] == [front.address]
        empty = await answer("pics.amber.example", "AAAA")
        assert (empty.rcode(), empty.answer) == (dns.rcode.NOERROR, [])
        assert (await answer("nobody.example", "A")).rcode() == dns.rcode.NXDOMAIN


def hidden_at(item, hoster):
    """When the name of a URL does not lead to its hoster alone; None = it always does."""
    if item.hoster != hoster.id:
        return None
    match hoster.behaviour:
        case Behaviour.EXPIRES:
            return item.removed_at
        case Behaviour.MOVES_INSIDE | Behaviour.LEAVES:
            return item.moved_at
        case _:
            return item.noticed_at + TRICK_MS


async def test_names_that_play_tricks(at):
    """In its time a name is gone, led inward, mixed or moved, and at the notice it is not."""
    async with opened(still(at), MONITOR) as stage:
        stage.world = World(Plan(seed=5, port=stage.http_port))
        material = stage.world.material(at)
        for hoster in (hoster for hoster in ALL if hoster.named):
            item, hides_at = next((i, at) for i in material if (at := hidden_at(i, hoster)))
            said = []
            for when in (item.noticed_at, hides_at):
                stage.clock = still(when)
                query = dns.message.make_query(item.host, "A")
                found = await dns.asyncquery.udp(
                    query, "127.0.0.1", port=stage.dns_port, timeout=DEADLINE_S
                )
                said.append({str(one) for rrset in found.answer for one in rrset})
            before, after = said
            assert before == {hoster.address}
            inside = after - {other.address for other in ALL}
            match hoster.behaviour:
                case Behaviour.NO_NAME | Behaviour.EXPIRES:
                    assert after == set()
                    assert found.rcode() == dns.rcode.NXDOMAIN
                case Behaviour.NAMES_INSIDE:
                    assert after == inside <= set(INSIDE)
                case Behaviour.NAMES_MIXED:
                    assert after == {hoster.address} | inside
                    assert inside <= set(INSIDE)
                case _:
                    assert after == {o.address for o in ALL if o.id == hoster.second}


async def test_an_answer_that_drips_never_ends(at):
    """A byte comes now and then, and no head is ever complete."""
    async with opened(still(at), MONITOR) as stage:
        stage.world = World(Plan(seed=5, port=stage.http_port))
        drips = next(hoster for hoster in ALL if hoster.behaviour is Behaviour.DRIPS)
        reader, writer = await asyncio.open_connection(
            drips.address, stage.http_port, local_addr=("127.0.1.1", 0)
        )
        writer.write(f"HEAD / HTTP/1.1\r\nHost: {drips.hosts[0]}\r\n\r\n".encode())
        assert await reader.readexactly(2) == b"HT"
        writer.close()


@pytest.mark.parametrize("packet", [b"", b"\x00", b"\xff" * 12, b"\x12\x34\x01\x00" + b"\x00" * 8])
def test_what_is_no_query_breaks_nothing(packet):
    """Noise is met with silence or an error answer, never an exception."""
    answer = respond(lambda _: (), packet)
    assert answer is None or dns.message.from_wire(answer).rcode() != dns.rcode.NOERROR


async def test_thousands_of_hosters_are_served_by_one_process(at):
    """Each of 2,000 hosters has an address, a name and pages of its own, asked over sockets."""
    setting = Setting(
        seed=5, hosters=2_000, rate=3_000, start_wall_ms=0, start_world_ms=at, speed=1
    )
    async with opened(still(at), MONITOR, planned(setting).hosters) as stage:
        plan = planned(setting, stage.http_port, WORLD_START)
        stage.world = World(plan)
        assert len({hoster.address for hoster in plan.hosters}) == len(plan.hosters) > 2_000
        material = stage.world.material(at)
        there = {i.hoster: i for i in material if i.online(at)}
        plain = [h for h in plan.hosters if h.behaviour is Behaviour.NEVER and h.id in there]
        assert len(plain) > 20
        for hoster in (*plain[:10], *plain[-10:]):
            item = there[hoster.id]
            query = dns.message.make_query(hoster.hosts[0], "A")
            found = await dns.asyncquery.udp(
                query, "127.0.0.1", port=stage.dns_port, timeout=DEADLINE_S
            )
            assert [str(one) for rrset in found.answer for one in rrset] == [hoster.address]
            page = await ask(hoster.address, stage.http_port, item.host, item.path)
            assert page[0] == 200
            assert f"content-length: {item.length}\r\n" in page[1]
            other = await ask(hoster.address, stage.http_port, item.host, item.path + "x")
            assert other[0] == 404


async def test_the_process_serves_until_its_input_ends(at):
    """`python -m sim.live` tells its ports, begins when told, and ends with its input."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sim.live",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        setting = Setting(seed=5, start_wall_ms=0, start_world_ms=at, speed=1e-15)
        child.stdin.write(msgspec.json.encode(setting) + b"\n")
        ports = msgspec.json.decode(await child.stdout.readline(), type=Ports)
        child.stdin.write(msgspec.json.encode(Begin(start_at=WORLD_START)) + b"\n")
        while (await ask("127.40.1.1", ports.http, "pics.amber.example", "/"))[0] != 200:
            continue
        child.stdin.write(msgspec.json.encode(GoBad(hoster="amber")) + b"\n")
        said = msgspec.json.decode(await child.stdout.readline(), type=WentBad)
        assert said == WentBad(hoster="amber", at=at)
        child.stdin.close()
        assert await child.wait() == 0
