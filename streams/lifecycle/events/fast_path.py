"""The fast path of an observation that tells nothing new: added without judging all again.

By far most observations find a case as the last one left it: online again, blocked again, gone
again after its removal. `follow` adds such an observation to the hot part of the packed state.
Whether it may is decided here alone, from what `streams.lifecycle.result.cases` noted of the case
(`Expectation`); whatever is not expected it leaves to `streams.lifecycle.advance`. Both ways give
equal bytes, which tests/streams/lifecycle/events/test_fast_path.py holds them to.
"""

from collections.abc import Sequence
from typing import Final

from schemas.moments import Instant
from schemas.packing import TARGETS, Hot, HotCase, HotTrack, begun, last_slot, make_room, row_of
from schemas.reasons import Expected, Target, Verdict
from schemas.records.case import Expectation
from schemas.records.case_observations import Fingerprint, NormProbes, PackedObservation, Track
from schemas.records.facts import Observation
from streams.lifecycle.events.event_set import canonical
from streams.lifecycle.events.expected_observations import effect
from streams.lifecycle.events.tracks import is_too_late, traits_of
from streams.lifecycle.evidence.timeline_entry import shown_by
from streams.norms.measurability import around as around_norm
from streams.norms.punctuality import slot_on_time
from streams.verdicts.fingerprints import fingerprint
from streams.verdicts.reasons import Reason

_URL: Final = Target.URL  # looked up anew an enum's member costs 0.1 us
_SEEN: Final = Expected.SEEN
_DOUBTED: Final = Expected.DOUBTED


def follow(hot: Hot, fact: Observation, appended_at: Instant) -> bool:
    """Add a probe in place; False = it has to be judged with all others, and nothing was changed.

    Args:
        hot: the hot part of the URL's packed state.
        fact: what the probe saw.
        appended_at: the record's broker append time.
    """
    expectation = _expectation(hot, fact)
    if expectation is None or not _is_next(hot, expectation, fact, appended_at):
        return False
    around = _of_vantage(hot, fact)
    track = _of_target(hot, around, fact)
    seen, traits = fingerprint(fact.facts), traits_of(fact, appended_at)
    row = None
    if track is None:
        if not _may_begin(hot, expectation, fact):
            return False
    elif seen in hot.fingerprints:
        row = _row(hot, track, fact)
    if track is not None and row is None:
        return False
    found = effect(hot, expectation, fact, (seen, traits), around)
    if found is None:
        return False
    case, (seen_at, told) = hot.cases[expectation.case], found
    if seen_at:
        case.last_seen_at = max(case.last_seen_at or 0, seen_at)
    if told is not None:
        _note(case, fact, told)
    age_s = fact.facts.age_s or 0
    if track is None or row is None:
        hot.tracks = begun(hot.tracks, _track(fact, traits, age_s), _known(hot, seen))
    else:
        _append(track, row, (hot.fingerprints.index(seen), traits, age_s))
    hot.newest_at = fact.done_at
    return True


def _is_next(hot: Hot, expectation: Expectation, fact: Observation, appended_at: Instant) -> bool:
    """Return whether an observation is the newest thing known, and no doubt can end by it."""
    if fact.done_at <= hot.newest_at or is_too_late(fact, appended_at):
        return False
    if fact.target is _URL and fact.hoster not in fact.hosters:
        return False  # its name servers lack the hoster: the resolution may be repeated
    until = expectation.until
    return expectation.expected is not _DOUBTED or (until is not None and fact.done_at < until)


def _may_begin(hot: Hot, expectation: Expectation, fact: Observation) -> bool:
    """Return whether an observation may be the first of its vantage and target."""
    if expectation.expected is not _SEEN:
        return False
    tracks = hot.tracks
    known = fact.asked in tracks.asked and fact.slot_at >= tracks.from_at
    return known or not tracks.places


def _track(fact: Observation, traits: int, age_s: int) -> Track:
    slot_at, sent_at = fact.slot_at, fact.sent_at
    observation = PackedObservation(
        slot_at, sent_at - slot_at, fact.done_at - sent_at, 0, traits, age_s
    )
    return Track(fact.hoster, fact.role, fact.vantage, fact.target, fact.asked, (observation,))


def _known(hot: Hot, seen: Fingerprint) -> int:
    """Return the index of a fingerprint, put in at its place if it is new."""
    if seen not in hot.fingerprints:
        hot.fingerprints = tuple(sorted((*hot.fingerprints, seen), key=canonical))
        make_room(hot.tracks, hot.fingerprints.index(seen))
    return hot.fingerprints.index(seen)


def _note(case: HotCase, fact: Observation, told: tuple[Verdict, Reason]) -> None:
    """Note a probe of the URL around a norm, as `streams.lifecycle.result.cases` does.

    Args:
        case: the probe's.
        fact: the probe.
        told: what it shows of the origin, and why.
    """
    slot_at = fact.slot_at
    if case.noticed_at is not None:
        slot = slot_on_time(case.noticed_at, slot_at, fact.sent_at - slot_at)
        if slot:
            case.note(NormProbes(on_time=slot))
    span = around_norm(case.noticed_at, case.norm_from_at, case.norm_s)
    if span is not None and span.since <= slot_at <= span.until:
        case.note(shown_by(*told))


def _expectation(hot: Hot, fact: Observation) -> Expectation | None:
    if fact.asked and fact.vantage not in fact.asked:
        return None  # a hidden re-check: it is counted, or puts an end in question
    for expectation in hot.expectations:
        case = hot.cases[expectation.case]
        if case.hoster == fact.hoster and case.role is fact.role:
            return expectation
    return None


def _of_vantage(hot: Hot, fact: Observation) -> Sequence[HotTrack]:
    """Return the tracks of the observation's vantage at its hoster and role."""
    for place in hot.tracks.places:
        if place.hoster == fact.hoster and place.role is fact.role:
            return [track for track in place.tracks if track.vantage == fact.vantage]
    return ()


def _of_target(hot: Hot, around: Sequence[HotTrack], fact: Observation) -> HotTrack | None:
    """Return the track that a probe belongs to; None = it is the first of its kind."""
    target, asked = fact.target, fact.asked
    for track in around:
        if TARGETS[track.target] is target and hot.tracks.asked[track.asked] == asked:
            return track
    return None


def _row(hot: Hot, track: HotTrack, fact: Observation) -> bytes | None:
    """Return the probe's row; None = it is not the newest of its track, or needs wider rows."""
    from_at, slot_at = hot.tracks.from_at, fact.slot_at
    if last_slot(track, from_at) >= slot_at:
        return None
    sent_ms, done_ms = fact.sent_at - slot_at, fact.done_at - fact.sent_at
    return row_of(track.layout, slot_at - from_at, sent_ms, done_ms)


def _append(track: HotTrack, row: bytes, shared: tuple[int, int, int]) -> None:
    track.rows += row
    runs = track.runs
    if runs[-3:] == shared:
        track.runs = (*runs[:-4], runs[-4] + 1, *shared)
    else:
        track.runs = (*runs, 1, *shared)
