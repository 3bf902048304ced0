"""What each vantage said last of one case: what is asked of them, and who speaks against whom."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from schemas.moments import Instant
from streams.lifecycle.evidence.item import Item, Kind
from streams.lifecycle.state_table import LEFT_RESOLUTIONS_MIN


@dataclass(slots=True)
class Vantages:
    """The vantages' last words.

    Attributes:
        last: whether its last conclusive probe saw the content.
        denied_at: when it last found it gone.
        canary: whether its canary answered at its last probe.
        lacking: how often in a row its name servers did not name the hoster.
        overruled: those found alone with their gone.
        strange: those whose last answer was one that nothing explains.
        flaps: sightings by a vantage that had found it gone, with no end between.
    """

    last: dict[str, bool] = field(default_factory=dict)
    denied_at: dict[str, Instant] = field(default_factory=dict)
    canary: dict[str, bool] = field(default_factory=dict)
    lacking: dict[str, int] = field(default_factory=dict)
    overruled: set[str] = field(default_factory=set)
    strange: set[str] = field(default_factory=set)
    flaps: list[Instant] = field(default_factory=list)

    def required(self, item: Item) -> set[str]:
        """Return the vantages that a probe's order was for and whose canary answers."""
        asked = set(item.asked) or {item.vantage}
        return {v for v in asked if self.canary.get(v, True)}

    def left(self) -> bool:
        """Return whether the name servers of all have ceased to name the hoster."""
        counts = self.lacking.values()
        return bool(counts) and min(counts) >= LEFT_RESOLUTIONS_MIN

    def answered(self, item: Item) -> None:
        """Note what a probe says of its vantage, whatever it says of the content."""
        if item.canary_ok:
            if item.strange:
                self.strange.add(item.vantage)
            else:
                self.strange.discard(item.vantage)
        self.canary[item.vantage] = item.canary_ok

    def resolved(self, item: Item) -> None:
        """Note whether the name servers that a vantage asks name the hoster.

        A hidden re-check has no say in it: it probes too seldom to take its word back.
        """
        if item.recheck:
            return
        if item.present >= 0:
            self.lacking[item.vantage] = (
                0 if item.present else self.lacking.get(item.vantage, 0) + 1
            )
        elif item.kind is Kind.PROBED:
            self.lacking.pop(item.vantage, None)  # its name servers do not answer it any more

    def saw(self, item: Item, *, is_open: bool) -> bool:
        """Note that a vantage saw it; without an end between, servers may be taking turns.

        Not where it was asked for before the answer that it is gone came: of two probes that
        overlap nobody knows which was answered first.

        Returns:
            Whether it was overruled until now.
        """
        denied = self.last.get(item.vantage) is False
        if denied and is_open and item.seen_at >= self.denied_at[item.vantage]:
            self.flaps.append(item.at)
        self.last[item.vantage] = True
        was_overruled = item.vantage in self.overruled
        self.overruled.discard(item.vantage)
        return was_overruled

    def denies(self, item: Item) -> None:
        """Note that a vantage found it gone."""
        self.last[item.vantage] = False
        self.denied_at[item.vantage] = item.at

    def disabled(self, refusals: Mapping[str, Sequence[Item]]) -> None:
        """Note that what these vantages were refused was disabled: they found it gone."""
        for vantage, found in refusals.items():
            self.last[vantage] = False
            known_at = self.denied_at.get(vantage, found[-1].at)
            self.denied_at[vantage] = max(known_at, found[-1].at)

    def against(self, item: Item, looks: Mapping[str, Collection[Item]]) -> set[str]:
        """Return the other required vantages whose last conclusive probe says gone.

        Args:
            item: a sighting.
            looks: the gone probes of the run, by vantage.
        """
        if not looks:
            return set()
        others = self.required(item) - {item.vantage}
        return {v for v in others if self.last.get(v) is False and looks.get(v)}

    def is_overruled(self, item: Item) -> bool:
        """Return whether this vantage was found alone with its gone, and still is.

        A server that lies to one vantage lies at every probe; were each a new doubt, the case
        would never leave it.
        """
        others = self.required(item) - self.overruled
        return item.vantage in self.overruled and any(self.last.get(v) for v in others)
