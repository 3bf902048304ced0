"""The automaton of a case: `step(state, item)` over evidence in order of time.

See docs/measurement.md, Confirmation and Coming back. Each function here finds which event of the
table (`streams.lifecycle.state_table`) an item of evidence is, and applies it. The automaton keeps
no clock: what time alone brings, a doubt that ends, happens at its instant before the next item.
"""

from collections.abc import Iterable
from dataclasses import replace

from schemas.moments import Instant
from schemas.reasons import CaseClass, Verdict
from streams.lifecycle.evidence.claims import DISPUTE_MS
from streams.lifecycle.evidence.item import GONE, Item, Kind
from streams.lifecycle.machine.case_state import CaseState
from streams.lifecycle.machine.confirmation import confirmed
from streams.lifecycle.machine.episode import End, Episode
from streams.lifecycle.machine.gone_run import refusal_of, sort_of
from streams.lifecycle.machine.rest import come_to_rest
from streams.lifecycle.machine.vantages import saw_lately
from streams.lifecycle.state_table import Event
from streams.verdicts.reasons import Reason

_WHERE = (Kind.NAMED, Kind.LEFT)

_ASKS = (Reason.UNPROVEN, Reason.ROOT, Reason.ELSEWHERE)
"""Answers that a person has to look at, because they could be anything."""

_WORDS = (Kind.WORD, Kind.TOLD)

# of an enum's member Python 3.11 asks its class each time, which a step does too often
_PROBED, _CONTROL, _ABSENT = Kind.PROBED, Kind.CONTROL, Kind.ABSENT
_ONLINE, _MOVED, _SIGHTING = Verdict.ONLINE, Reason.MOVED, Event.SIGHTING


def begin(opened_at: Instant) -> CaseState:
    """Return the state of a case of which nothing was seen yet."""
    return CaseState((Episode(opened_at, [(opened_at, CaseClass.ONLINE)]),))


def step(state: CaseState, item: Item) -> CaseState:
    """Return the state after an item of evidence, the next in order of time."""
    after = state.copy()
    _take(after, item)
    return after


def walk(items: Iterable[Item], opened_at: Instant) -> list[Episode]:
    """Return the cases of one stay, oldest first: the steps of all items, one after the other.

    Args:
        items: what was seen, in order.
        opened_at: when the first case opened.
    """
    state = begin(opened_at)  # nobody else has it, so no step needs a copy
    for item in items:
        _take(state, item)
    return _finish(state)


def finished(state: CaseState) -> list[Episode]:
    """Return the cases as the newest item left them, with what time alone brings."""
    return _finish(state.copy())


def _finish(state: CaseState) -> list[Episode]:
    come_to_rest(state)
    state.let_pass(None)
    return list(state.episodes)


def _take(state: CaseState, item: Item) -> None:
    if state.doubted_at is not None:
        state.let_pass(item.at)
    kind = item.kind
    if kind is _PROBED:
        state.resolved(item)
        state.vantages.answered(item)
        if item.canary_ok:  # else it says nothing
            _probed(state, item)
    elif kind is _CONTROL:
        state.vantages.checked(item)
        run = state.run
        run.add_control(alive=item.alive)
        if run.gone and (state.episode.end is None or state.episode.end.by_person):
            _try_confirm(state, item.at)
    elif kind in _WHERE:
        _placed(state, item)
    elif kind in _WORDS:
        state.hear(item)
    elif kind is _ABSENT:
        _person_misses(state, item)
    elif item.vantage:
        _person_sees(state, item)
    else:
        _report_saw(state, item.at)


def _probed(state: CaseState, item: Item) -> None:
    verdict = item.verdict
    if verdict is _ONLINE:
        _online(state, item)
    elif item.reason is _MOVED:
        return  # what another hoster's address says is nothing about this one's
    elif verdict in GONE:
        state.run.add_gone(item, sort_of(item))
        state.vantages.denied(item.vantage, item)
        state.episode.rechecked += item.recheck and state.episode.end is not None
        _gone(state, item)
    elif verdict in (Verdict.BLOCKED, Verdict.UNREACHABLE):
        _unavailable(state, item)
    elif item.reason is Reason.CHANGED:
        if state.episode.end is None:
            state.enter(item.at, Event.INCONCLUSIVE)
    elif item.reason in _ASKS:
        state.episode.asked |= not state.person_saw


def _online(state: CaseState, item: Item) -> None:
    episode = state.episode
    like = state.reference.is_like(item)
    if item.aged and _is_older(state, item, like=like):
        return
    end = episode.end
    if end is not None:
        if not like and end.by_person:
            return  # a person found the content gone: what stands in its place is none
        if not like and item.recheck:
            episode.asked = True  # another page than was seen before: a person has to check
            return
        if item.recheck:
            episode.rechecked += 1
            episode.disagreed += 1
    like = like or state.is_another(item.seen_at)  # the first sighting of a case is like itself
    is_contradicted = state.vantages.saw(item, like=like)
    believed = not is_contradicted
    if is_contradicted and state.vantages.is_split(item.vantage):
        believed = episode.split = True
    event = _SIGHTING if believed else Event.DISSENT
    if state.disputed:
        state.agreed(item, event)
    state.sighted(item, event, backed=item.backed and believed, like=like)
    state.episode.unlike = state.reference.note(item)


