"""Resolutions of the ledger as events of a history, and what follows from them for a probe."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from schemas.closed_lists import Confidence, ProbeError, Role
from schemas.records.facts import Attribution, Observation, Placement
from streams.history.ledger.told_registry import ToldRegistry
from streams.history.scene import RESOLVER


class _Resolved(NamedTuple):
    hosters: tuple[str, ...]
    nxdomain: bool


_NOTHING = _Resolved((), nxdomain=False)


class ToldResolutions:
    """Takes resolutions in order of time."""

    def __init__(self, registry: ToldRegistry, shared: frozenset[str] = frozenset()) -> None:
        """Begin before the first of them.

        Args:
            registry: what is known of the hosters that they name.
            shared: see `shared_addresses`.
        """
        self._registry = registry
        self._shared = shared
        self._names: dict[str, str] = {}
        self._newest: dict[str, _Resolved] = {}
        self._stated = False

    def event(self, made: Attribution) -> dict[str, Any]:
        """Return a resolution as an event, without its hours.

        What a history would conclude by itself and this resolution does not say is excluded in
        words: an origin stated earlier, and a contradiction that nobody found.

        Args:
            made: it was answered, or says where the URL is assumed to be.
        """
        at = [place for place in made.placements if not _is_behind(place)]
        stated = _hosters(place for place in made.placements if _is_stated(place))
        shown = _hosters(p for p in made.placements if _is_behind(p) and not _is_stated(p))
        contested = _hosters(place for place in at if place.contested)
        event: dict[str, Any] = {"at": [place.hoster for place in at], "vantage": made.vantage}
        if any(place.address_key in self._shared for place in at):
            event["addresses"] = [self._address(place) for place in at]
        if made.nxdomain:
            event["nxdomain"] = True
        if not made.answered:
            event["answered"] = False
        if stated or (self._stated and any(place.role is Role.PROXY for place in at)):
            event["origin"] = stated
        if contested or stated:
            event["contested"] = contested
        if shown:
            event["behind"] = shown
        if any(place.disclosed for place in made.placements):
            event["disclosed"] = True
        self._stated |= bool(stated)
        found = dict.fromkeys(place.hoster for place in made.placements)
        self._newest[made.vantage] = _Resolved(tuple(found), made.nxdomain)
        return event

    def _address(self, place: Placement) -> str:
        """Return a name for an address; one that is no other hoster's has its hoster's."""
        if place.address_key not in self._shared:
            return f"address of {place.hoster}"
        known = f"address {len(self._names) + 1}"
        return self._names.setdefault(place.address_key, known)

    def beside(self, seen: Observation) -> dict[str, Any]:
        """Return what a probe says of the name otherwise than a history would conclude.

        That is what its vantage's last resolution said, or that no name is there if it said so.

        Args:
            seen: the observation of the URL.
        """
        last = self._newest.get(seen.vantage) or self._newest.get(RESOLVER, _NOTHING)
        if seen.facts.error is ProbeError.NXDOMAIN:
            last = _Resolved((), nxdomain=True)
        found = {*last.hosters}
        owner = self._registry.owner(seen.hoster)
        if any(self._registry.owner(hoster) == owner for hoster in last.hosters):
            found.add(seen.hoster)
        event: dict[str, Any] = {}
        if found != {*seen.hosters}:
            event["hosters"] = list(seen.hosters)
        if last.nxdomain is not seen.nxdomain:
            event["nxdomain"] = seen.nxdomain
        return event


def shared_addresses(resolutions: Iterable[Attribution]) -> frozenset[str]:
    """Return the keys of addresses that are of several hosters, in one or in several resolutions.

    By its address a hoster is known as one that had only its network's name (rule 1.5).

    Args:
        resolutions: all of a URL.
    """
    hosters: dict[str, set[str]] = defaultdict(set)
    for made in resolutions:
        for place in made.placements:
            hosters[place.address_key].add(place.hoster)
    return frozenset(key for key, found in hosters.items() if key and len(found) > 1)


def _hosters(places: Iterable[Placement]) -> list[str]:
    return list(dict.fromkeys(place.hoster for place in places))


def _is_stated(place: Placement) -> bool:
    return place.confidence is Confidence.STATEMENT


def _is_behind(place: Placement) -> bool:
    return place.behind or _is_stated(place)
