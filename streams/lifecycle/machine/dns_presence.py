"""What the name servers of each vantage say of an owner: whether it has left.

Rules 1.3 and 1.4 of docs/measurement.md. One value a case, moved on by each resolution.
"""

from msgspec import Struct, field

from schemas.moments import DAY_MS, Instant
from streams.lifecycle.evidence.owner import RESOLVER
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry
from streams.lifecycle.state_table import LEFT_RESOLUTIONS_MIN


class DnsPresence(Struct):
    """The resolutions of one case.

    Attributes:
        lacking: how often in a row a vantage's name servers did not name the owner.
        here_at: when they named it last.
        without_at: the first resolution that lacks it since the last that names it.
        ordered_vantages: the vantages that the newest probe was for; empty = not known.
    """

    lacking: dict[str, int] = field(default_factory=dict)
    here_at: dict[str, Instant] = field(default_factory=dict)
    without_at: Instant | None = None
    ordered_vantages: tuple[str, ...] = ()

    def note_resolution(self, entry: TimelineEntry) -> None:
        """Note what a resolution says of the owner.

        A hidden re-check has no say in it: it probes too seldom to take its word back.
        """
        if entry.ordered_vantages:
            self.ordered_vantages = entry.ordered_vantages
        if entry.recheck:
            return
        vantage, present = entry.seen_by, entry.dns_names_owner
        if present > 0:
            self.lacking[vantage] = 0
            self.here_at[vantage] = entry.at
            self.without_at = None
        elif present == 0:
            self.lacking[vantage] = self.lacking.get(vantage, 0) + 1
            if self.without_at is None:
                self.without_at = entry.at
        elif entry.kind is EntryKind.PROBED:
            self.lacking.pop(vantage, None)  # its name servers do not answer it any more

    def left_at(self, at: Instant) -> Instant | None:
        """Return since when the owner is named no more; None = it is, or may be.

        The newest 2 resolutions of every vantage asked lack it, and so do all of the last 24 h. A
        vantage that is asked no more holds nothing up. If such a vantage named it last, that is the
        instant itself.
        """
        counts = [n for vantage, n in self.lacking.items() if self._is_ordered(vantage)]
        if not counts or min(counts) < LEFT_RESOLUTIONS_MIN:
            return None
        for vantage, here_at in self.here_at.items():
            heard = vantage == RESOLVER or self._is_ordered(vantage)
            if heard and at - here_at < DAY_MS:
                return None
        return at if self.without_at is None else self.without_at

    def _is_ordered(self, vantage: str) -> bool:
        return vantage != RESOLVER and (
            not self.ordered_vantages or vantage in self.ordered_vantages
        )
