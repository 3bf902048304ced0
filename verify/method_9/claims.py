"""What persons and sources say against probes near it, and what each vantage said last.

See docs/measurement.md, Confirmation.
"""

from collections.abc import Sequence
from typing import Final

from schemas.moments import HOUR_MS, Instant
from verify.method_9.timeline_entry import GONE, EntryKind, TimelineEntry

NEAR_MS: Final = HOUR_MS
"""A probe this near to a person's check can say otherwise."""


class DisputedClaims:
    """The words of persons that probes contradict and nobody has seconded yet.

    Args:
        seen: everything seen at the spell.
    """

    def __init__(self, seen: Sequence[TimelineEntry]) -> None:
        self._conclusive = [s for s in seen if _conclusive(s)]
        self._disputed: list[TimelineEntry] = []

    def disputed(self, kind: EntryKind) -> list[Instant]:
        """Return when the disputed words of one kind were said."""
        return [d.seen_at for d in self._disputed if d.kind is kind]

    def by_person(self, kind: EntryKind) -> bool:
        """Return whether one of the disputed words of a kind is a person's and no report's."""
        return any(d.kind is kind and d.who for d in self._disputed)

    def clear(self) -> None:
        """Forget them: what they were about is settled."""
        self._disputed = []

    def dispute(self, entry: TimelineEntry) -> bool:
        """Keep a word that probes within 1 h contradict; a second person settles it."""
        if any(d.kind is entry.kind and d.who != entry.who for d in self._disputed):
            return False
        near = [s for s in self._conclusive if abs(s.at - entry.at) <= NEAR_MS]
        if not entry.who:  # a report's own sighting is older than the observations it brings about
            near = [s for s in near if s.at <= entry.at]
        if entry.kind is EntryKind.ABSENT:  # what changed is for a person to judge, and one has
            near = [s for s in near if not s.changed]
        words = [
            min((s for s in near if s.who == v), key=lambda s: abs(s.at - entry.at)).online
            for v in {s.who for s in near}
        ]
        denied = any(words) if entry.kind is EntryKind.ABSENT else bool(words) and not any(words)
        if denied:
            self._disputed.append(entry)
        return denied


def _conclusive(entry: TimelineEntry) -> bool:
    if (
        entry.kind is not EntryKind.OBSERVATION
        or entry.observation is None
        or not entry.observation.canary_ok
    ):
        return False
    return entry.online or (entry.said.verdict in GONE and not entry.said.elsewhere)


class Vantages:
    """What each vantage said last of the URL and of its name.

    Attributes:
        saw: its last conclusive word.
        denied: when it was last answered that it is gone.
        sound: its canary answered.
        outvoted: those that another vantage is believed against.
        turned: when one saw what it had said was gone.
    """

    def __init__(self) -> None:
        self.saw: dict[str, bool] = {}
        self.denied: dict[str, Instant] = {}
        self.sound: dict[str, bool] = {}
        self.outvoted: set[str] = set()
        self.turned: list[Instant] = []
        self._unnamed: dict[str, int] = {}  # resolutions running that lack the hoster

    def take_name(self, entry: TimelineEntry) -> None:
        """Note whom the name leads to."""
        if entry.by_hidden_vantage:
            return  # whom the name leads to is for those to say who probe again and again
        if entry.named is not None:
            running = self._unnamed.get(entry.who, 0) + 1
            self._unnamed[entry.who] = 0 if entry.named else running
        elif entry.kind is EntryKind.OBSERVATION:
            self._unnamed.pop(entry.who, None)  # a vantage without name servers has no say

    def left(self) -> bool:
        """Return whether the name leads to the hoster no more."""
        return bool(self._unnamed) and all(n >= 2 for n in self._unnamed.values())

    def required(self, entry: TimelineEntry) -> set[str]:
        """Return the vantages that an observation's order asks, whose canary answers."""
        asked = set(entry.observation.asked) if entry.observation else set()
        return {v for v in asked or {entry.who} if self.sound.get(v, True)}

    def is_outvoted(self, entry: TimelineEntry) -> bool:
        """Return whether another vantage is believed against this one."""
        others = self.required(entry) - self.outvoted
        return entry.who in self.outvoted and any(self.saw.get(v) for v in others)

    def deny(self, who: str, at: Instant) -> None:
        """Note that a vantage was answered that it is gone."""
        self.saw[who] = False
        self.denied[who] = max(at, self.denied.get(who, at))
