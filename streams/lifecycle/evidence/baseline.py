"""What a hidden vantage compares with: what those who were asked saw before it first probed.

It probes after a removal, so it has no sightings of its own from before. Without them a page that
took the content's place would be taken for the content, and nothing could be told of a host that
answers everything alike.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from schemas.closed_lists import Target
from schemas.moments import Instant
from schemas.records.case_observations import Fingerprint, Track
from streams.verdicts.answer_shape import Shape, shape_of


class BaselineSighting(NamedTuple):
    """One sighting of a vantage that was asked: its instant, what it saw, unlike its control."""

    at: Instant
    print: int
    differs: bool


class Baseline(NamedTuple):
    """Sightings before.

    Attributes:
        before: fingerprint of the last one that differed from its control; None = none did.
        shapes: of all.
    """

    before: int | None
    shapes: frozenset[Shape]


_URL: Final = Target.URL

NO_BASELINE: Final = Baseline(None, frozenset())


def rechecking(tracks: Sequence[Track]) -> frozenset[str]:
    """Return the vantages that probed without being asked.

    Their answers are compared with the earlier ones of the vantages that were asked.
    """
    return frozenset(
        track.vantage
        for track in tracks
        if track.target is _URL and track.asked and track.vantage not in track.asked
    )


def baseline(
    sightings: Sequence[BaselineSighting], first_at: Instant, prints: Sequence[Fingerprint]
) -> Baseline:
    """Return what was seen before a vantage first probed.

    Args:
        sightings: of the vantages that were asked, one vantage after the other by name.
        first_at: when the first observation was complete.
        prints: the state's fingerprints.
    """
    known = sorted((one for one in sightings if one.at < first_at), key=lambda one: one.at)
    differing = [one.print for one in known if one.differs]
    return Baseline(
        before=differing[-1] if differing else None,
        shapes=frozenset(shape_of(prints[one.print]) for one in known),
    )
