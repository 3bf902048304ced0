"""The practice world's HTTP servers: each hoster answers as it behaves."""

import asyncio

from practice_servers import MONITOR, ask, still

from sim.live.servers import opened
from sim.world.behaviour import Behaviour
from sim.world.hosters import ALL, CANARY_ADDRESS, CANARY_HOST
from sim.world.world import Plan, World


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
