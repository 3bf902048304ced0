"""What of an answer tells that the content may be another: its shape.

See docs/measurement.md, Verdicts.
"""

from typing import Final, TypeAlias

from schemas.records.case_observations import Fingerprint

Shape: TypeAlias = tuple[int, str, int, str]
"""Status, type, size class and Location."""

AnswerShape: TypeAlias = tuple[int, str, int]
"""Status, type and size class: what is like the sightings before the notice has them too."""

NO_KIND: Final = (0, "", 0)


def shape_of(seen: Fingerprint) -> Shape:
    """Return what of an answer tells that the content may be another."""
    return seen.status, seen.type, seen.size_class, seen.location_key
