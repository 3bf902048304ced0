"""What hosters that hide show the monitor instead of the page: a function for each behaviour.

A trick meets only requests that its hoster knows to be the monitor's, but for the one that tells
a monitor by its method. Each returns the answer, None = it hangs up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from schemas.moments import HOUR_MS, Instant
from sim.world.behaviour import Behaviour
from sim.world.http_messages import (
    CHALLENGE,
    DRIP,
    FAILED,
    FORBIDDEN,
    MISSING,
    TO_HOME,
    TOO_MANY,
    Reply,
    Request,
)
from sim.world.material import Material

DECOYS: Final = (
    "http://127.0.0.1/",
    "http://10.66.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://192.168.66.1/",
)
"""Where a monitor without a gate would do its operator's network harm."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A request of the monitor.

    Attributes:
        request: what it asks.
        item: the material there; None = there is none, or none any more.
        page: what a visitor would get.
        announced: it says who it is.
        at: when.
    """

    request: Request
    item: Material | None
    page: Reply
    announced: bool
    at: Instant


BELIEVED_MS: Final = HOUR_MS
"""How long after the notice a hoster that means to be believed shows everybody the truth: what
the monitor never saw was never there, and what it saw and sees no more seems removed."""

Trick = Callable[[Meeting], Reply | None]


def _always(reply: Reply | None) -> Trick:
    """Return the trick that has one answer for the monitor."""
    return lambda _: reply


def _to_announced(reply: Reply) -> Trick:
    """Return the trick that has one answer for whoever says who it is."""
    return lambda meeting: reply if meeting.announced else meeting.page


def _hides(reply: Reply) -> Trick:
    """Return the trick that denies the material alone, to whoever says who it is."""
    return lambda met: reply if met.announced and met.item is not None else met.page


def _seems_removed(meeting: Meeting) -> Reply:
    item = meeting.item
    lies = item is not None and meeting.at >= item.noticed_at + BELIEVED_MS
    return MISSING if lies else meeting.page


def _lies_to_head(meeting: Meeting) -> Reply:
    return _seems_removed(meeting) if meeting.request.method == "HEAD" else meeting.page


def _lures(meeting: Meeting) -> Reply:
    turn = sum(meeting.request.path.encode())
    return Reply(status=302, location=DECOYS[turn % len(DECOYS)])


TRICKS: Final[Mapping[Behaviour, Trick]] = {
    Behaviour.BLOCKS_AGENT: _to_announced(FORBIDDEN),
    Behaviour.BLOCKS_ALL: _always(FORBIDDEN),
    Behaviour.DROPS: _always(None),
    Behaviour.CHALLENGES: _always(CHALLENGE),
    Behaviour.RATE_LIMITS: _always(TOO_MANY),
    Behaviour.FAILS: _always(FAILED),
    Behaviour.DRIPS: _always(DRIP),
    Behaviour.LURES: _lures,
    Behaviour.CLOAKS: _hides(MISSING),
    Behaviour.CLOAKS_ALL: _seems_removed,
    Behaviour.LIES_TO_HEAD: _lies_to_head,
    Behaviour.SENDS_HOME: _hides(TO_HOME),
}
"""The others play with time or with names, and show everybody the same."""
