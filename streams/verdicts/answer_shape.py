"""What of an answer tells that the content may be another: its shape.

See docs/measurement.md, Verdicts.
"""

from collections.abc import Iterable
from typing import TypeAlias

from schemas.moments import Instant
from schemas.records.case import Fingerprint

Shape: TypeAlias = tuple[int, str, int, str]
"""Status, type, size class and Location."""


def shape_of(seen: Fingerprint) -> Shape:
    """Return what of an answer tells that the content may be another."""
    return seen.status, seen.type, seen.size_class, seen.location_key


class Shapes:
    """The shapes of one vantage's sightings: the usual ones, and those that came after them.

    A shape that gives way to a usual one again was no lasting change, and is usual itself.
    """

    def __init__(self, usual: Iterable[Shape] = ()) -> None:
        """Know of the sightings that others had before."""
        self._usual: set[Shape] = set(usual)
        self._later: set[Shape] = set()

    def is_new(self, shape: Shape) -> bool:
        """Return whether no sighting had this shape, and there were some."""
        return bool(self._usual) and shape not in self._usual and shape not in self._later

    def is_changed(self, shape: Shape) -> bool:
        """Return whether this is not what its sightings usually were."""
        return bool(self._usual) and shape not in self._usual

    def vouch(self) -> None:
        """Take all shapes for usual ones: a person saw the material behind them."""
        self._usual |= self._later
        self._later.clear()

    def vouch_until(self, persons: list[Instant], at: Instant) -> None:
        """Vouch for what came before each time that a person saw the material, up to an instant.

        Args:
            persons: when they saw it, the last one first; those up to the instant are taken out.
            at: the instant.
        """
        while persons and persons[-1] <= at:
            persons.pop()
            self.vouch()

    def note(self, shape: Shape) -> None:
        """Note a sighting's shape."""
        if self.is_changed(shape):
            self._later.add(shape)
        elif self._later:
            self.vouch()
        else:
            self._usual.add(shape)
