"""The practice world's servers on loopback, asked as a prober and a resolver ask them."""

import asyncio
import sys

import dns.asyncquery
import dns.message
import dns.rcode
import msgspec
from practice_servers import DEADLINE_S, MONITOR, ask, still

from sim.live.planning import planned
from sim.live.protocol import Begin, GoBad, Ports, Setting, WentBad
from sim.live.servers import opened
from sim.world.behaviour import Behaviour
from sim.world.world import WORLD_START, World


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
