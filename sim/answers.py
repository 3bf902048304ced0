"""What a practice hoster answers to one request: pure, decided by the world's truth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from schemas.moments import Instant
from sim.behaviour import Behaviour
from sim.hosters import CANARY_HOST, SimHoster
from sim.material import Material
from sim.world import World

AGENT_MARK: Final = "hostwatch"
"""What an agent string holds that says who it is."""

PAGE_BYTES: Final = 1_270
MISSING_BYTES: Final = 153


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """How the monitor can be known.

    Attributes:
        announced, quiet: source addresses of vantages that say who they are, and of the others.
    """

    announced: frozenset[str] = frozenset()
    quiet: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it reached a hoster.

    Attributes:
        source: address it came from.
        agent: User-Agent.
        host: Host without the port, lower case.
        path: path without the query.
    """

    source: str
    agent: str
    host: str = field(repr=False)
    path: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The head of an answer; the body is `length` zero bytes.

    Attributes:
        location: where a redirect leads.
        etag: of the material.
    """

    status: int
    type: str = "text/html; charset=utf-8"
    length: int = 0
    location: str = ""
    etag: str = ""


FORBIDDEN: Final = Reply(status=403, length=MISSING_BYTES)
MISSING: Final = Reply(status=404, length=MISSING_BYTES)
HOME: Final = Reply(status=200, length=PAGE_BYTES)
CANARY: Final = Reply(status=200, type="image/png", length=68, etag='"canary"')


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
    announced = request.source in monitor.announced or AGENT_MARK in request.agent.lower()
    known = announced or request.source in monitor.quiet
    match hoster.behaviour:
        case Behaviour.DROPS if known:
            return None
        case Behaviour.BLOCKS_ALL if known:
            return FORBIDDEN
        case Behaviour.BLOCKS_AGENT if announced:
            return FORBIDDEN
    hidden = hoster.behaviour is Behaviour.CLOAKS and announced
    return _page(request, hoster, world.at(request.host, request.path), at, hidden=hidden)


def _page(
    request: Request, hoster: SimHoster, item: Material | None, at: Instant, *, hidden: bool
) -> Reply:
    if item is not None and item.hoster == hoster.id:
        if item.online(at):
            return MISSING if hidden else _whole(item)
        if item.gone(at):
            return _GONE[hoster.gone_status]
    return HOME if request.path == "/" else MISSING


def _whole(item: Material) -> Reply:
    return Reply(status=200, type="image/jpeg", length=item.length, etag=f'"{item.length:x}"')


_GONE: Final[Mapping[int, Reply]] = {
    404: MISSING,
    410: Reply(status=410, length=MISSING_BYTES),
    302: Reply(status=302, location="/"),
}


def canary(request: Request) -> Reply:
    """Return what the canary's server answers: all is well, at every path of its name."""
    return CANARY if request.host == CANARY_HOST else MISSING
