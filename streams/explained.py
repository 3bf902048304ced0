"""Which slots bring controls beside those of the timetable: all, until controls were looked at,
and all of a case of which it is not proven what is seen.

What a URL answers says who it is only beside what its host answers elsewhere: a placeholder shown
in the place of anything missing is a 200 as the content is. The first slot has controls for that.
Where they were missed, by an outage or for want of room, a host that answers so would be taken for
one that keeps the content until the next slot with controls, days later, and its removal would
never be told from a page that was the same from the start. Where it was, a look long after the
controls would be taken for a sighting again, and past a norm for a late one.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from schemas.case import CaseSummary, UrlState
from schemas.ledger import VantageId
from schemas.reasons import Flag, ProbeError, Target
from streams.schedule import WITH_CONTROLS, Slot

_CONTROLS = (Target.RANDOM, Target.ROOT)
_NO_LOOK = (ProbeError.MISSED_POLITENESS, ProbeError.CLOCK, ProbeError.BLOCKED_POLICY)


def explained(
    slot: Slot, state: UrlState, case: CaseSummary, vantages: Iterable[VantageId]
) -> Slot:
    """Return a slot, with controls where a vantage has yet to look at them or needs them again.

    Before anything was looked at, or missed, the first slot is still under way.

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
    mine = [t for t in state.tracks if t.hoster == case.hoster and t.role is case.role]
    if not mine:
        return slot
    prints = state.fingerprints
    known = {
        (track.vantage, track.target)
        for track in mine
        if track.target in _CONTROLS
        and any(prints[look.print].error not in _NO_LOOK for look in track.looks)
    }
    if all((vantage, target) in known for vantage in vantages for target in _CONTROLS):
        return slot
    return replace(slot, targets=WITH_CONTROLS)