def _is_older(state: CaseState, item: Item, *, like: bool) -> bool:
    """Take a copy made before the run began, or before R: it moves L and contradicts nothing."""
    end = state.episode.end
    began_at = end.gone_at if end else state.run.sent_at
    if began_at is None or item.seen_at >= began_at:
        return False
    state.note(item.seen_at, backed=item.backed, like=like)
    if end is not None:
        state.episode.end = replace(end, last_seen_at=state.episode.last_seen_at)
    return True


def _gone(state: CaseState, item: Item) -> None:
    state.run.alive()
    episode = state.episode
    end = episode.end
    if end is not None:
        if end.by_person:
            _try_confirm(state, item.at)
        state.uphold(item.at)
    elif state.waiting(_ABSENT):
        _end_by_person(state, item)
    elif not _try_confirm(state, item.at) and not state.vantages.is_overruled(item.vantage):
        if state.run.doubt_passed:
            state.enter(item.at, Event.GONE_AFTER_DOUBT)
        else:
            agreed = state.vantages.agree() and not state.disputed
            state.enter(item.at, Event.GONE_BY_ALL if agreed else Event.GONE)


def _try_confirm(state: CaseState, at: Instant) -> bool:
    """End the case if its gone verdicts suffice, or make R of a person's end earlier."""
    found = confirmed(state.run, state.vantages, at)
    if found is None:
        return False
    end = state.episode.end
    if end is None:
        state.end(found, Event(found.state.value))
    elif found.state is end.state:
        gone_at = min(end.gone_at, found.gone_at)
        state.end_at(replace(end, gone_at=gone_at, by_person=False))
    return True


def _unavailable(state: CaseState, item: Item) -> None:
    run, vantages = state.run, state.vantages
    if item.reason is Reason.DISABLED:
        run.add_gone(item, refusal_of(item))
        if run.refused_lawfully:
            for vantage in run.refused():
                vantages.denied(vantage, item)
            _gone(state, item)
            return
    run.add_barred(item)
    if state.episode.end is not None or _try_confirm(state, item.at):
        return
    dead_since = run.dead_since(vantages.required(item.at), item.at)
    if dead_since is not None:
        state.end(End(CaseClass.DARK, None, dead_since, item.at), Event.DEAD)
    else:
        plain = run.is_unavailable()
        state.enter(item.at, Event.UNAVAILABLE_CONFIRMED if plain else Event.INCONCLUSIVE)


def _placed(state: CaseState, item: Item) -> None:
    """Take a resolution, which may settle a move, or that another owner took its place."""
    is_open = state.episode.end is None
    if item.kind is Kind.NAMED:
        state.resolved(item)
        if is_open and state.run.gone:
            _try_confirm(state, item.at)
    elif is_open:
        state.end(End(CaseClass.MOVED, None, item.at, item.at), Event.MOVED)
    else:
        state.uphold(item.at)


def _report_saw(state: CaseState, at: Instant) -> None:
    """Take a report's own sighting: it moves L, ends no run, voids no end and is never backed."""
    episode = state.episode
    if episode.end is not None:
        return
    if episode.first_seen_at is None or at < episode.first_seen_at:
        episode.first_seen_at = at
    state.claimed = (*state.claimed, at)
    if episode.last_seen_at is None or at > episode.last_seen_at:
        episode.last_seen_at = at


def _person_sees(state: CaseState, item: Item) -> None:
    others = state.waiting(Kind.SEEN)
    seconded = any(other.vantage != item.vantage for other in others)
    if item.denied and not seconded:
        state.disputed = (*state.disputed, item)
        state.enter(item.at, Event.CHECK_DISPUTED)
        return
    state.agreed(item, Event.SIGHTING)
    state.sighted(item, Event.SIGHTING, backed=True)
    state.person_saw = True
    _looked_into(state)
    words = state.vantages.words.values()
    state.reference.vouched |= {word.shape for word in words if word.saw}


def _person_misses(state: CaseState, item: Item) -> None:
    episode = state.episode
    if episode.end is not None:
        state.uphold(item.at)
        state.reference.vouched = frozenset()
        return
    seconded = any(other.vantage != item.vantage for other in state.waiting(Kind.ABSENT))
    if saw_lately(state.vantages, item.at - DISPUTE_MS) and not seconded:
        state.disputed = (*state.disputed, item)
        state.enter(item.at, Event.CHECK_DISPUTED)
    else:
        _end_by_person(state, item)


def _end_by_person(state: CaseState, item: Item) -> None:
    """End the case at the earliest check that nothing speaks against any more.

    Args:
        state: of the case.
        item: that check, or the check or probe that seconds one.
    """
    checks = state.waiting(Kind.ABSENT)
    gone_at = min([item.at, *(check.at for check in checks)])
    end = End(CaseClass.REMOVED, None, gone_at, item.at, by_person=True)
    state.end(end, Event.CHECKED_ABSENT)
    state.reference.vouched = frozenset()
    _looked_into(state)
    _try_confirm(state, item.at)


def _looked_into(state: CaseState) -> None:
    """A person has checked: none is asked for any more."""
    state.episode.asked, state.episode.unlike = False, frozenset()
    state.reference.unlike = {}
