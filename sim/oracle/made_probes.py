"""The probes that were made at a URL, and whether the material was there all the time they took.

A machine that is busy misses probes, and in quick time a second is an hour. So what must be known
is asked of the probes that stand in the ledger and not of the timetable: where probes were missed
a figure may be wider, and is never wrong.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from schemas.closed_lists import NO_PROBE, Target
from schemas.moments import Instant
from schemas.records.case import UrlState
from schemas.records.case_observations import (
    TRAIT_CANARY_OK,
    TRAIT_NXDOMAIN,
    TRAIT_OLD_ADDRESS,
)
from schemas.records.facts import Observation
from sim.world.material import Material
from verify.method_10.gone import suffice

NAMELESS: Final = TRAIT_OLD_ADDRESS | TRAIT_NXDOMAIN


class ProbeTimes(NamedTuple):
    """One probe.

    Attributes:
        hoster: for whose case.
        vantage: who probed.
        target: the URL or a control.
        slot_at: what it was planned for.
        sent_at, done_at: the request was sent, the answer was complete.
        answered: there was an answer, whatever it said.
        nameless: the name did not exist, so the last known address was asked.
    """

    hoster: str
    vantage: str
    target: Target
    slot_at: Instant
    sent_at: Instant
    done_at: Instant
    answered: bool
    nameless: bool = False


def probes_made(state: UrlState) -> tuple[ProbeTimes, ...]:
    """Return the probes of a URL, in order of their ends."""
    found = []
    for track in state.tracks:
        for observation in track.observations:
            error = state.fingerprints[observation.print].error
            if error in NO_PROBE or not observation.traits & TRAIT_CANARY_OK:
                continue
            sent_at = observation.slot_at + observation.sent_ms
            done_at = sent_at + observation.done_ms
            found.append(
                ProbeTimes(
                    track.hoster,
                    track.vantage,
                    track.target,
                    observation.slot_at,
                    sent_at,
                    done_at,
                    answered=error is None,
                    nameless=observation.traits & NAMELESS == NAMELESS,
                )
            )
    return tuple(sorted(found, key=_by_end))


def probes_written(facts: Iterable[object]) -> tuple[ProbeTimes, ...]:
    """Return the same from what was written of a URL, whatever a state has kept of it.

    Args:
        facts: records of the ledger.
    """
    found = {
        ProbeTimes(
            fact.hoster,
            fact.vantage,
            fact.target,
            fact.slot_at,
            fact.sent_at,
            fact.done_at,
            answered=fact.facts.error is None,
            nameless=fact.old_address and fact.nxdomain,
        )
        for fact in facts
        if isinstance(fact, Observation) and fact.canary_ok and fact.facts.error not in NO_PROBE
    }
    return tuple(sorted(found, key=_by_end))


def placed_at(state: UrlState) -> Mapping[str, Instant]:
    """Return when a URL's name was first found to lead to each hoster."""
    found: dict[str, Instant] = {}
    for made in state.attributions:
        for hoster in {state.placements[index].hoster for index in made.placement_indexes}:
            found[hoster] = min(made.at, found.get(hoster, made.at))
    return found


def _by_end(probe: ProbeTimes) -> tuple[Instant, Instant, str, Target]:
    return probe.done_at, probe.sent_at, probe.vantage, probe.target


def seen_there(
    item: Material, probes: Iterable[ProbeTimes], vantages: Iterable[str], after: Instant
) -> bool:
    """Return whether every vantage made a probe after an instant at which it was there all along.

    Args:
        item: what was probed.
        probes: the probes.
        vantages: who must have seen it.
        after: probes sent before it do not count.
    """
    saw = {
        probe.vantage
        for probe in probes
        if probe.answered
        and probe.target is Target.URL
        and probe.sent_at >= after
        and is_there(item, probe)
    }
    return set(vantages) <= saw


def is_there(item: Material, probe: ProbeTimes) -> bool:
    """Return whether it was there all the time that a probe took."""
    from_at, until = probe.sent_at, probe.done_at
    spans = ((begun_at, until if end is None else end) for begun_at, end in item.absences())
    return item.online(from_at) and not any(a <= until and from_at <= b for a, b in spans)


def suffices(probes: Sequence[ProbeTimes], vantages: Iterable[str]) -> bool:
    """Return whether probes that agree settle what a URL is: enough of them, of every vantage."""
    asked = [probe for probe in probes if probe.target is Target.URL]
    return all(suffice([one for one in asked if one.vantage == vantage]) for vantage in vantages)


def sent_at_of(gone_at: Instant, probes: Iterable[ProbeTimes]) -> Instant:
    """Return when the probe was sent whose end is R; R itself where it is nobody's."""
    return min((probe.sent_at for probe in probes if probe.done_at == gone_at), default=gone_at)
