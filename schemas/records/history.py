"""A history of one URL as a person types it: what `hostwatch judge` reads.

Hours are decimal and count from `start`. No field holds a URL, a host or a path of one; what is
missing takes the default that stands here.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from schemas.records.history_events import HistoryEvent
from schemas.records.history_registry import Hoster, Hotline, Term, Vantage, Word
from schemas.records.reports import HosterId, HotlineId, VantageId


def _hosters() -> dict[str, Hoster]:
    return {
        "acme": Hoster(),
        "acme2": Hoster(group="acme"),
        "other": Hoster(),
        "shield": Hoster(proxy=True),
    }


def _hotlines() -> dict[str, Hotline]:
    return {"alpha": Hotline(), "beta": Hotline()}


def _norms() -> dict[str, tuple[float, ...]]:
    return {"nl": (24.0, 48.0)}


def _vantages() -> dict[str, Vantage]:
    return {"north": Vantage(asn=64_501), "south": Vantage(announced=False, asn=64_502)}


class History(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A history of one URL.

    Attributes:
        start: hour 0.
        hosters: the registry at the start; `as<number>` is always a known hoster.
        norms: hours of each jurisdiction's norms.
        events: what happened; their order means nothing.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    start: Annotated[datetime, Meta(tz=True)]
    hosters: dict[HosterId, Hoster] = field(default_factory=_hosters)
    hotlines: dict[HotlineId, Hotline] = field(default_factory=_hotlines)
    norms: dict[Word, Annotated[tuple[Term, ...], Meta(min_length=1)]] = field(
        default_factory=_norms
    )
    vantages: Annotated[dict[VantageId, Vantage], Meta(min_length=1)] = field(
        default_factory=_vantages
    )
    events: tuple[HistoryEvent, ...]
