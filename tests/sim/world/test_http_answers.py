"""What hosters answer: the truth to visitors, and to the monitor what their behaviour is."""

from ipaddress import ip_network

import pytest

from schemas.identity.ids import canonical
from schemas.moments import DAY_MS, HOUR_MS
from sim.world.behaviour import Behaviour
from sim.world.cloaking import DECOYS
from sim.world.dns_answers import looked_up
from sim.world.hosters import ALL, REPORTED
from sim.world.http_answers import Monitor, answer
from sim.world.http_messages import Request
from sim.world.world import WORLD_START, Plan, World
from streams.probe.gate import Rules, judge

MONITOR = Monitor(announced=frozenset({"127.0.1.1"}), unannounced=frozenset({"127.0.2.1"}))
NOW = WORLD_START + 4 * DAY_MS


@pytest.fixture(scope="module")
def world():
    made = World(Plan(seed=5, port=18_080))
    made.extend(NOW)
    return made


def items(world, hoster):
    return [item for item in world.material(NOW) if item.hoster == hoster.id]


def ask(world, hoster, item, at, *, source="127.0.9.9", path=None, method="GET"):
    request = Request(
        source=source, agent="x", host=item.host, path=path or item.path, method=method
    )
    return answer(request, hoster, world, MONITOR, at)


MISSING = {Behaviour.SOFT_404: 200, Behaviour.ALL_ALIKE: 200}


@pytest.mark.parametrize("hoster", REPORTED, ids=lambda hoster: hoster.id)
def test_a_visitor_sees_the_truth(world, hoster):
    """200 while it is there, the hoster's own way of gone after that, nothing at other paths."""
    missing = MISSING.get(hoster.behaviour, 404)
    for item in items(world, hoster):
        for at in (item.reported_at, item.noticed_at, NOW, *(a for gap in item.gaps for a in gap)):
            seen = ask(world, hoster, item, at)
            if hoster.behaviour is not Behaviour.ALL_ALIKE:
                assert (seen.type == "image/jpeg") == item.online(at)
            gone = hoster.gone_status if item.gone(at) else missing
            assert seen.status == (200 if item.online(at) else gone)
        assert ask(world, hoster, item, NOW, path="/no/such.jpg").status == missing
        assert ask(world, hoster, item, item.since_at - HOUR_MS).status == missing


def met(world, behaviour, source):
    hoster = next(hoster for hoster in REPORTED if hoster.behaviour is behaviour)
    item = items(world, hoster)[0]
    paths = (None, "/", "/no/such.jpg")
    replies = [ask(world, hoster, item, NOW, source=source, path=path) for path in paths]
    return [reply.status if reply else None for reply in replies]


TRUTH = [200, 200, 404]


@pytest.mark.parametrize(
    ("behaviour", "announced", "unannounced"),
    [
        (Behaviour.NEVER, TRUTH, TRUTH),
        (Behaviour.BLOCKS_AGENT, [403, 403, 403], TRUTH),
        (Behaviour.BLOCKS_ALL, [403, 403, 403], [403, 403, 403]),
        (Behaviour.DROPS, [None, None, None], [None, None, None]),
        (Behaviour.CHALLENGES, [403, 403, 403], [403, 403, 403]),
        (Behaviour.RATE_LIMITS, [429, 429, 429], [429, 429, 429]),
        (Behaviour.FAILS, [503, 503, 503], [503, 503, 503]),
        (Behaviour.LURES, [302, 302, 302], [302, 302, 302]),
        (Behaviour.CLOAKS, [404, 200, 404], TRUTH),
        (Behaviour.CLOAKS_ALL, [404, 200, 404], [404, 200, 404]),
        (Behaviour.SENDS_HOME, [302, 200, 404], TRUTH),
        (Behaviour.ALL_ALIKE, [200, 200, 200], [200, 200, 200]),
    ],
)
def test_hosters_that_hide_meet_the_monitor_their_way(world, behaviour, announced, unannounced):
    """Each shows the monitor what it wants, and the material stays for everybody else."""
    assert met(world, behaviour, "127.0.1.1") == announced
    assert met(world, behaviour, "127.0.2.1") == unannounced
    if behaviour is not Behaviour.ALL_ALIKE:
        assert met(world, behaviour, "127.0.9.9") == TRUTH


def test_a_hoster_that_lies_to_head_shows_a_browser_the_page(world):
    """From an hour after the notice on HEAD gets 404, whoever asks, and GET what is there."""
    hoster = next(hoster for hoster in REPORTED if hoster.behaviour is Behaviour.LIES_TO_HEAD)
    for item in items(world, hoster):
        for source in ("127.0.1.1", "127.0.9.9"):
            for hours, status in ((0, 200), (1, 404)):
                at = item.noticed_at + hours * HOUR_MS
                assert ask(world, hoster, item, at, source=source, method="HEAD").status == status
                assert ask(world, hoster, item, at, source=source).status == 200


