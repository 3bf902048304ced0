"""The fast path of an observation that tells nothing new: added without judging all again.

By far most observations find a case as the last one left it: online again, blocked again, gone
again after its removal. `add_expected` adds such an observation to the hot part of the packed
state. Whether it may is decided here alone, from what `streams.lifecycle.result.cases` noted of
the case (`Expectation`). Whatever is not expected it leaves to `streams.lifecycle.advance`. Both
ways give equal bytes, which tests/streams/lifecycle/events/test_fast_path.py holds them to.
"""

from collections.abc import Sequence
from typing import Final

from schemas.closed_lists import Expected, Target, Verdict
from schemas.moments import Instant
from schemas.packing import TARGETS, Hot, HotCase, HotTrack, begun, last_slot, make_room, row_of
from schemas.records.case import Expectation
from schemas.records.case_observations import Fingerprint, NormProbes, PackedObservation, Track
from schemas.records.facts import Observation
from streams.lifecycle.events.event_set import canonical
from streams.lifecycle.events.expected_observations import effect
from streams.lifecycle.events.tracks import is_too_late, traits_of
from streams.lifecycle.evidence.controls import NewProbe
from streams.lifecycle.evidence.timeline_entry import shown_by
from streams.norms.measurability import around as around_norm
from streams.norms.punctuality import slot_on_time
from streams.verdicts.fingerprints import fingerprint
from streams.verdicts.reasons import VerdictReason

_URL: Final = Target.URL  # looked up anew an enum's member costs 0.1 us
_SEEN: Final = Expected.SEEN
_DOUBTED: Final = Expected.DOUBTED


def add_expected(hot: Hot, fact: Observation, appended_at: Instant) -> bool:
    """Add a probe in place; False = nothing was changed, it has to be judged with all others."""
    expectation = _expectation(hot, fact)
    if expectation is None or not _is_next(hot, expectation, fact, appended_at):
        return False
    around = _of_vantage(hot, fact)
    track = _of_target(hot, around, fact)
    seen, traits = fingerprint(fact.facts), traits_of(fact, appended_at)
    known = _may_begin(hot, expectation, fact) if track is None else seen in hot.fingerprints
    if not known:
        return False
    found = effect(NewProbe(hot, expectation, fact, seen, traits, around))
    if found is None or not _append(hot, track, fact, (seen, traits)):
        return False
    case, (seen_at, shown) = hot.cases[expectation.case], found
    if seen_at:
        case.last_seen_at = max(case.last_seen_at or 0, seen_at)
    if shown is not None:
        _note(case, fact, shown)
    return True


def append(hot: Hot, fact: Observation, appended_at: Instant) -> bool:
    """Add a probe of a newer slot at the end of its track in place, whatever it tells of the cases.

    False = it is none, and nothing was changed.
    """
    track = _of_target(hot, _of_vantage(hot, fact), fact)
    return _append(hot, track, fact, (fingerprint(fact.facts), traits_of(fact, appended_at)))


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
    known = fact.asked in hot.tracks.asked or not hot.tracks.hosters
    return expectation.expected is _SEEN and known


def _known(hot: Hot, seen: Fingerprint) -> int:
    """Return the index of a fingerprint, put in at its place if it is new."""
    try:
        return hot.fingerprints.index(seen)
    except ValueError:
        hot.fingerprints = tuple(sorted((*hot.fingerprints, seen), key=canonical))
    index = hot.fingerprints.index(seen)
    make_room(hot.tracks, index)
    return index


def _note(case: HotCase, fact: Observation, shown: tuple[Verdict, VerdictReason]) -> None:
    """Note a probe of the URL around a norm, as `streams.lifecycle.result.cases` does."""
    slot_at = fact.slot_at
    if case.noticed_at is not None:
        slot = slot_on_time(case.noticed_at, slot_at, fact.sent_at - slot_at)
        if slot:
            case.note(NormProbes(on_time=slot))
    span = around_norm(case.noticed_at, case.norm_from_at, case.norm_s)
    if span is not None and span.since <= slot_at <= span.until:
        case.note(shown_by(*shown))


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
    for group in hot.tracks.hosters:
        if group.hoster == fact.hoster and group.role is fact.role:
            return [track for track in group.tracks if track.vantage == fact.vantage]
    return ()


def _of_target(hot: Hot, around: Sequence[HotTrack], fact: Observation) -> HotTrack | None:
    """Return the track that a probe belongs to; None = it is the first of its kind."""
    target, asked = fact.target, fact.asked
    for track in around:
        if TARGETS[track.target] is target and hot.tracks.asked[track.asked] == asked:
            return track
    return None


def _append(
    hot: Hot, track: HotTrack | None, fact: Observation, found: tuple[Fingerprint, int]
) -> bool:
    """Add a probe to its track, or begin one; False = others are newer, or need wider rows."""
    seen, traits = found
    tracks, slot_at, age_s = hot.tracks, fact.slot_at, fact.facts.age_s or 0
    sent_ms, done_ms = fact.sent_at - slot_at, fact.done_at - fact.sent_at
    if track is None:
        if tracks.hosters and slot_at < tracks.from_at:
            return False
        one = PackedObservation(slot_at, sent_ms, done_ms, 0, traits, age_s)
        begins = Track(fact.hoster, fact.role, fact.vantage, fact.target, fact.asked, (one,))
        hot.tracks = begun(tracks, begins, _known(hot, seen))
        hot.newest_at = max(hot.newest_at, fact.done_at)
        return True
    if last_slot(track, tracks.from_at) >= slot_at:
        return False
    row = row_of(track.layout, slot_at - tracks.from_at, sent_ms, done_ms)
    if row is None:
        return False
    track.rows += row
    shared, runs = (_known(hot, seen), traits, age_s), track.runs
    if runs[-3:] == shared:
        track.runs = (*runs[:-4], runs[-4] + 1, *shared)
    else:
        track.runs = (*runs, 1, *shared)
    hot.newest_at = max(hot.newest_at, fact.done_at)
    return True
