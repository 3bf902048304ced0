"""What each vantage said last of one case, and whether DNS there still names the hoster."""

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from schemas.moments import HOUR_MS, Instant
from streams.lifecycle.evidence.timeline_entry import TimelineEntry
from streams.lifecycle.machine.dns_presence import DnsPresence
from streams.lifecycle.machine.evidence_since_sighting import VantageTally, counted
from streams.verdicts.answer_shape import AnswerShape

CANARY_NEAR_MS: Final = HOUR_MS
"""A vantage is heard while its canary answered so lately."""


class LatestVerdict(Struct, frozen=True, gc=False):
    """The newest conclusive verdict of a vantage.

    Attributes:
        saw: it was a sighting, else gone.
        at: when the answer was complete, or its cached copy was made.
        shape: what a sighting was like.
        matches: it was like the sightings before the notice.
    """

    saw: bool
    at: Instant
    shape: AnswerShape
    matches: bool


class Vantages(Struct):
    """The vantages' latest verdicts.

    Attributes:
        ordered_vantages: whom the newest order was for.
        latest: the newest conclusive verdict of each.
        contradicted: sightings in a row that others' gone verdicts spoke against, by vantage.
        canary_at: when its canary was last known to answer.
        presence: what their name servers say of the owner.
        strange: those whose last answer was one that nothing explains.
    """

    ordered_vantages: frozenset[str] = frozenset()
    latest: dict[str, LatestVerdict] = field(default_factory=dict)
    contradicted: dict[str, VantageTally] = field(default_factory=dict)
    canary_at: dict[str, Instant] = field(default_factory=dict)
    presence: DnsPresence = field(default_factory=DnsPresence)
    strange: frozenset[str] = frozenset()

    def anew(self) -> "Vantages":
        """Return a copy for the next case: without the latest verdicts and the contradictions."""
        return replace(self, latest={}, contradicted={})

    def required(self, at: Instant) -> frozenset[str]:
        """Return the vantages asked whose canary answered within the hour; none if too few did.

        At least two are needed, unless the newest order asks one alone.
        """
        since = at - CANARY_NEAR_MS
        heard = frozenset(
            v for v in self.ordered_vantages if self.canary_at.get(v, since - 1) >= since
        )
        return heard if len(heard) > 1 or len(self.ordered_vantages) == 1 else frozenset()

    def note_probe(self, entry: TimelineEntry) -> None:
        """Note what a probe says of its vantage, whatever it says of the content."""
        vantage = entry.seen_by
        self.ordered_vantages = _as_set(entry.ordered_vantages or (vantage,))
        if entry.canary_ok:
            self.canary_at[vantage] = entry.at
            if entry.strange:
                self.strange |= {vantage}
            elif self.strange:
                self.strange -= {vantage}

    def note_control(self, entry: TimelineEntry) -> None:
        """Note a probe of a control: whom it was for, and that its vantage's canary answered."""
        if entry.ordered_vantages:
            self.ordered_vantages, self.presence.ordered_vantages = (
                _as_set(entry.ordered_vantages),
                entry.ordered_vantages,
            )
        self.canary_at[entry.seen_by] = entry.at

    def note_sighting(self, entry: TimelineEntry, *, matches: bool) -> bool:
        """Note a sighting.

        Returns:
            Whether the newest verdict of another vantage asked is gone.
        """
        latest = self.latest
        seen_at = entry.seen_at if entry.aged else entry.at
        latest[entry.seen_by] = LatestVerdict(True, seen_at, entry.shape, matches)
        for vantage, verdict in latest.items():
            if not verdict.saw and vantage in self.ordered_vantages:
                break
        else:
            if self.contradicted:
                self.contradicted.clear()  # what others see against one another begins anew
            return False
        if entry.control_differs:
            self.contradicted[entry.seen_by] = counted(self.contradicted.get(entry.seen_by), entry)
        return True

    def note_copy(self, entry: TimelineEntry, *, matches: bool) -> None:
        """Note a copy from before others found it gone, unless its vantage said more since then."""
        known = self.latest.get(entry.seen_by)
        if known is None or known.at < entry.seen_at:
            self.latest[entry.seen_by] = LatestVerdict(True, entry.seen_at, entry.shape, matches)

    def note_gone(self, vantage: str, entry: TimelineEntry) -> None:
        """Note that a vantage found it gone."""
        self.latest[vantage] = LatestVerdict(False, entry.at, entry.shape, matches=False)
        self.contradicted.pop(vantage, None)

    def is_split(self, vantage: str) -> bool:
        """Return whether a vantage saw it against the others often enough to be believed."""
        tally = self.contradicted.get(vantage)
        return tally is not None and tally.is_enough()

    def is_overruled(self, vantage: str) -> bool:
        """Return whether another vantage still sees it and was believed against those that do not.

        A server that lies to one vantage lies at every probe; were each a new doubt, the case
        would never leave it.
        """
        return any(
            v != vantage and self.latest[v].saw and self.is_split(v) for v in self.contradicted
        )

    def agree(self) -> bool:
        """Return whether the newest verdict of every vantage asked that gave one is gone."""
        return all(
            not verdict.saw for v, verdict in self.latest.items() if v in self.ordered_vantages
        )

    def nobody_denies(self) -> bool:
        """Return whether no vantage's newest verdict is gone."""
        return all(verdict.saw for verdict in self.latest.values())


@lru_cache(maxsize=1_024)
def _as_set(vantages: tuple[str, ...]) -> frozenset[str]:
    return frozenset(vantages)


def saw_lately(vantages: Vantages, since: Instant, known: Collection[AnswerShape]) -> bool:
    """Return whether a vantage asked saw the material since an instant, by its newest verdict.

    Args:
        vantages: with their latest verdicts.
        since: earlier verdicts do not count.
        known: shapes of the material; a person may have vouched for one after it was seen.
    """
    return any(
        verdict.saw and verdict.at >= since and vantage in vantages.ordered_vantages
        for vantage, verdict in vantages.latest.items()
        if verdict.matches or verdict.shape in known
    )
