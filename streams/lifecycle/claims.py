"""What persons and authoritative sources say, against what probes saw near it (DESIGN 3.3)."""

from collections.abc import Sequence

from schemas.moments import HOUR_MS
from schemas.reasons import Verdict
from streams.lifecycle.item import GONE, Item, Kind
from streams.wording import Reason

DISPUTE_MS = HOUR_MS
"""A probe this near to a person's look can say otherwise."""


class Claims:
    """The looks of persons that probes dispute and nobody has seconded yet.

    Args:
        items: everything seen at the stay, in order of time.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._pending: list[Item] = []

    def pending(self, kind: Kind) -> Sequence[Item]:
        """Return the disputed looks of one kind, in order of time."""
        pending = self._pending
        return [claim for claim in pending if claim.kind is kind] if pending else ()

    def any_pending(self) -> bool:
        """Return whether a disputed look waits to be seconded."""
        return bool(self._pending)

    def clear(self) -> None:
        """Forget them: what they were about is settled."""
        self._pending.clear()

    def dispute(self, item: Item) -> bool:
        """Keep a person's look that probes dispute, unless it is the second person's to say so."""
        seconded = any(c.vantage != item.vantage for c in self.pending(item.kind))
        if seconded or not self._disputed(item):
            return False
        self._pending.append(item)
        return True

    def _disputed(self, item: Item) -> bool:
        """Return whether probes within 1 h say otherwise, each vantage by its nearest look.

        A report's own sighting is older than the looks it brings about: only those before it
        can speak against it.
        """
        nearest: dict[str, Item] = {}
        until = item.at + DISPUTE_MS if item.vantage else item.at
        for look in self._items:
            if look.at > until:
                break
            if item.at - look.at > DISPUTE_MS or not _is_conclusive(look):
                continue
            if look.changed and item.kind is Kind.ABSENT:
                continue  # whether it is the same material is for a person to say
            held = nearest.get(look.vantage)
            if held is None or abs(look.at - item.at) < abs(held.at - item.at):
                nearest[look.vantage] = look
        saw = [look.verdict is Verdict.ONLINE for look in nearest.values()]
        return any(saw) if item.kind is Kind.ABSENT else bool(saw) and not any(saw)


def _is_conclusive(item: Item) -> bool:
    if item.kind is not Kind.PROBED or not item.canary_ok or item.reason is Reason.MOVED:
        return False
    return item.verdict is Verdict.ONLINE or item.verdict in GONE
