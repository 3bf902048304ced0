"""What stands in a dossier, in words: what speaks for the hoster, and the notes."""

from collections.abc import Sequence
from typing import Final

from agents.edges.web.case_labels import FLAGS
from agents.edges.web.formatting import duration, number
from agents.edges.web.messages import N_, gettext, told
from schemas.dossier.dossier import Point
from schemas.reasons import Flag

POINTS: Final = {
    "removed": N_("the material was removed"),
    "gone_before_notice": N_("the material was gone before the notice"),
    "ended_without_notice": N_("the case ended before anybody had told the hoster"),
    "never_online": N_("nobody saw the material there"),
    "withdrawn": N_("the hotline took its report back"),
    "excluded": N_("two persons excluded the case"),
    "moved": N_("the material moved to another hoster"),
    "suspect": N_("vantages or persons disagree about it"),
    "doubted": N_("its end is not confirmed yet"),
    "norm_in_time": N_("it was removed within a norm"),
    "norm_undetermined": N_("whether a norm was kept is not known"),
    "order_in_time": N_("it was removed within the term of an order"),
    "order_undetermined": N_("whether the term of an order was kept is not known"),
    "never_told": N_("no notice reached the hoster"),
    "no_delivery": N_("nothing proves that the notice was delivered"),
    "not_delivered": N_("a notice did not arrive"),
    "hotline_delay": N_("the hotline took an hour or more from its report to its notice"),
    "answered_removed": N_("the hoster answered that it had removed it"),
    "answered_refused": N_("the hoster answered that it does not remove it"),
    "answered_disputed": N_("the hoster disputes it"),
    "answered_not_ours": N_("the hoster answered that it is not its own"),
    "dispute_open": N_("nobody has decided about its dispute yet"),
    "dispute_accepted": N_("two persons accepted its dispute"),
    "canary_failed": N_("observations were made while the vantage's canary failed"),
    "own_clock": N_("observations count for nothing, because our own clock was wrong"),
    "own_capacity": N_("planned probes were not made, because of our own limits"),
    "unbacked": N_("sightings have no control near them, and make nothing late"),
}
"""By what `streams.dossier.for_the_hoster` calls them; flags have the words of the pages."""

_FLAG: Final = "flag_"
_DELAY: Final = "hotline_delay"


def point(one: Point) -> str:
    """Return what speaks for the hoster in a case."""
    text = _text(one.what)
    if one.what == _DELAY:
        return f"{text} ({duration(int(one.more))})"
    return text


def points(found: Sequence[Point]) -> list[tuple[str, str]]:
    """Return what speaks for the hoster in all cases: in how many, and what."""
    return [(number(int(one.more)), _text(one.what)) for one in found]


def _text(what: str) -> str:
    if what.startswith(_FLAG):
        label = gettext(FLAGS[Flag(what.removeprefix(_FLAG))])
        return told("marked: %(label)s", label=label)
    return gettext(POINTS[what])
