"""The fast path of an observation that tells nothing new: added without judging all again.

By far most observations find a case as the last one left it: online again, blocked again, gone
again after its removal. `follow` adds such an observation to the hot part of the packed state.
Whether it may is decided here alone, from what `streams.lifecycle.result.cases` noted of the case
(`Steady`); whatever is not expected it leaves to `streams.lifecycle.advance`. Both ways give equal
bytes, which tests/streams/lifecycle/events/test_fast_path.py holds them to.
"""

from collections.abc import Sequence

from schemas.moments import Instant
from schemas.packing import TARGETS, Hot, HotCase, HotTrack, begun, last_slot, make_room, row_of
from schemas.reasons import NO_LOOK, Stand, Target, Verdict
from schemas.records.case import Fingerprint, Look, Steady, Track
from schemas.records.facts import Observation
from streams.lifecycle.events.event_set import canonical
from streams.lifecycle.events.tracks import is_too_late, traits_of
from streams.lifecycle.evidence.controls import (
    changes_nothing,
    looked_at,
    near,
    newest,
    says,
    stands_behind_proxy,
)
from streams.lifecycle.evidence.item import GONE, shown_by
from streams.lifecycle.evidence.probe_reading import sighted_at, testimony
from streams.norms.measurability import around as around_norm
from streams.norms.punctuality import looked
from streams.verdicts.answer_shape import shape_of
from streams.verdicts.fingerprints import belies_head, fingerprint
from streams.verdicts.reasons import Reason

_NOTHING = 0
"""Instead of an instant L moves to: the observation is expected and moves nothing."""


def follow(hot: Hot, fact: Observation, appended_at: Instant) -> bool:
    """Add a probe in place; False = it has to be judged with all others, and nothing was changed.

    Args:
        hot: the hot part of the URL's packed state.
        fact: what the probe saw.
        appended_at: the record's broker append time.
    """
    if fact.asked and fact.vantage not in fact.asked:
        return False  # a hidden re-check: it is counted, or puts an end in question
    steady = _steady(hot, fact)
    if steady is None or not _is_next(hot, steady, fact, appended_at):
        return False
    around = _of_vantage(hot, fact)
    track = next(
        (t for t in around if TARGETS[t.target] is fact.target and _asked(hot, t) == fact.asked),
        None,
    )
    seen = fingerprint(fact.facts)
    row = None
    if track is None:
        if not _may_begin(hot, steady, fact):
            return False
    elif seen in hot.fingerprints:
        row = _row(hot, track, fact)
    if track is not None and row is None:
        return False
    seen_at = _expected(hot, steady, fact, seen, around)
    if seen_at is None:
        return False
    if seen_at:
        case = hot.cases[steady.case]
        case.last_seen_at = max(case.last_seen_at or 0, seen_at)
    _note_bracket(hot.cases[steady.case], fact, seen)
    _note_norm(hot, hot.cases[steady.case], fact, seen, around)
    traits, age_s = traits_of(fact, appended_at), fact.facts.age_s or 0
    if track is None or row is None:
        hot.tracks = begun(hot.tracks, _track(fact, traits, age_s), _known(hot, seen))
    else:
        _append(track, row, (hot.fingerprints.index(seen), traits, age_s))
    hot.newest_at = fact.done_at
    return True


def _is_next(hot: Hot, steady: Steady, fact: Observation, appended_at: Instant) -> bool:
    """Return whether an observation is the newest thing known, and no doubt can end by it."""
    if fact.done_at <= hot.newest_at or is_too_late(fact, appended_at):
        return False
    if fact.target is Target.URL and fact.hoster not in fact.hosters:
        return False  # its name servers lack the hoster: the resolution may be repeated
    until = steady.until
    return steady.stand is not Stand.DOUBTED or (until is not None and fact.done_at < until)


def _may_begin(hot: Hot, steady: Steady, fact: Observation) -> bool:
    """Return whether an observation may be the first of its vantage and target."""
    if steady.stand is not Stand.SEEN:
        return False
    tracks = hot.tracks
    known = fact.asked in tracks.asked and fact.slot_at >= tracks.from_at
    return known or not tracks.places


def _track(fact: Observation, traits: int, age_s: int) -> Track:
    slot_at, sent_at = fact.slot_at, fact.sent_at
    look = Look(slot_at, sent_at - slot_at, fact.done_at - sent_at, 0, traits, age_s)
    return Track(fact.hoster, fact.role, fact.vantage, fact.target, fact.asked, (look,))


def _known(hot: Hot, seen: Fingerprint) -> int:
    """Return the index of a fingerprint, put in at its place if it is new."""
    if seen not in hot.fingerprints:
        hot.fingerprints = tuple(sorted((*hot.fingerprints, seen), key=canonical))
        make_room(hot.tracks, hot.fingerprints.index(seen))
    return hot.fingerprints.index(seen)


def _note_bracket(case: HotCase, fact: Observation, seen: Fingerprint) -> None:
    """Note an observation around a norm, as `streams.lifecycle.result.cases` does."""
    counts = fact.target is Target.URL and fact.canary_ok and seen.error not in NO_LOOK
    if counts and case.noticed_at is not None:
        case.brackets |= looked(case.noticed_at, fact.slot_at, fact.sent_at - fact.slot_at)


