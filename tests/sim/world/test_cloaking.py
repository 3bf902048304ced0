"""What hosters that hide show the monitor: never the material, and visitors see the page."""

from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest

from schemas.moments import HOUR_MS
from sim.world.behaviour import Behaviour
from sim.world.cloaking import BELIEVED_MS, DECOYS, TRICKS, Meeting
from sim.world.http_messages import HOME, MISSING, Reply, Request
from sim.world.material import Material

ITEM = Material(
    hoster="larch",
    host="img.larch.example",
    path="/a.jpg",
    url="http://img.larch.example/a.jpg",
    since_at=0,
    reported_at=0,
    noticed_at=0,
    removed_at=None,
    length=50_000,
)
PAGE = Reply(status=200, type="image/jpeg", length=50_000)
REQUEST = Request(source="127.0.0.1", agent="a", host=ITEM.host, path=ITEM.path)
MET = Meeting(REQUEST, ITEM, PAGE, announced=True, at=10 * HOUR_MS)
TO_KNOWN = sorted(TRICKS.keys() - {Behaviour.CLOAKS, Behaviour.SENDS_HOME, Behaviour.BLOCKS_AGENT})


@pytest.mark.parametrize("behaviour", sorted(TRICKS))
def test_the_announced_monitor_is_never_shown_the_material(behaviour: Behaviour) -> None:
    """It hangs up, refuses, or shows something else."""
    assert TRICKS[behaviour](MET) != PAGE


@pytest.mark.parametrize("behaviour", TO_KNOWN)
def test_some_know_the_quiet_monitor_too(behaviour: Behaviour) -> None:
    """Whatever it says of itself."""
    assert TRICKS[behaviour](replace(MET, announced=False)) != PAGE


@pytest.mark.parametrize(
    "behaviour", [Behaviour.CLOAKS, Behaviour.SENDS_HOME, Behaviour.BLOCKS_AGENT]
)
def test_some_hiding_hosters_do_not_know_the_unannounced_vantage(behaviour: Behaviour) -> None:
    """A vantage that does not announce itself sees what visitors see."""
    assert TRICKS[behaviour](replace(MET, announced=False)) == PAGE


def test_who_means_to_be_believed_tells_the_truth_at_first() -> None:
    """What was never seen was never there."""
    early = replace(MET, at=BELIEVED_MS - 1)
    assert TRICKS[Behaviour.CLOAKS_ALL](early) == PAGE
    assert TRICKS[Behaviour.CLOAKS_ALL](replace(MET, item=None, page=HOME)) == HOME


def test_who_lies_to_head_shows_get_the_truth() -> None:
    """Whoever asks."""
    assert TRICKS[Behaviour.LIES_TO_HEAD](MET) == MISSING
    get = replace(MET, request=replace(REQUEST, method="GET"))
    assert TRICKS[Behaviour.LIES_TO_HEAD](get) == PAGE


def test_decoys_lead_to_no_public_address() -> None:
    """To nobody's public address."""
    hosts = [urlsplit(one).hostname for one in DECOYS]
    assert all(host and not ip_address(host).is_global for host in hosts)
