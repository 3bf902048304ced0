"""Norm verdicts: whether a hoster kept a term, three-valued (DESIGN 3.8)."""

from schemas.moments import Instant
from schemas.reasons import NormVerdict


def norm_verdict(
    norm_s: int,
    noticed_at: Instant | None,
    last_seen_at: Instant | None,
    removed_at: Instant | None,
) -> NormVerdict:
    """Return the verdict on one norm.

    Args:
        norm_s: the time allowed after notice, seconds.
        noticed_at: the delivered notice; None = no clock runs.
        last_seen_at: L, the last sighting.
        removed_at: R of a removal; None for an open case and for every other end.
    """
    if noticed_at is None:
        return NormVerdict.UNDETERMINED
    if removed_at is not None and removed_at - noticed_at <= norm_s * 1_000:
        return NormVerdict.IN_TIME
    if last_seen_at is not None and last_seen_at - noticed_at > norm_s * 1_000:
        return NormVerdict.LATE
    return NormVerdict.UNDETERMINED
