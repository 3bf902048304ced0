"""What a practice hoster answers to one request: pure, decided by the world's truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from schemas.moments import Instant
from sim.world.behaviour import Behaviour
from sim.world.cloaking import TRICKS, Meeting
from sim.world.hosters import CANARY_HOST, SimHoster
from sim.world.http_messages import (
    CANARY,
    EVERYTHING,
    FORBIDDEN,
    GONE,
    HOME,
    MISSING,
    PLACEHOLDER,
    TO_HOME,
    Reply,
    Request,
)
from sim.world.material import Material
from sim.world.world import World

AGENT_MARK: Final = "hostwatch"
"""What an agent string holds that says who it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """How the monitor can be known.

    Attributes:
        announced: source addresses of vantages that say who they are.
        unannounced: those of other vantages that hosters have found out.
    """

    announced: frozenset[str] = frozenset()
    unannounced: frozenset[str] = frozenset()


def answer(
    request: Request, hoster: SimHoster, world: World, monitor: Monitor, at: Instant
) -> Reply | None:
    """Return what the hoster answers at an instant; None = it hangs up.

    Args:
        request: what was asked.
        hoster: whose address was asked.
        world: knows what is there.
        monitor: what the hosters know of the monitor.
        at: when the request is handled.
    """
    item = world.at(request.host, request.path)
    visitors_page = page(request.path, hoster, item, at)
    trick = TRICKS.get(hoster.behaviour)
    announced = request.source in monitor.announced or AGENT_MARK in request.agent.lower()
    known = announced or request.source in monitor.unannounced
    if trick is None or not (known or hoster.behaviour is Behaviour.LIES_TO_HEAD):
        return visitors_page
    is_here = item is not None and item.hoster == hoster.id and item.online(at)
    return trick(Meeting(request, item if is_here else None, visitors_page, announced, at))


def page(path: str, hoster: SimHoster, item: Material | None, at: Instant) -> Reply:
    """Return what a visitor gets.

    Args:
        path: what is asked for.
        hoster: who is asked.
        item: the material that is or was at the path; None = there never was any.
        at: when.
    """
    if hoster.behaviour is Behaviour.ALL_ALIKE:
        return EVERYTHING
    if item is not None and item.serves(hoster.id, at):
        return _whole(item)
    if item is not None and item.gone(at) and hoster.id in (item.hoster, item.second, item.through):
        return _GONE[hoster.gone_status]
    return HOME if path == "/" else _nothing(hoster)


def _nothing(hoster: SimHoster) -> Reply:
    """Return the answer at a path where nothing ever was."""
    return PLACEHOLDER if hoster.behaviour is Behaviour.SOFT_404 else MISSING


def _whole(item: Material) -> Reply:
    return Reply(status=200, type="image/jpeg", length=item.length, etag=f'"{item.length:x}"')


_GONE: Final[Mapping[int, Reply]] = {
    404: MISSING,
    410: GONE,
    302: TO_HOME,
    200: PLACEHOLDER,
    403: FORBIDDEN,
}


def canary(request: Request) -> Reply:
    """Return what the canary's server answers: all is well, at every path of its name."""
    return CANARY if request.host == CANARY_HOST else MISSING
