"""Which controls change no verdict, and what an observation says beside those there are.

An observation is judged against the controls of its vantage that are nearest in time, so a control
that comes later can speak of observations before it. `streams.lifecycle.events.fast_path` adds
those that do not.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from msgspec.structs import replace

from schemas.closed_lists import NO_PROBE, CaseClass, Expected, Role, Target, Verdict
from schemas.moments import Instant
from schemas.packing import TARGETS, Hot, HotTrack, latest, times_of
from schemas.records.case import Expectation
from schemas.records.case_observations import TRAIT_CANARY_OK, Fingerprint
from schemas.records.facts import Observation
from streams.lifecycle.evidence.probe_reading import KINDS_MAX
from streams.verdicts.backing import CONTROL_NEAR_MS
from streams.verdicts.conditions import JudgingContext
from streams.verdicts.fingerprints import any_belies_head
from streams.verdicts.reasons import VerdictReason
from streams.verdicts.rules import verdict

_ANY = Fingerprint(None, -1, "", -1, "", "", 0)
"""What sightings before a change may have answered: like no control."""

_HOSTING: Final = Role.HOSTING  # looked up anew an enum's member costs 0.1 us
_PROXY: Final = Role.PROXY

_ONLINE = (CaseClass.AWAITING, CaseClass.ONLINE, CaseClass.EXPIRED)
"""Classes of a case that was never seen otherwise than online."""


class NewProbe(NamedTuple):
    """An observation that is the newest thing known, and what it is held against.

    Attributes:
        hot: the hot part of the URL's packed state.
        expectation: of its case.
        fact: the observation.
        seen: its fingerprint.
        traits: its `TRAIT_*`.
        around: the tracks of its vantage at its hoster and role.
    """

    hot: Hot
    expectation: Expectation
    fact: Observation
    seen: Fingerprint
    traits: int
    around: Sequence[HotTrack]


def changes_nothing(new: NewProbe) -> bool:
    """Return whether an observation of a control changes nothing."""
    if new.expectation.expected is not Expected.SEEN and _is_answered(new):
        return False
    if any_belies_head(new.hot.fingerprints):
        return False
    before = newest(new, new.fact.target)
    return _is_idle(new) if before is None else _is_same(new, before)


def stands_behind_proxy(hot: Hot, role: Role) -> bool:
    """Return whether a registered proxy stands before the hosters of a URL."""
    return role is _HOSTING and _PROXY in [case.role for case in hot.cases]


def newest(new: NewProbe, target: Target) -> tuple[Instant, Fingerprint] | None:
    """Return when the newest control was sent and what it saw; None = there is none.

    Of several sent at one instant the one of the lowest fingerprint, as `NearbyControls` takes it.
    """
    hot = new.hot
    tracks = [track for track in new.around if TARGETS[track.target] is target]
    if not tracks:
        return None
    none = [n for n, seen in enumerate(hot.fingerprints) if seen.error in NO_PROBE]
    found = [
        (one[0], -one[1])
        for track in tracks
        if (one := latest(track, hot.tracks.from_at, none)) is not None
    ]
    if not found:
        return None
    sent_at, n = max(found)
    return sent_at, hot.fingerprints[-n]


def near(control: tuple[Instant, Fingerprint] | None, fact: Observation) -> Fingerprint | None:
    """Return what the newest control saw; None = there is none so near to an observation."""
    if control is None or fact.sent_at - control[0] > CONTROL_NEAR_MS:
        return None
    return control[1]


def _is_same(new: NewProbe, before: tuple[Instant, Fingerprint]) -> bool:
    """Return whether each observation keeps a control that answered the same.

    It is newer than the newest before it and saw the same. Observations of the vantage may stand so
    far behind that one that they had no control. None of them says more now: after an end only
    sightings can.
    """
    hot = new.hot
    if before[1] != new.seen or before[0] > new.fact.sent_at:
        return False
    until = before[0] + CONTROL_NEAR_MS
    far = [
        track
        for track in new.around
        if TARGETS[track.target] is Target.URL
        and (one := latest(track, hot.tracks.from_at)) is not None
        and one[0] > until
    ]
    if not far:
        return True
    kinds = {kind for track in far for kind in _sent_after(track, hot.tracks.from_at, until)}
    answered = any(200 <= hot.fingerprints[n].status < 300 for n, _ in kinds)
    if new.expectation.expected is not Expected.ENDED or answered:
        return False
    return _verdicts(new, kinds).isdisjoint((None, Verdict.ONLINE))


def _sent_after(track: HotTrack, from_at: Instant, until: Instant) -> Iterable[tuple[int, int]]:
    """Return fingerprint and traits of the observations that were sent after an instant."""
    times, runs, begin = times_of(track, from_at), track.runs, 0
    for i in range(0, len(runs), 4):
        end = begin + runs[i]
        if any(slot_at + sent_ms > until for slot_at, sent_ms, _ in times[begin:end]):
            yield runs[i + 1], runs[i + 2]
        begin = end


def _is_idle(new: NewProbe) -> bool:
    """Return whether a vantage's first control changes no verdict: none rests on it.

    The case was online all the time, so beside verdicts nothing counts of what its observations
    were.
    """
    if new.expectation.expected is not Expected.SEEN or not _never_left(new):
        return False
    kinds = {
        (t.runs[i], t.runs[i + 1])
        for t in new.around
        if TARGETS[t.target] is Target.URL
        for i in range(1, len(t.runs), 4)
    }
    return None not in _verdicts(new, kinds)


def _verdicts(new: NewProbe, kinds: Iterable[tuple[int, int]]) -> set[Verdict | None]:
    """Return what kinds of probes say with a control near them and without; None = not the same."""
    prints = new.hot.fingerprints
    other = Target.ROOT if new.fact.target is Target.MADE_UP_PATH else Target.MADE_UP_PATH
    beside = {prints[n] for t in new.around if TARGETS[t.target] is other for n in t.runs[1::4]}
    pairs = [(one, two) for one in (None, new.seen) for two in (None, *beside)]
    if other is Target.MADE_UP_PATH:
        pairs = [(two, one) for one, two in pairs]
    found: set[Verdict | None] = set()
    for n, traits in kinds:
        answer = prints[n]
        if answer.error not in NO_PROBE:
            said = {
                says(answer, traits, *pair, control_unhealthy=b)
                for pair in pairs
                for b in (False, True)
            }
            alone = said.pop() if len(said) == 1 else None
            found.add(None if alone is None else alone[0])
    return found


def _never_left(new: NewProbe) -> bool:
    """Return whether a case is the only one of its hoster and role, and was always online."""
    cases = new.hot.cases
    case = cases[new.expectation.case]
    if sum(one.hoster == case.hoster and one.role is case.role for one in cases) > 1:
        return False
    return not case.unnoticed and all(phase.case_class in _ONLINE for phase in case.phases)


def newest_answers(new: NewProbe) -> list[tuple[Instant, int, bool]]:
    """Return of each track of the URL when its newest probe was sent, what it saw, and whether
    the vantage's canary answered at the newest slot.
    """
    found = []
    for track in new.around:
        if TARGETS[track.target] is Target.URL:
            one = latest(track, new.hot.tracks.from_at)
            if one is not None:
                found.append((*one, bool(track.runs[-2] & TRAIT_CANARY_OK)))
    return found


def _is_answered(new: NewProbe) -> bool:
    """Return whether the newest probe of the URL was shown something, which controls explain."""
    observations = newest_answers(new)
    return bool(observations) and 200 <= new.hot.fingerprints[max(observations)[1]].status < 300


@lru_cache(maxsize=KINDS_MAX)
def says(
    seen: Fingerprint,
    traits: int,
    made_up_path: Fingerprint | None,
    root: Fingerprint | None,
    *,
    control_unhealthy: bool = False,
) -> tuple[Verdict, VerdictReason] | None:
    """Return what an observation of no root says whatever came before it; None = that depends."""
    found = {
        verdict(
            seen,
            traits,
            JudgingContext(
                made_up_path=made_up_path,
                root=root,
                before=before,
                control_unhealthy=control_unhealthy,
            ),
        )
        for before in (None, _ANY, replace(seen, status=200))
    }
    return found.pop() if len(found) == 1 else None
