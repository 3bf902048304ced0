"""How practice hosters behave: what they do once told, and how they meet the monitor."""

from enum import StrEnum
from typing import Final


class Behaviour(StrEnum):
    """What a hoster does once it was told, and how it meets the monitor.

    The honest come first, then those that only keep the material, then those that hide it or
    play with it. Whom it hides from: `announced` is who says who it is by address or agent,
    `known` every address of the monitor that hosters have found out.
    """

    PROMPT = "prompt"
    SLOW = "slow"
    MIXED = "mixed"
    SOFT_404 = "soft_404"  # 200 with a placeholder for what is not there, removed or never made
    REFUSES_URL = "disables"  # 403 for the removed URL alone, to everybody
    CDN = "cdn"  # removes like others, behind a proxy that stands for all its names
    SECOND_NOTICE = "second_notice"  # removes only what it is told of a second time
    EXPIRES = "expires"  # lets the name go and the server with it
    MOVES_INSIDE = "moves_inside"  # moves the name to a sister of its owner, and removes there
    LEAVES = "leaves"  # its customers move to another owner's hoster for good

    NEVER = "never"

    BLOCKS_AGENT = "blocks_agent"  # 403 to the announced
    BLOCKS_ALL = "blocks_all"  # 403 to the known
    DROPS = "drops"  # hangs up on the known
    CHALLENGES = "challenges"  # a proxy's challenge page to the known
    RATE_LIMITS = "rate_limits"  # 429 and an hour's Retry-After to the known
    FAILS = "fails"  # 503 to the known
    DRIPS = "drips"  # a byte of its answer now and then to the known
    LURES = "lures"  # leads the known to loopback and private addresses
    CLOAKS = "cloaks"  # 404 for the material to the announced
    CLOAKS_ALL = "cloaks_all"  # 404 for the material to the known
    LIES_TO_HEAD = "lies_to_head"  # 404 for the material to HEAD, whoever asks
    SENDS_HOME = "sends_home"  # a redirect to its home page to the announced
    ALL_ALIKE = "all_alike"  # the material's answer at every path, to everybody

    FLAPS = "flaps"  # off for a little more than an hour around each norm
    NIGHTS = "nights"  # there at night only
    RETURNS_2D = "returns_2d"  # removes at once, and puts it back within two days
    RETURNS_10D = "returns_10d"  # removes at once, and puts it back after ten days
    MOVES = "moves"  # moves the name to a second hoster for most of a day, and back
    NO_NAME = "no_name"  # its name server says that there is no such name
    NAMES_INSIDE = "names_inside"  # its name server names a private address
    NAMES_MIXED = "names_mixed"  # the same beside the right one


HONEST: Final = frozenset(
    {
        Behaviour.PROMPT,
        Behaviour.SLOW,
        Behaviour.MIXED,
        Behaviour.SOFT_404,
        Behaviour.REFUSES_URL,
        Behaviour.CDN,
        Behaviour.SECOND_NOTICE,
        Behaviour.EXPIRES,
        Behaviour.MOVES_INSIDE,
        Behaviour.LEAVES,
    }
)
"""These remove or lose the material, sooner or later, and say the same to everybody."""

PLAYS_WITH_NOBODY: Final = HONEST - {Behaviour.EXPIRES, Behaviour.MOVES_INSIDE, Behaviour.LEAVES}
"""Of these the time to removal can be told from the probes alone."""

RETURNS: Final = frozenset({Behaviour.RETURNS_2D, Behaviour.RETURNS_10D})
"""These remove, and put back what they removed."""

NAME_TRICKS: Final = frozenset(
    {
        Behaviour.MOVES,
        Behaviour.NO_NAME,
        Behaviour.NAMES_INSIDE,
        Behaviour.NAMES_MIXED,
        Behaviour.EXPIRES,
        Behaviour.MOVES_INSIDE,
        Behaviour.LEAVES,
    }
)
"""Something happens to the name, so each of their URLs has one of its own."""

OBSTRUCTS: Final = frozenset(Behaviour) - HONEST - RETURNS - {Behaviour.NEVER}
"""These keep the material and hide it or play with it; they must gain nothing by it."""
