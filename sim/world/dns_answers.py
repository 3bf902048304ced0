"""What the practice world's name server says: pure, decided by behaviour and the world's truth."""

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.moments import Instant
from sim.world.absences import TRICK_MS
from sim.world.behaviour import Behaviour
from sim.world.hosters import CANARY_ADDRESS, CANARY_HOST, SimHoster
from sim.world.material import Material
from sim.world.world import World

INSIDE: Final = ("10.66.0.1", "127.0.0.1", "169.254.169.254", "192.168.66.1")
"""Where a name may be pointed at to lead the monitor inward (RFC 1918, RFC 1122, RFC 3927)."""


def addresses(
    hoster: SimHoster, second: SimHoster | None, item: Material, at: Instant
) -> Sequence[str]:
    """Return the addresses of a name that is one URL's own; none = there is no such name.

    Args:
        hoster: whose name it is.
        second: the hoster it may have been moved to.
        item: what the name was made for.
        at: when it is asked for.
    """
    own = (hoster.address,)
    if second is not None and item.away(at):
        return (second.address,)
    inside = (INSIDE[item.length % len(INSIDE)],)
    hides = at >= item.noticed_at + TRICK_MS
    match hoster.behaviour:
        case Behaviour.EXPIRES if item.gone(at):
            return ()
        case Behaviour.NO_NAME if hides:
            return ()
        case Behaviour.NAMES_INSIDE if hides:
            return inside
        case Behaviour.NAMES_MIXED if hides:
            return (*own, *inside)
        case _:
            return own


def looked_up(
    name: str, world: World | None, hosters: Mapping[str, SimHoster], at: Instant
) -> Sequence[str]:
    """Return the addresses that a name has at an instant, none for a name that nobody has.

    Args:
        name: lower case, without a final dot.
        world: knows whose URL's own a name is; None = it has not begun.
        hosters: by id.
        at: when it is asked for.
    """
    if name == CANARY_HOST:
        return (CANARY_ADDRESS,)
    hoster = hosters.get(name.partition(".")[2].removesuffix(".example"))
    if hoster is None:
        return ()
    if not hoster.named:
        front = hosters.get(hoster.through, hoster)
        return (front.address,) if name in hoster.hosts else ()
    item = None if world is None else world.named(name)
    return () if item is None else addresses(hoster, hosters.get(hoster.second), item, at)
