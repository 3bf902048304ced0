"""The verdict on one term, three-valued (docs/measurement.md, Norm verdicts).

- **In time**: it was removed at most the term after the clock began, R - noticed_at <= N.
- **Late**: it was seen there after that. The last sighting that a control or a person backs lies
  more than N + TOLERANCE_MS after the clock began. So an open case can be late.
- **Undetermined**: neither is shown.

L and R are those of the first spell that ended after the clock began: an end before it is no
removal, because nobody had been told.
"""

from collections.abc import Iterable
from typing import Final

from schemas.closed_lists import NormVerdict
from schemas.moments import MINUTE_MS, SECOND_MS, Instant

TOLERANCE_MS: Final = 5 * MINUTE_MS
"""How far the clocks of hotlines, hosters and vantages may differ."""

_FROM_WORST: Final = (NormVerdict.LATE, NormVerdict.UNDETERMINED, NormVerdict.IN_TIME)


def norm_verdict(
    norm_s: int,
    noticed_at: Instant | None,
    last_seen_at: Instant | None,
    removed_at: Instant | None,
) -> NormVerdict:
    """Return the verdict on one term.

    Args:
        norm_s: the time allowed, seconds.
        noticed_at: when the clock began; None = none runs.
        last_seen_at: L, the last sighting that is backed; None = there is none.
        removed_at: R of a removal; None for an open case and for every other end.
    """
    if noticed_at is None:
        return NormVerdict.UNDETERMINED
    if removed_at is not None and removed_at - noticed_at <= norm_s * SECOND_MS:
        return NormVerdict.IN_TIME
    if last_seen_at is not None and last_seen_at > late_from(norm_s, noticed_at):
        return NormVerdict.LATE
    return NormVerdict.UNDETERMINED


def late_from(norm_s: int, noticed_at: Instant) -> Instant:
    """Return the instant past which a sighting is late."""
    return noticed_at + norm_s * SECOND_MS + TOLERANCE_MS


def worst(verdicts: Iterable[NormVerdict]) -> NormVerdict | None:
    """Return the worst of several verdicts; None = there is none."""
    found = set(verdicts)
    return next((verdict for verdict in _FROM_WORST if verdict in found), None)
