"""The practice world's name server: what it answers, and what it does not break by."""

import dns.asyncquery
import dns.message
import dns.rcode
import pytest

from agents.clock import Clock
from schemas.moments import DAY_MS
from sim.live.name_server import respond
from sim.live.servers import opened
from sim.world.absences import TRICK_MS
from sim.world.behaviour import Behaviour
from sim.world.dns_answers import INSIDE
from sim.world.hosters import ALL
from sim.world.http_answers import Monitor
from sim.world.world import WORLD_START, Plan, World

MONITOR = Monitor(announced=frozenset({"127.0.1.1"}), unannounced=frozenset({"127.0.2.1"}))


DEADLINE_S = 20.0


def still(at):
    """A clock that stands (almost) still at an instant."""
    return Clock(start_wall_ms=0, start_world_ms=at, speed=1e-15)


@pytest.fixture
def at():
    return WORLD_START + 2 * DAY_MS


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


@pytest.mark.parametrize("packet", [b"", b"\x00", b"\xff" * 12, b"\x12\x34\x01\x00" + b"\x00" * 8])
def test_what_is_no_query_breaks_nothing(packet):
    """Noise is met with silence or an error answer, never an exception."""
    answer = respond(lambda _: (), packet)
    assert answer is None or dns.message.from_wire(answer).rcode() != dns.rcode.NOERROR