def test_lures_lead_only_where_the_gate_forbids_it(world):
    """Every decoy is a literal address that no gate lets through, the demo's own included."""
    rules = Rules(exceptions=(ip_network("127.40.0.0/16"),))
    for decoy in DECOYS:
        url = canonical(decoy)
        assert not judge(url.host.strip("[]"), rules).allowed
    hoster = next(hoster for hoster in REPORTED if hoster.behaviour is Behaviour.LURES)
    met = {
        ask(world, hoster, item, NOW, source="127.0.1.1", path=f"/{n}").location
        for item in items(world, hoster)
        for n in range(10)
    }
    assert met == set(DECOYS)


def test_a_moved_name_is_served_by_the_second_hoster_alone(world):
    """While the name is away the second hoster has the page and the first does not."""
    first = next(hoster for hoster in REPORTED if hoster.behaviour is Behaviour.MOVES)
    second = next(hoster for hoster in ALL if hoster.id == first.second)
    for item in items(world, first):
        ((left_at, back_at),) = item.gaps
        for at, here, there in (
            (left_at - 1, 200, 404),
            (left_at, 404, 200),
            (back_at - 1, 404, 200),
            (back_at, 200, 404),
        ):
            assert ask(world, first, item, at).status == here
            assert ask(world, second, item, at).status == there


def test_the_agent_gives_the_monitor_away():
    """An agent that names hostwatch is announced from any address."""
    made = World(Plan(seed=5, port=18_080))
    hoster = next(h for h in REPORTED if h.behaviour is Behaviour.BLOCKS_AGENT)
    item = items(made, hoster)[0]
    request = Request(source="127.0.9.9", agent="Hostwatch/1", host=item.host, path="/")
    assert answer(request, hoster, made, MONITOR, NOW).status == 403


def newest_answers(world, behaviour):
    """Yield what is at a hoster of a behaviour, with the hosters by id."""
    hosters = {hoster.id: hoster for hoster in ALL}
    hoster = next(hoster for hoster in REPORTED if hoster.behaviour is behaviour)
    for item in items(world, hoster):
        yield item, hoster, hosters


@pytest.mark.parametrize("behaviour", [Behaviour.MOVES_INSIDE, Behaviour.LEAVES])
def test_a_name_that_moves_for_good_leads_to_where_its_page_is(world, behaviour):
    """From the move on the second hoster has the page until it is removed, and the first never."""
    moved = 0
    for item, first, hosters in newest_answers(world, behaviour):
        if item.moved_at is None:
            continue
        second = hosters[first.second]
        before, after = item.moved_at - 1, item.moved_at
        assert looked_up(item.host, world, hosters, before) == (first.address,)
        assert looked_up(item.host, world, hosters, after) == (second.address,)
        assert [ask(world, h, item, before).status for h in (first, second)] == [200, 404]
        assert [ask(world, h, item, after).status for h in (first, second)] == [404, 200]
        if item.removed_at is not None:
            assert ask(world, second, item, item.removed_at).status == 404
        assert item.left(after) == (behaviour is Behaviour.LEAVES)
        assert item.online(after) == (behaviour is Behaviour.MOVES_INSIDE)
        moved += 1
    assert moved


def test_a_move_inside_is_one_of_the_same_owner_and_the_other_is_not():
    """The registry says whose the second hoster is."""
    owners = {hoster.id: hoster.entry().group or hoster.id for hoster in ALL}
    second = {hoster.behaviour: hoster for hoster in REPORTED if hoster.second}
    inside, outside = second[Behaviour.MOVES_INSIDE], second[Behaviour.LEAVES]
    assert owners[inside.second] == owners[inside.id]
    assert owners[outside.second] != owners[outside.id]


def test_a_name_that_expires_takes_the_page_with_it(world):
    """From the removal on there is no such name, and its old address has nothing any more."""
    for item, hoster, hosters in newest_answers(world, Behaviour.EXPIRES):
        assert looked_up(item.host, world, hosters, item.removed_at - 1) == (hoster.address,)
        assert looked_up(item.host, world, hosters, item.removed_at) == ()
        assert ask(world, hoster, item, item.removed_at - 1).status == 200
        assert ask(world, hoster, item, item.removed_at).status == 404


def test_a_proxy_passes_on_what_its_customer_has(world):
    """All names lead to the proxy, which shows what the origin has and is registered as one."""
    for item, hoster, hosters in newest_answers(world, Behaviour.CDN):
        proxy = hosters[hoster.through]
        assert proxy.entry().type == "proxy"
        assert looked_up(item.host, world, hosters, item.noticed_at) == (proxy.address,)
        for at, status in ((item.removed_at - 1, 200), (item.removed_at, 404)):
            assert ask(world, proxy, item, at).status == status
            assert ask(world, hoster, item, at).status == status
