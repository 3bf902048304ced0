"""What hosters answer: the truth to visitors, and to the monitor what their behaviour is."""

import pytest

from schemas.moments import DAY_MS, HOUR_MS
from sim.answers import Monitor, Request, answer
from sim.behaviour import Behaviour
from sim.hosters import TWELVE
from sim.world import WORLD_START, Plan, World

MONITOR = Monitor(announced=frozenset({"127.0.1.1"}), quiet=frozenset({"127.0.2.1"}))
NOW = WORLD_START + 4 * DAY_MS


@pytest.fixture(scope="module")
def world():
    made = World(Plan(seed=5, port=18_080))
    made.extend(NOW)
    return made


def items(world, hoster):
    return [item for item in world.material(NOW) if item.hoster == hoster.id]


def ask(world, hoster, item, at, *, source="127.0.9.9", path=None):
    request = Request(source=source, agent="x", host=item.host, path=path or item.path)
    return answer(request, hoster, world, MONITOR, at)


@pytest.mark.parametrize("hoster", TWELVE, ids=lambda hoster: hoster.id)
def test_a_visitor_sees_the_truth(world, hoster):
    """200 while it is there, the hoster's own way of gone after that, 404 at any other path."""
    for item in items(world, hoster):
        for at in (item.reported_at, item.noticed_at, NOW):
            seen = ask(world, hoster, item, at)
            assert seen.status == (200 if item.online(at) else hoster.gone_status)
            assert (seen.type == "image/jpeg") == item.online(at)
        assert ask(world, hoster, item, NOW, path="/no/such.jpg").status == 404
        assert ask(world, hoster, item, item.since_at - HOUR_MS).status == 404


def met(world, behaviour, source):
    hoster = next(hoster for hoster in TWELVE if hoster.behaviour is behaviour)
    item = items(world, hoster)[0]
    paths = (None, "/", "/no/such.jpg")
    replies = [ask(world, hoster, item, NOW, source=source, path=path) for path in paths]
    return [reply.status if reply else None for reply in replies]


def test_hosters_that_obstruct_meet_the_monitor_their_way():
    """Each shows the monitor what it wants, and the material stays for everybody else."""
    made = World(Plan(seed=5, port=18_080))
    truth = [200, 200, 404]
    announced, quiet = "127.0.1.1", "127.0.2.1"
    assert met(made, Behaviour.BLOCKS_AGENT, announced) == [403, 403, 403]
    assert met(made, Behaviour.BLOCKS_AGENT, quiet) == truth
    assert met(made, Behaviour.BLOCKS_ALL, announced) == [403, 403, 403]
    assert met(made, Behaviour.BLOCKS_ALL, quiet) == [403, 403, 403]
    assert met(made, Behaviour.DROPS, announced) == [None, None, None]
    assert met(made, Behaviour.DROPS, quiet) == [None, None, None]
    assert met(made, Behaviour.CLOAKS, announced) == [404, 200, 404]
    assert met(made, Behaviour.CLOAKS, quiet) == truth
    assert met(made, Behaviour.NEVER, announced) == truth


def test_the_agent_gives_the_monitor_away():
    """An agent that names hostwatch is announced from any address."""
    made = World(Plan(seed=5, port=18_080))
    hoster = next(h for h in TWELVE if h.behaviour is Behaviour.BLOCKS_AGENT)
    item = items(made, hoster)[0]
    request = Request(source="127.0.9.9", agent="Hostwatch/1", host=item.host, path="/")
    assert answer(request, hoster, made, MONITOR, NOW).status == 403
