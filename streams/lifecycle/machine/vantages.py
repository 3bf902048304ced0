"""What each vantage said last of one case, and whether DNS there still names the hoster."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from msgspec import Struct

from schemas.moments import HOUR_MS, Instant
from streams.lifecycle.evidence.timeline_entry import TimelineEntry
from streams.lifecycle.machine.gone_run import Tally, counted
from streams.lifecycle.machine.presence import Presence
from streams.verdicts.answer_shape import AnswerShape

CANARY_NEAR_MS: Final = HOUR_MS
"""A vantage is heard while its canary answered so lately."""


class Word(Struct, frozen=True, gc=False):
    """The newest conclusive verdict of a vantage.

    Attributes:
        saw: it was a sighting, else gone.
        at: when the answer was complete.
        shape: what a sighting was like.
        like: it was like the sightings before the notice.
    """

    saw: bool
    at: Instant
    shape: AnswerShape
    like: bool


@dataclass(slots=True)
class Vantages:
    """The vantages' last words.

    Attributes:
        asked: whom the newest order was for.
        words: the newest conclusive verdict of each.
        against: sightings in a row that others' gone verdicts spoke against, by vantage.
        canary_at: when its canary was last known to answer.
        presence: what their name servers say of the owner.
        strange: those whose last answer was one that nothing explains.
    """

    asked: frozenset[str] = frozenset()
    words: dict[str, Word] = field(default_factory=dict)
    against: dict[str, Tally] = field(default_factory=dict)
    canary_at: dict[str, Instant] = field(default_factory=dict)
    presence: Presence = field(default_factory=Presence)
    strange: frozenset[str] = frozenset()

    def anew(self) -> "Vantages":
        """Return what is known of the vantages, whatever they last said of the content."""
        return replace(self, words={}, against={})

    def required(self, at: Instant) -> frozenset[str]:
        """Return the vantages asked whose canary answered within the hour; none if too few did.

        At least two are needed, but where only one is configured.
        """
        since = at - CANARY_NEAR_MS
        heard = frozenset(v for v in self.asked if self.canary_at.get(v, since - 1) >= since)
        return heard if len(heard) > 1 or len(self.asked) == 1 else frozenset()

    def answered(self, entry: TimelineEntry) -> None:
        """Note what a probe says of its vantage, whatever it says of the content."""
        vantage = entry.vantage
        self.asked = _asked(entry.asked or (vantage,))
        if entry.canary_ok:
            self.canary_at[vantage] = entry.at
            if entry.strange:
                self.strange |= {vantage}
            elif self.strange:
                self.strange -= {vantage}

    def checked(self, entry: TimelineEntry) -> None:
        """Note a probe of a control: whom it was for, and that its vantage's canary answered."""
        if entry.asked:
            self.asked, self.presence.asked = _asked(entry.asked), entry.asked
        self.canary_at[entry.vantage] = entry.at

    def saw(self, entry: TimelineEntry, *, like: bool) -> bool:
        """Note a sighting.

        Returns:
            Whether the newest verdict of another vantage asked is gone.
        """
        words = self.words
        words[entry.vantage] = Word(True, entry.at, entry.shape, like)
        for vantage, word in words.items():
            if not word.saw and vantage in self.asked:
                break
        else:
            if self.against:
                self.against.clear()  # what others see against one another begins anew
            return False
        if entry.backed:
            self.against[entry.vantage] = counted(self.against.get(entry.vantage), entry)
        return True

    def denied(self, vantage: str, entry: TimelineEntry) -> None:
        """Note that a vantage found it gone."""
        self.words[vantage] = Word(False, entry.at, entry.shape, like=False)
        self.against.pop(vantage, None)

    def is_split(self, vantage: str) -> bool:
        """Return whether a vantage saw it against the others often enough to be believed."""
        tally = self.against.get(vantage)
        return tally is not None and tally.is_enough()

    def is_overruled(self, vantage: str) -> bool:
        """Return whether a vantage is alone with its gone, and another was believed against it.

        A server that lies to one vantage lies at every probe; were each a new doubt, the case
        would never leave it.
        """
        return any(v != vantage and self.words[v].saw and self.is_split(v) for v in self.against)

    def agree(self) -> bool:
        """Return whether the newest verdict of every vantage asked that gave one is gone."""
        return all(not word.saw for v, word in self.words.items() if v in self.asked)

    def nobody_denies(self) -> bool:
        """Return whether no vantage's newest verdict is gone."""
        return all(word.saw for word in self.words.values())


@lru_cache(maxsize=1_024)
def _asked(vantages: tuple[str, ...]) -> frozenset[str]:
    return frozenset(vantages)


def saw_lately(vantages: Vantages, since: Instant, known: Collection[AnswerShape]) -> bool:
    """Return whether a vantage asked saw the material since an instant, by its newest verdict.

    Args:
        vantages: their words.
        since: earlier words do not count.
        known: shapes of the material; a person may have vouched for one after it was seen.
    """
    return any(
        word.saw and word.at >= since and vantage in vantages.asked
        for vantage, word in vantages.words.items()
        if word.like or word.shape in known
    )
