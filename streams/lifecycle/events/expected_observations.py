"""What a case expects of an observation, and what an expected one moves.

`streams.lifecycle.events.fast_path` adds what is expected; all else is judged with all others.
"""

from typing import Final, TypeAlias

from schemas.closed_lists import NO_PROBE, Expected, Target, Verdict
from schemas.moments import Instant
from schemas.packing import TARGETS
from schemas.records.case_observations import TRAIT_CANARY_OK
from streams.lifecycle.evidence.controls import (
    NewProbe,
    changes_nothing,
    near,
    newest,
    newest_answers,
    says,
    stands_behind_proxy,
)
from streams.lifecycle.evidence.probe_reading import sighted_at, testimony
from streams.lifecycle.evidence.timeline_entry import GONE_OR_MOVED
from streams.verdicts.answer_shape import shape_of
from streams.verdicts.fingerprints import any_belies_head
from streams.verdicts.reasons import VerdictReason

NOTHING = 0
"""Instead of an instant L moves to: the observation is expected and moves nothing."""

Effect: TypeAlias = tuple[Instant, tuple[Verdict, VerdictReason] | None]
"""What L moves to at least, or `NOTHING`; and what the observation shows of the origin, and why, if
it is one of the URL that says something."""

_IDLE: Final[Effect] = NOTHING, None

# looked up anew an enum's member costs 0.1 us
_URL: Final = Target.URL
_MADE_UP_PATH: Final = Target.MADE_UP_PATH
_ROOT: Final = Target.ROOT
_CANARY: Final = Target.CANARY
_SEEN: Final = Expected.SEEN
_ENDED: Final = Expected.ENDED
_DOUBTED: Final = Expected.DOUBTED
_ONLINE: Final = Verdict.ONLINE
_UNKNOWN: Final = Verdict.UNKNOWN
_MOVED: Final = VerdictReason.MOVED
_NEW: Final = (VerdictReason.SAME_FROM_START, VerdictReason.ELSEWHERE)

_URL_INDEX: Final = TARGETS.index(_URL)
"""As tracks name it."""

_ONE_RUN: Final = 4
"""Length of `runs` where all probes of a track saw the same."""


def effect(new: NewProbe) -> Effect | None:
    """Return what an observation moves and shows; None = it is not expected."""
    hot, fact, seen = new.hot, new.fact, new.seen
    if seen.error in NO_PROBE or fact.target is _CANARY:
        return _IDLE
    if fact.target is not _URL:
        return _IDLE if changes_nothing(new) else None
    if not fact.canary_ok:
        return _IDLE
    is_seen = new.expectation.expected is _SEEN
    # of another case what a 2xx says depends on whether controls were probed beside it
    unusual = not _is_usual(new) if is_seen else 200 <= seen.status < 300
    if unusual or any_belies_head(hot.fingerprints):
        return None  # where HEAD lies, nothing that it said counts any more
    said = _said_beside(new)
    if said is None:
        return None
    verdict, aged = testimony(said, seen.marks, through=stands_behind_proxy(hot, fact.role))
    seen_at = sighted_at(fact.sent_at, fact.facts.age_s or 0, aged=aged)
    shown = verdict, said[1]
    moved = _moved(new, shown, seen_at)
    return None if moved is None else (moved, shown)


def _said_beside(new: NewProbe) -> tuple[Verdict, VerdictReason] | None:
    """Return what an observation says beside its controls; None = that depends, or one is newer."""
    fact = new.fact
    made_up_path, root = newest(new, _MADE_UP_PATH), newest(new, _ROOT)
    if made_up_path is not None and made_up_path[0] > fact.sent_at:
        return None
    if root is not None and root[0] > fact.sent_at:
        return None
    return says(new.seen, new.traits, near(made_up_path, fact), near(root, fact))


def _moved(new: NewProbe, said: tuple[Verdict, VerdictReason], seen_at: Instant) -> Instant | None:
    """Return what L moves to by what the case expects; see `Expectation`."""
    expectation = new.expectation
    verdict, reason = said
    # a vantage that is shown something new takes a case that is seen off the fast path
    kind = expectation.expected
    if (verdict is _UNKNOWN and kind is _SEEN) or reason in _NEW:
        return None
    if reason is _MOVED or verdict is _UNKNOWN:
        return NOTHING
    if kind is _ENDED or kind is _DOUBTED:
        idle = verdict in GONE_OR_MOVED or (verdict is not _ONLINE and kind is _ENDED)
        return NOTHING if idle else None
    until = expectation.until
    if kind is _SEEN:
        first_at = new.hot.cases[expectation.case].first_seen_at
        usual = verdict is _ONLINE and first_at is not None and first_at <= seen_at
        return seen_at if usual and (until is None or seen_at <= until) else None
    if verdict is Verdict.BLOCKED:
        return None if reason is VerdictReason.URL_REFUSED else NOTHING
    silent = verdict is Verdict.UNREACHABLE and until is not None and new.fact.done_at < until
    return NOTHING if silent else None


def _is_usual(new: NewProbe) -> bool:
    """Return whether an observation has the shape of all answers that any vantage got there."""
    hot, fact, seen, around = new.hot, new.fact, new.seen, new.around
    prints, shape = hot.fingerprints, shape_of(seen)
    if prints != (seen,):
        for group in hot.tracks.hosters:
            if group.hoster == fact.hoster and group.role is fact.role:
                for n in {n for t in group.tracks if t.target == _URL_INDEX for n in t.runs[1::4]}:
                    one = prints[n]
                    if one.error is None and one.status < 400 and shape_of(one) != shape:
                        return False
    mine = [track for track in around if track.target == _URL_INDEX]
    if not mine:
        return True
    runs = mine[0].runs
    if len(mine) == 1 and len(runs) == _ONE_RUN:  # by far the most frequent
        return shape_of(prints[runs[1]]) == shape and runs[2] & TRAIT_CANARY_OK > 0
    observations = newest_answers(new)
    _, n, sound = max(observations)
    return sound and len(observations) == 1 and shape_of(prints[n]) == shape
