"""What persons say they saw, against what probes saw near it.

See docs/measurement.md, Confirmation.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from msgspec.structs import replace

from schemas.moments import HOUR_MS, Instant
from schemas.reasons import Verdict
from streams.lifecycle.evidence.item import GONE, Item, Kind
from streams.verdicts.reasons import Reason

DISPUTE_MS: Final = HOUR_MS
"""A probe this near to a person's check can say otherwise."""

_ByVantage: TypeAlias = Mapping[str, tuple[list[Instant], list[bool]]]
"""When each vantage's conclusive observations were complete, in order, and whether they saw it."""


def with_denials(items: Sequence[Item]) -> list[Item]:
    """Return the items, persons' sightings being marked that all probes within 1 h speak against.

    Each vantage speaks by its observation nearest to the check, before or after it. A sighting by a
    probe after a check `absent` needs no mark: it is a sighting.

    Args:
        items: everything seen at the stay, in order of time.
    """
    found = list(items)
    places = [n for n, item in enumerate(found) if item.kind is Kind.SEEN and item.vantage]
    if places:
        looks = _by_vantage(found)
        for place in places:
            said = _nearest(looks, found[place].at)
            found[place] = replace(found[place], denied=bool(said) and not any(said))
    return found


def is_conclusive(item: Item) -> bool:
    """Return whether an observation says that the material is there, or that it is not."""
    if item.kind is not Kind.PROBED or not item.canary_ok or item.reason is Reason.MOVED:
        return False
    return item.verdict is Verdict.ONLINE or item.verdict in GONE


def _by_vantage(items: Sequence[Item]) -> _ByVantage:
    found: dict[str, tuple[list[Instant], list[bool]]] = {}
    for item in items:
        if is_conclusive(item) and not item.recheck:
            times, saw = found.setdefault(item.vantage, ([], []))
            times.append(item.at)
            saw.append(item.verdict is Verdict.ONLINE)
    return found


def _nearest(looks: _ByVantage, at: Instant) -> list[bool]:
    """Return whether the observation of each vantage nearest to an instant saw it, within 1 h.

    Of two as near the earlier one speaks.
    """
    said = []
    for times, saw in looks.values():
        after = bisect_left(times, at)
        near = [n for n in (after - 1, after) if 0 <= n < len(times)]
        best = min(near, key=lambda n: (abs(times[n] - at), n))
        if abs(times[best] - at) <= DISPUTE_MS:
            said.append(saw[best])
    return said
