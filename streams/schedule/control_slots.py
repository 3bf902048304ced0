"""Which slots bring controls beside those of the timetable: all, until controls told something, and
all of a case whose sightings nothing backs.

What a URL answers says who it is only beside what its host answers elsewhere: a placeholder shown
in the place of anything missing is a 200 as the content is. The first slot has controls for that.
An outage or a full queue may have missed them. Such a host would then seem to keep the content
until the next slot with controls, days later. Its removal could never be told from a page that was
the same from the start. A made-up path that failed says nothing either. So it is probed again,
until it failed so often that this is the host's answer: as often as a gone verdict has to come. A
host that hides its controls costs no more probes than that.
"""

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from schemas.closed_lists import NO_PROBE, Flag, Target
from schemas.moments import Instant
from schemas.records.case import CaseSummary, UrlState
from schemas.records.case_observations import TRAIT_CANARY_OK, Fingerprint, Track
from schemas.records.reports import VantageId
from streams.schedule.steps import WITH_CONTROLS, Slot
from streams.verdicts.backing import is_uninformative
from streams.verdicts.confirmation_limits import CONFIRM_PROBES_MIN, CONFIRM_SPAN_MS

_CONTROLS = (Target.MADE_UP_PATH, Target.ROOT)


def with_controls(
    slot: Slot, state: UrlState, case: CaseSummary, vantages: Collection[VantageId]
) -> Slot:
    """Return a slot, with controls where a vantage has yet to probe them or needs them again.

    Before anything was probed, or missed, the first slot is still under way.

    Args:
        slot: of the timetable.
        state: of the URL.
        case: whose slot it is.
        vantages: those that are called.
    """
    if len(slot.targets) > 1:
        return slot
    if Flag.UNPROVEN in case.flags:
        return replace(slot, targets=WITH_CONTROLS)
    mine = [t for t in state.tracks if t.hoster == case.probed_at[0] and t.role is case.role]
    if not mine:
        return slot
    prints = state.fingerprints
    known = {
        (track.vantage, track.target)
        for track in mine
        if track.target in _CONTROLS
        and any(
            prints[observation.print].error not in NO_PROBE for observation in track.observations
        )
    }
    known_all = all((vantage, target) in known for vantage in vantages for target in _CONTROLS)
    if known_all and all(
        _is_answered_by_made_up_path(prints, mine, vantage) for vantage in vantages
    ):
        return slot
    return replace(slot, targets=WITH_CONTROLS)


def _is_answered_by_made_up_path(
    prints: Sequence[Fingerprint], tracks: Sequence[Track], vantage: VantageId
) -> bool:
    """Return whether a vantage knows what a made-up path gets, be it silence time and again."""
    silent: list[Instant] = []
    for track in tracks:
        if track.vantage != vantage or track.target is not Target.MADE_UP_PATH:
            continue
        for observation in track.observations:
            seen = prints[observation.print]
            if seen.error in NO_PROBE or not observation.traits & TRAIT_CANARY_OK:
                continue
            if not is_uninformative(seen):
                return True
            silent.append(observation.slot_at + observation.sent_ms)
    return len(silent) >= CONFIRM_PROBES_MIN and max(silent) - min(silent) >= CONFIRM_SPAN_MS
