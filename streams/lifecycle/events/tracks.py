"""Adding observations to the tracks of a state: a union of sets, kept sorted and without misses.

Only tracks that a new observation falls into are taken apart. Equal sets give equal tracks, so
order, repetition and batching change nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from schemas.closed_lists import ProbeError, Role, Target
from schemas.moments import DAY_MS, Instant
from schemas.records.case import UrlState
from schemas.records.case_observations import (
    ASN_SHIFT,
    TRAIT_ANNOUNCED,
    TRAIT_CANARY_OK,
    TRAIT_GET_COMPARED,
    TRAIT_NXDOMAIN,
    TRAIT_OLD_ADDRESS,
    TRAIT_PRESENT,
    TRAIT_TOO_LATE,
    Fingerprint,
    PackedObservation,
    Track,
)
from schemas.records.facts import Observation
from streams.lifecycle.events.event_set import canonical
from streams.verdicts.fingerprints import fingerprint

TOO_LATE_MS = DAY_MS
"""An observation appended later than this after it was made is flagged."""

Appended: TypeAlias = tuple[Observation, Instant]
"""An observation and its broker append time."""

_Key: TypeAlias = tuple[str, Role, str, Target, tuple[str, ...]]
_Bare: TypeAlias = tuple[Instant, int, int, int, int]
_Observations: TypeAlias = set[tuple[_Bare, Fingerprint]]
"""Observations as (slot_at, sent_ms, done_ms, traits, age_s) with what they saw."""

_TRAITS = 3
_MISSED = ProbeError.MISSED_POLITENESS


def is_too_late(fact: Observation, appended_at: Instant) -> bool:
    """Return whether an observation was appended too long after it was made."""
    return appended_at - fact.done_at > TOO_LATE_MS


def traits_of(fact: Observation, appended_at: Instant) -> int:
    """Return the bit set of `TRAIT_*` of an observation, and its vantage's AS number above it."""
    return (
        fact.asn << ASN_SHIFT
        | (TRAIT_CANARY_OK if fact.canary_ok else 0)
        | (TRAIT_GET_COMPARED if fact.facts.method == "GET" or fact.facts.head_status else 0)
        | (TRAIT_ANNOUNCED if fact.announced else 0)
        | (TRAIT_OLD_ADDRESS if fact.old_address else 0)
        | (TRAIT_NXDOMAIN if fact.nxdomain else 0)
        | (TRAIT_PRESENT if fact.hoster in fact.hosters else 0)
        | (TRAIT_TOO_LATE if is_too_late(fact, appended_at) else 0)
    )


def with_observations(state: UrlState, seen: Iterable[Appended]) -> UrlState:
    """Return the state with observations added; one that is in it already changes nothing."""
    held = {(t.hoster, t.role, t.vantage, t.target, t.asked): t for t in state.tracks}
    touched: dict[_Key, _Observations] = {}
    for fact, appended_at in seen:
        where = (fact.hoster, fact.role, fact.vantage, fact.target, fact.asked)
        if where not in touched:
            touched[where] = _apart(held.get(where), state.fingerprints)
        _add(touched[where], fact, appended_at)
    if not touched:
        return state
    kept = {where: _without_misses(observations) for where, observations in touched.items()}
    prints = _prints(state, kept, [t for where, t in held.items() if where not in kept])
    index = {one: n for n, one in enumerate(prints)}
    if prints != state.fingerprints:
        renumbered = [index.get(one, 0) for one in state.fingerprints]
        held = {where: _numbered(t, renumbered) for where, t in held.items() if where not in kept}
    for where, observations in kept.items():
        held[where] = _track(where, observations, index)
    tracks = tuple(held[where] for where in sorted(held))
    return replace(state, fingerprints=prints, tracks=tracks)


def _apart(track: Track | None, prints: Sequence[Fingerprint]) -> _Observations:
    if track is None:
        return set()
    return {
        ((k.slot_at, k.sent_ms, k.done_ms, k.traits, k.age_s), prints[k.print])
        for k in track.observations
    }


def _add(observations: _Observations, fact: Observation, appended_at: Instant) -> None:
    seen = fingerprint(fact.facts)
    traits = traits_of(fact, appended_at)
    times = (fact.slot_at, fact.sent_at - fact.slot_at, fact.done_at - fact.sent_at)
    age_s = fact.facts.age_s or 0
    if traits & TRAIT_TOO_LATE:
        if ((*times, traits & ~TRAIT_TOO_LATE, age_s), seen) in observations:
            return  # the same observation, written once more
    else:
        observations.discard(((*times, traits | TRAIT_TOO_LATE, age_s), seen))
    observations.add(((*times, traits, age_s), seen))


def _without_misses(observations: _Observations) -> _Observations:
    """Pass over what was missed in a slot that has a result as well."""
    missed = {one for one in observations if one[1].error is _MISSED}
    if not missed:
        return observations
    met = {times[0] for times, _ in observations - missed}
    return {one for one in observations if one not in missed or one[0][0] not in met}


def _prints(
    state: UrlState, kept: Mapping[_Key, _Observations], untouched: Sequence[Track]
) -> tuple[Fingerprint, ...]:
    """Return the fingerprints in use, sorted."""
    used = {seen for observations in kept.values() for _, seen in observations}
    used |= {
        state.fingerprints[n]
        for t in untouched
        for n in {observation.print for observation in t.observations}
    }
    if len(used) == len(state.fingerprints) and used.issuperset(state.fingerprints):
        return state.fingerprints
    return tuple(sorted(used, key=canonical))


def _numbered(track: Track, renumbered: Sequence[int]) -> Track:
    """Return a track whose observations name their fingerprints by their indexes in another list.

    Args:
        track: with indexes in the one before.
        renumbered: the other index of each that is in use.
    """
    observations = [
        replace(observation, print=renumbered[observation.print])
        for observation in track.observations
    ]
    return replace(track, observations=tuple(observations))


def _track(where: _Key, observations: _Observations, index: Mapping[Fingerprint, int]) -> Track:
    rows = sorted((*times[:_TRAITS], index[seen], *times[_TRAITS:]) for times, seen in observations)
    return Track(*where, observations=tuple([PackedObservation(*row) for row in rows]))
