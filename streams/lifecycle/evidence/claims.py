"""What persons and authoritative sources say, against what probes saw near it.

See docs/measurement.md, Confirmation.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from schemas.moments import HOUR_MS, Instant
from schemas.reasons import Verdict
from streams.lifecycle.evidence.item import GONE, Item, Kind
from streams.verdicts.reasons import Reason

DISPUTE_MS = HOUR_MS
"""A probe this near to a person's check can say otherwise."""


class Claims:
    """The checks of persons that probes dispute and nobody has seconded yet.

    Args:
        items: everything seen at the stay, in order of time.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._pending: dict[Kind, list[Item]] = {}
        self._looks: dict[bool, _ByVantage] = {}

    def pending(self, kind: Kind) -> Sequence[Item]:
        """Return the disputed checks of one kind, in order of time."""
        return self._pending.get(kind, ())

    def any_pending(self) -> bool:
        """Return whether a disputed check waits to be seconded."""
        return bool(self._pending)

    def clear(self) -> None:
        """Forget them: what they were about is settled."""
        self._pending = {}

    def dispute(self, item: Item) -> bool:
        """Keep a person's check that probes dispute, unless it is the second person's to say so.

        Those that wait are all one person's: another's would second them.
        """
        waiting = self.pending(item.kind)
        seconded = bool(waiting) and waiting[0].vantage != item.vantage
        if seconded or not self._disputed(item):
            return False
        self._pending.setdefault(item.kind, []).append(item)
        return True

    def _disputed(self, item: Item) -> bool:
        """Return whether probes within 1 h say otherwise, each vantage by its nearest observation.

        A report's own sighting is older than the observations it brings about: only those before it
        can speak against it. Whether a changed page is the same material is for a person to say.
        """
        is_absent = item.kind is Kind.ABSENT
        looks = self._looks.get(is_absent)
        if looks is None:
            looks = self._looks[is_absent] = _by_vantage(self._items, changed=not is_absent)
        until = item.at + DISPUTE_MS if item.vantage else item.at
        near = (_nearest(times, item.at, until) for times, _ in looks.values())
        saw = [
            seen[place]
            for (_, seen), place in zip(looks.values(), near, strict=True)
            if place is not None
        ]
        return any(saw) if is_absent else bool(saw) and not any(saw)


_ByVantage: TypeAlias = Mapping[str, tuple[list[Instant], list[bool]]]
"""When each vantage's conclusive observations were complete, in order, and whether they saw it."""


def _by_vantage(items: Sequence[Item], *, changed: bool) -> _ByVantage:
    found: dict[str, tuple[list[Instant], list[bool]]] = {}
    for item in items:
        if _is_conclusive(item) and (changed or not item.changed):
            times, saw = found.setdefault(item.vantage, ([], []))
            times.append(item.at)
            saw.append(item.verdict is Verdict.ONLINE)
    return found


def _nearest(times: Sequence[Instant], at: Instant, until: Instant) -> int | None:
    """Return the place of the instant nearest to another, the first of those as near.

    Args:
        times: in order.
        at: the other.
        until: later ones do not count, nor do those that are DISPUTE_MS before it.
    """
    after = bisect_left(times, at)
    best = after if after < len(times) and times[after] <= until else None
    if after and at - times[after - 1] <= DISPUTE_MS:
        before = times[after - 1]
        if best is None or at - before <= times[best] - at:
            best = bisect_left(times, before)
    return best


def _is_conclusive(item: Item) -> bool:
    if item.kind is not Kind.PROBED or not item.canary_ok or item.reason is Reason.MOVED:
        return False
    return item.verdict is Verdict.ONLINE or item.verdict in GONE
