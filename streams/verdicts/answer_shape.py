"""What of an answer tells that the content may be another: its shape.

See docs/measurement.md, Verdicts.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

from schemas.records.case import Fingerprint

Shape: TypeAlias = tuple[int, str, int, str]
"""Status, type, size class and Location."""

Kind: TypeAlias = tuple[int, str, int]
"""Status, type and size class: what is like the sightings before the notice has them too."""

NO_KIND: Final = (0, "", 0)


def shape_of(seen: Fingerprint) -> Shape:
    """Return what of an answer tells that the content may be another."""
    return seen.status, seen.type, seen.size_class, seen.location_key


class Shapes:
    """The shapes of one vantage's sightings."""

    def __init__(self, known: Iterable[Shape] = ()) -> None:
        """Know of the sightings that others had before."""
        self._known: set[Shape] = set(known)

    def is_new(self, shape: Shape) -> bool:
        """Return whether no sighting had this shape, and there were some."""
        return bool(self._known) and shape not in self._known

    def note(self, shape: Shape) -> None:
        """Note a sighting's shape."""
        self._known.add(shape)
