"""Which probes have a GET comparison: those that decide, and a share of all others."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from schemas.closed_lists import Target
from schemas.identity.ids import fraction
from schemas.moments import HOUR_MS
from schemas.records.case import CaseSummary
from schemas.records.case_observations import (
    MARK_AGED,
    MARK_CACHED,
    MARK_HEAD_DIFFERS,
    Fingerprint,
    Track,
)
from streams.schedule.steps import Slot
from streams.timetable import NORMS_BETWEEN_SLOTS_H, TIMETABLE_H

PAST_NORMS_H: Final = tuple(
    (norm, TIMETABLE_H[bisect_right(TIMETABLE_H, norm) + 1]) for norm in NORMS_BETWEEN_SLOTS_H
)
"""From each norm to the second slot after it. The first slot after it lies in between, whatever its
jitter."""

DAILY_FROM_H: Final = 71.9
"""From this hour after the notice on every probe has a GET comparison. It lies just before the slot
at 72 h, from which on slots are a day apart."""

_NOT_THERE: Final = (404, 410)


def has_get_comparison(case: CaseSummary, slot: Slot, share: float) -> bool:
    """Return whether the probes of a slot have a GET comparison.

    Probes with controls always do: the first ones show whether the host answers HEAD as it answers
    GET, the others confirm a removal or a return. So do the first probe past each norm, on which
    lateness rests, and those once a day after them. All vantages and controls of a slot do or do
    not, because what they see is laid side by side.

    Args:
        case: the case.
        slot: one of its slots.
        share: of the other slots, 0 to 1; which ones follows from the case and the slot.
    """
    if len(slot.targets) > 1:
        return True
    if case.noticed_at is not None and _is_past_norm((slot.at - case.noticed_at) / HOUR_MS):
        return True
    return fraction(case.case_id, "crosscheck", slot.at) < share


def requests_of(target: Target, *, get_comparison: bool) -> int:
    """Return how many requests a probe takes, redirects apart.

    Args:
        target: what is probed; of the root nobody asks whether GET says otherwise.
        get_comparison: the probe is to have a GET comparison.
    """
    return 2 if get_comparison and target is not Target.ROOT else 1


def has_differed(prints: Sequence[Fingerprint]) -> bool:
    """Return whether a URL's host was ever found to answer GET otherwise than HEAD.

    From then on every probe asks both: what only HEAD is told is worth nothing there, and programs
    that know no HEAD and answer it with 404 would bring about a doubt with each probe. A GET that
    was refused, or got no answer, tells of the server's strain and not of its HEAD.

    Args:
        prints: all answers that were seen of the URL and its controls.
    """
    return bool(prints) and any(
        seen.marks & MARK_HEAD_DIFFERS
        and seen.error is None
        and (200 <= seen.status < 300 or seen.status in _NOT_THERE)
        for seen in prints
    )


def was_cached(tracks: Sequence[Track], prints: Sequence[Fingerprint]) -> bool:
    """Return whether a cache ever answered for a URL.

    It may go on answering HEAD with what its server has lost. That it says so of itself moves no
    instant and no verdict; what the GET is answered does, as at any host. An age of 0 is no copy.

    Args:
        tracks: all observations of the URL.
        prints: what they and the controls saw.
    """
    marked = {i for i, seen in enumerate(prints) if seen.marks & (MARK_CACHED | MARK_AGED)}
    return bool(marked) and any(
        observation.age_s > 0 or prints[observation.print].marks & MARK_CACHED
        for track in tracks
        if track.target is Target.URL
        for observation in track.observations
        if observation.print in marked
    )


def _is_past_norm(hours: float) -> bool:
    return hours >= DAILY_FROM_H or any(a < hours < b for a, b in PAST_NORMS_H)