def _note_norm(
    hot: Hot, case: HotCase, fact: Observation, seen: Fingerprint, tracks: Sequence[HotTrack]
) -> None:
    """Note what an observation around the norm shows, as `streams.lifecycle.result.cases` does."""
    span = around_norm(case.noticed_at, case.norm_from_at, case.norm_s)
    if span is None or not span.since <= fact.slot_at <= span.until:
        return
    if fact.target is not Target.URL or not fact.canary_ok or seen.error in NO_LOOK:
        return
    random, root = (newest(hot, tracks, target) for target in (Target.RANDOM, Target.ROOT))
    said = says(seen, traits_of(fact, fact.done_at), near(random, fact), near(root, fact))
    if said is not None:
        shown, _ = testimony(said, seen.marks, through=stands_behind_proxy(hot, fact.role))
        case.brackets |= shown_by(shown, said[1])


def _steady(hot: Hot, fact: Observation) -> Steady | None:
    for steady in hot.steady:
        case = hot.cases[steady.case]
        if case.hoster == fact.hoster and case.role is fact.role:
            return steady
    return None


def _of_vantage(hot: Hot, fact: Observation) -> Sequence[HotTrack]:
    """Return the tracks of the observation's vantage at its hoster and role."""
    for place in hot.tracks.places:
        if place.hoster == fact.hoster and place.role is fact.role:
            return [track for track in place.tracks if track.vantage == fact.vantage]
    return ()


def _asked(hot: Hot, track: HotTrack) -> tuple[str, ...]:
    return hot.tracks.asked[track.asked]


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


def _expected(
    hot: Hot, steady: Steady, fact: Observation, seen: Fingerprint, around: Sequence[HotTrack]
) -> Instant | None:
    """Return what L moves to at least, or `_NOTHING`; None = the observation is not expected."""
    if seen.error in NO_LOOK or fact.target is Target.CANARY:
        return _NOTHING
    if fact.target is not Target.URL:
        return _NOTHING if changes_nothing(hot, steady, fact, seen, around) else None
    if not fact.canary_ok:
        return _NOTHING
    unusual = steady.stand is Stand.SEEN and not _is_usual(hot, seen, around, fact)
    # after that stand what a 2xx says depends on whether controls were probed beside it
    unusual |= steady.stand is not Stand.SEEN and 200 <= seen.status < 300
    if unusual or any(belies_head(one) for one in hot.fingerprints):
        return None  # where HEAD lies, nothing that it said counts any more
    random, root = (newest(hot, around, target) for target in (Target.RANDOM, Target.ROOT))
    said = says(seen, traits_of(fact, fact.done_at), near(random, fact), near(root, fact))
    if said is None or any(c is not None and c[0] > fact.sent_at for c in (random, root)):
        return None
    shown, aged = testimony(said, seen.marks, through=stands_behind_proxy(hot, fact.role))
    seen_at = sighted_at(fact.sent_at, fact.facts.age_s or 0, aged=aged)
    return _moved(hot, steady, (shown, said[1]), seen_at, fact.done_at)


def _moved(
    hot: Hot, steady: Steady, said: tuple[Verdict, Reason], seen_at: Instant, at: Instant
) -> Instant | None:
    """Apply what is said of each stand; see `Steady`."""
    judged, reason = said
    # a vantage that is shown something new takes a case that is seen off the fast path
    new = judged is Verdict.UNKNOWN and steady.stand is Stand.SEEN
    if new or reason in (Reason.UNPROVEN, Reason.ELSEWHERE):
        return None
    if reason is Reason.MOVED or judged is Verdict.UNKNOWN:
        return _NOTHING
    if steady.stand in (Stand.ENDED, Stand.DOUBTED):
        idle = judged in GONE or (judged is not Verdict.ONLINE and steady.stand is Stand.ENDED)
        return _NOTHING if idle else None
    until = steady.until
    if steady.stand is Stand.SEEN:
        first_at = hot.cases[steady.case].first_seen_at
        usual = judged is Verdict.ONLINE and first_at is not None and first_at <= seen_at
        return seen_at if usual and (until is None or seen_at <= until) else None
    if judged is Verdict.BLOCKED:
        return None if reason is Reason.DISABLED else _NOTHING
    silent = judged is Verdict.UNREACHABLE and until is not None and at < until
    return _NOTHING if silent else None


def _is_usual(hot: Hot, seen: Fingerprint, around: Sequence[HotTrack], fact: Observation) -> bool:
    """Return whether an observation has the shape of all answers that any vantage got there."""
    tracks = [track for track in around if TARGETS[track.target] is Target.URL]
    mine, prints, shape = len(tracks), hot.fingerprints, shape_of(seen)
    for place in hot.tracks.places:
        if place.hoster == fact.hoster and place.role is fact.role:
            tracks = [track for track in place.tracks if TARGETS[track.target] is Target.URL]
    for n in {n for track in tracks for n in track.runs[1::4]}:
        one = prints[n]
        if one.error is None and one.status < 400 and one != seen and shape_of(one) != shape:
            return False
    if not mine:
        return True
    looks = looked_at(hot, around)
    _, n, sound = max(looks)
    return sound and len(looks) == 1 and shape_of(prints[n]) == shape
