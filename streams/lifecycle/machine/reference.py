"""What a sighting has to be like to be backed."""

from typing import TypeAlias

from msgspec import Struct, field

from streams.lifecycle.evidence.timeline_entry import TimelineEntry
from streams.verdicts.answer_shape import AnswerShape

_NOBODY: frozenset[str] = frozenset()

Shapes: TypeAlias = frozenset[AnswerShape]


class Reference(Struct):
    """What a sighting has to be like to be backed: the sightings before the notice.

    A page that took the material's place before the notice must not become what others are like.
    So of those sightings the first of each vantage count, and shapes that gave way to them again.

    Attributes:
        shapes: of the sightings before the notice, else of the first after it.
        passing: other shapes seen before the notice.
        known: vantages of which a sighting is known.
        vouched: those behind which a person or a source saw the material, until one finds it gone.
        noticed: the hoster was told, or the material went before; no new shape is taken.
        unlike: how many sightings in a row were unlike, by vantage, two at most.
    """

    shapes: Shapes = frozenset()
    passing: Shapes = frozenset()
    known: frozenset[str] = frozenset()
    vouched: Shapes = frozenset()
    noticed: bool = False
    unlike: dict[str, int] = field(default_factory=dict)

    def matches(self, entry: TimelineEntry) -> bool:
        """Return whether a sighting shows what was there at first."""
        shape = entry.shape
        if shape in self.shapes or shape in self.vouched or not self.shapes:
            return True
        return not self.noticed and entry.seen_by not in self.known and not entry.recheck

    def note(self, entry: TimelineEntry) -> frozenset[str]:
        """Note a vantage's sighting; return the vantages that saw another shape twice running."""
        vantage, shape, matches = entry.seen_by, entry.shape, self.matches(entry)
        if vantage not in self.known:
            self.known |= {vantage}
            if not self.shapes or not (self.noticed or entry.recheck):
                self.shapes |= {shape}
        if not matches:
            self.passing |= frozenset() if self.noticed else {shape}
            self.unlike[vantage] = min(self.unlike.get(vantage, 0) + 1, 2)
        elif self.unlike and self.unlike.pop(vantage, 0):
            self.shapes |= self.passing
            self.passing = frozenset()
        if not self.unlike:
            return _NOBODY  # by far the most frequent
        return frozenset(v for v, times in self.unlike.items() if times > 1)

    def close(self) -> None:
        """Note that the hoster was told, or that the material went before."""
        self.noticed, self.passing = True, frozenset()
