"""Which shapes content had: status, type, size class and Location."""

from collections.abc import Sequence
from typing import TypeAlias

from schemas.moments import Instant

Shape: TypeAlias = tuple[object, ...]


class Shapes:
    """What the content looked like: as it was first seen, and as it was seen since it changed.

    Args:
        usual: what others had seen.
        attested: when persons saw the material.
    """

    def __init__(self, usual: set[Shape], attested: Sequence[Instant]) -> None:
        """Begin before the first observation."""
        self._usual = usual
        self._later: set[Shape] = set()
        self._attested = attested
        self._at = -1

    def come_to(self, at: Instant) -> None:
        """Take what changed for the material where a person saw it up to an instant."""
        if any(self._at < attested <= at for attested in self._attested):
            self._settle()
        self._at = at

    def is_new(self, shape: Shape) -> bool:
        """Return whether a shape was never seen, though others were."""
        return bool(self._usual) and shape not in self._usual | self._later

    def is_changed(self, shape: Shape) -> bool:
        """Return whether a shape is not that of the material."""
        return bool(self._usual) and shape not in self._usual

    def note(self, shape: Shape) -> None:
        """Note that the content was seen in a shape."""
        if self.is_changed(shape):
            self._later.add(shape)
        else:
            self._usual.add(shape)
            self._settle()

    def _settle(self) -> None:
        self._usual |= self._later
        self._later.clear()
