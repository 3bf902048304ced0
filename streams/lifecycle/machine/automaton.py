"""The automaton of a case: `apply_entry(state, entry)` over evidence in order of time.

Rules 4.5 to 4.7, 4.10, 4.13 to 4.16 and 5.1 of docs/measurement.md; what an end takes is
`streams.lifecycle.machine.confirmation`.

Each function here finds which event of the table (`streams.lifecycle.state_table`) an entry of
evidence is, and applies it. The automaton keeps no clock: what time alone brings, a doubt that
ends, happens at its instant before the next entry.
"""

from msgspec.structs import replace

from schemas.closed_lists import CaseClass, Expected, Verdict
from schemas.moments import Instant
from streams.lifecycle.evidence.contradicted_checks import CONTRADICTION_MS
from streams.lifecycle.evidence.timeline_entry import GONE_OR_MOVED, EntryKind, TimelineEntry
from streams.lifecycle.machine.case_history import CaseHistory, End
from streams.lifecycle.machine.case_state import CaseState
from streams.lifecycle.machine.confirmation import confirmed_end
from streams.lifecycle.machine.vantages import saw_lately
from streams.lifecycle.state_table import DARK_MS, ENDS, CaseEvent
from streams.verdicts.confirmation_limits import CONFIRM_SPAN_MS
from streams.verdicts.reasons import VerdictReason

_WHERE = (EntryKind.NAMED, EntryKind.LEFT)
_ASKS = (VerdictReason.SAME_FROM_START, VerdictReason.ROOT, VerdictReason.ELSEWHERE)
"""Answers that a person has to look at, because they could be anything."""

_STATEMENTS = (EntryKind.REPORT_OR_NOTICE, EntryKind.NOTICE)
# of an enum's member Python 3.11 asks its class each time, which a step does too often
_PROBED, _CONTROL, _ABSENT = EntryKind.PROBED, EntryKind.CONTROL, EntryKind.ABSENT
_ONLINE, _MOVED, _SIGHTING = Verdict.ONLINE, VerdictReason.MOVED, CaseEvent.SIGHTING


def begin(opened_at: Instant) -> CaseState:
    """Return the state of a case of which nothing was seen yet."""
    return CaseState((CaseHistory(opened_at, [(opened_at, CaseClass.ONLINE)]),))


def close_cases(state: CaseState) -> list[CaseHistory]:
    """Return the cases after the newest entry, with what time alone brings.

    It changes the state, so pass one that is not used again.
    """
    _set_expected_probes(state)
    state.let_pass(None)
    return list(state.histories)


def apply_entry(state: CaseState, entry: TimelineEntry) -> None:
    """Apply an entry of evidence to the state in place."""
    if state.doubted_at is not None:
        state.let_pass(entry.at)
    state.forget_checks(entry.at)
    kind = entry.kind
    if kind is _PROBED:
        state.take_resolution(entry)
        state.vantages.note_probe(entry)
        if entry.canary_ok:  # else it says nothing
            _probed(state, entry)
    elif kind is _CONTROL:
        state.vantages.note_control(entry)
        state.evidence.add_control(alive=entry.alive)
        _try_confirm_open(state, entry.at)
    elif kind in _WHERE:
        _placed(state, entry)
    elif kind in _STATEMENTS:
        state.take_statement(entry)
    elif kind is _ABSENT:
        _check_or_source_misses(state, entry)
    elif entry.seen_by:
        _check_or_source_sees(state, entry)
    else:
        _report_saw(state, entry.at)


def _probed(state: CaseState, entry: TimelineEntry) -> None:
    verdict = entry.verdict
    if verdict is _ONLINE:
        _online(state, entry)
    elif verdict in GONE_OR_MOVED and entry.reason is not _MOVED:
        state.evidence.add_gone(entry)
        state.vantages.note_gone(entry.seen_by, entry)
        state.history.rechecked += entry.recheck and state.history.end is not None
        _gone(state, entry)
    elif verdict in (Verdict.BLOCKED, Verdict.UNREACHABLE):
        _unavailable(state, entry)
    else:  # what another hoster's address says (`moved`) is nothing about this one's
        _inconclusive(state, entry)


def _inconclusive(state: CaseState, entry: TimelineEntry) -> None:
    """Take an answer that says nothing; its vantage is one of those required all the same."""
    asks, changed = entry.reason in _ASKS, entry.reason is VerdictReason.CHANGED
    if asks or changed:
        state.evidence.note_host_alive()
    if changed and state.history.end is None:
        state.enter(entry.at, CaseEvent.INCONCLUSIVE)
    state.history.needs_review |= asks and not state.check_or_source_saw
    _try_confirm_open(state, entry.at)


def _online(state: CaseState, entry: TimelineEntry) -> None:
    history = state.history
    matches = state.reference.matches(entry)
    if entry.aged and _is_older(state, entry, matches=matches):
        return
    end = history.end
    if end is not None:
        if not matches and (end.by_check_or_source or entry.recheck):
            # it is no sighting; if a hidden vantage got it, a person has to say what it is
            history.needs_review |= not end.by_check_or_source
            history.dismissed |= {entry}
            return
        if entry.recheck:
            history.rechecked += 1
            history.disagreed += 1
    # the first sighting of a case is like itself
    matches = matches or state.is_another(entry.seen_at)
    is_contradicted = state.vantages.note_sighting(entry, matches=matches)
    is_split = is_contradicted and state.vantages.is_split(entry.seen_by)
    believed = is_split or not is_contradicted
    event = _SIGHTING if believed else CaseEvent.DISSENT
    if state.contradicted_checks:
        state.take_agreeing(entry, event)
    state.take_sighting(entry, event, backed=entry.control_differs and matches and believed)
    state.history.split |= is_split  # of the case that the sighting is in: it may open another
    state.history.unlike = state.reference.note(entry)


def _is_older(state: CaseState, entry: TimelineEntry, *, matches: bool) -> bool:
    """Take a copy made before the first gone verdict, or before R: it only moves L."""
    end = state.history.end
    began_at = end.gone_at if end else state.evidence.sent_at
    if began_at is None or entry.seen_at >= began_at:
        return False
    state.note(entry.seen_at, backed=entry.control_differs and matches)
    if end is not None:
        state.history.end = replace(end, last_seen_at=state.history.last_seen_at)
    else:
        state.vantages.note_copy(entry, matches=matches)
    return True


def _gone(state: CaseState, entry: TimelineEntry) -> None:
    state.evidence.note_host_alive()
    history = state.history
    end = history.end
    if end is not None:
        if end.by_check_or_source:
            _try_confirm(state, entry.at)
        state.uphold(entry.at)
    elif state.contradicted(_ABSENT):
        _end_by_check_or_source(state, entry)
    elif not _try_confirm(state, entry.at) and not state.vantages.is_overruled(entry.seen_by):
        in_question = history.state is CaseClass.SUSPECT and bool(state.contradicted_checks)
        if state.evidence.doubt_passed and not in_question:
            state.enter(entry.at, CaseEvent.GONE_AFTER_DOUBT)
        else:
            agreed = state.vantages.agree() and not state.contradicted_checks
            state.enter(entry.at, CaseEvent.GONE_BY_ALL if agreed else CaseEvent.GONE)


def _try_confirm_open(state: CaseState, at: Instant) -> None:
    """End a case that is open, or that a check or a source ended, if gone verdicts suffice."""
    end = state.history.end
    if state.evidence.gone and (end is None or end.by_check_or_source):
        _try_confirm(state, at)


def _try_confirm(state: CaseState, at: Instant) -> bool:
    """End the case if its gone verdicts suffice, or make R of a check's or source's end earlier."""
    found = confirmed_end(state.evidence, state.vantages, at)
    if found is None:
        return False
    end = state.history.end
    if end is None:
        state.end(found, CaseEvent(found.state.value))
    elif found.state is end.state:
        gone_at = min(end.gone_at, found.gone_at)
        state.end_at(replace(end, gone_at=gone_at, by_check_or_source=False))
    return True


def _unavailable(state: CaseState, entry: TimelineEntry) -> None:
    evidence, vantages = state.evidence, state.vantages
    if entry.reason is VerdictReason.URL_REFUSED:
        evidence.add_gone(entry)
        if evidence.refusal_corroborated:
            for vantage in evidence.url_refused_vantages():
                vantages.note_gone(vantage, entry)
            _gone(state, entry)
            return
    evidence.add_unavailable(entry)
    if state.history.end is not None or _try_confirm(state, entry.at):
        return
    dead_since = evidence.dead_since(vantages.required(entry.at), entry.at)
    if dead_since is not None:
        state.end(End(CaseClass.DARK, None, dead_since, entry.at), CaseEvent.DEAD)
    else:
        plain = evidence.is_unavailable()
        state.enter(entry.at, CaseEvent.UNAVAILABLE_CONFIRMED if plain else CaseEvent.INCONCLUSIVE)


def _placed(state: CaseState, entry: TimelineEntry) -> None:
    """Take a resolution, which may settle a move, or that another owner took its place."""
    is_open = state.history.end is None
    if entry.kind is EntryKind.NAMED:
        state.take_resolution(entry)
        if is_open and state.evidence.gone:
            _try_confirm(state, entry.at)
    elif is_open or state.history.state is CaseClass.SUSPECT:
        state.end(End(CaseClass.MOVED, None, entry.at, entry.at), CaseEvent.MOVED)


def _report_saw(state: CaseState, at: Instant) -> None:
    """Take a report's own sighting: it moves L, starts no counting anew and is never backed."""
    history = state.history
    if history.end is not None:
        return
    history.first_seen_at = min(at, history.first_seen_at or at)
    state.report_sightings = (*state.report_sightings, at)
    if history.last_seen_at is None or at > history.last_seen_at:
        history.last_seen_at = at


def _check_or_source_sees(state: CaseState, entry: TimelineEntry) -> None:
    others = state.contradicted(EntryKind.SEEN)
    seconded = any(other.seen_by != entry.seen_by for other in others)
    if entry.contradicted and not seconded:
        state.contradicted_checks = (*state.contradicted_checks, entry)
        state.history.dismissed |= {entry}  # until somebody agrees
        state.enter(entry.at, CaseEvent.CHECK_CONTRADICTED)
        return
    state.take_agreeing(entry, CaseEvent.SIGHTING)
    state.take_sighting(entry, CaseEvent.SIGHTING, backed=True)
    state.check_or_source_saw = True
    state.ask_no_check()
    state.reference.vouched |= {one.shape for one in state.vantages.latest.values() if one.saw}


def _check_or_source_misses(state: CaseState, entry: TimelineEntry) -> None:
    history = state.history
    if history.end is not None:
        state.uphold(entry.at)
        state.reference.vouched = frozenset()
        return
    seconded = any(other.seen_by != entry.seen_by for other in state.contradicted(EntryKind.ABSENT))
    saw = saw_lately(state.vantages, entry.at - CONTRADICTION_MS, state.reference.vouched)
    if saw and not seconded:
        state.contradicted_checks = (*state.contradicted_checks, entry)
        state.enter(entry.at, CaseEvent.CHECK_CONTRADICTED)
    else:
        _end_by_check_or_source(state, entry)


def _end_by_check_or_source(state: CaseState, entry: TimelineEntry) -> None:
    """End the case at its earliest check or source: none contradicts it, or `entry` seconds it."""
    checks = state.contradicted(EntryKind.ABSENT)
    gone_at = min([entry.at, *(one.at for one in checks if one.seen_by != entry.seen_by)])
    end = End(CaseClass.REMOVED, None, gone_at, entry.at, by_check_or_source=True)
    state.end(end, CaseEvent.CHECKED_ABSENT)
    state.reference.vouched = frozenset()
    state.ask_no_check()
    _try_confirm(state, entry.at)


def _set_expected_probes(state: CaseState) -> None:
    """Note which probes would tell nothing new of the newest case."""
    history, evidence, vantages = state.history, state.evidence, state.vantages
    history.suspect = history.state is CaseClass.SUSPECT
    if state.contradicted_checks or state.returned is not None:
        return
    if history.end is not None:
        # a name that leads back to an owner it had left may open the case again
        rests = history.state in ENDS and history.state is not CaseClass.MOVED
        rests &= not history.end.by_check_or_source
        history.expected = Expected.ENDED if rests else None
    elif history.state is CaseClass.ONLINE and evidence.is_fresh() and not vantages.strange:
        usual = vantages.nobody_denies() and 1 not in state.reference.unlike.values()
        history.expected = Expected.SEEN if usual else None
    elif history.state is CaseClass.UNAVAILABLE and evidence.unavailable_span and not evidence.gone:
        history.expected = Expected.UNAVAILABLE
        history.expected_until = evidence.unavailable_span[0] + DARK_MS
    elif history.state is CaseClass.DOUBTED and evidence.is_gone_only():
        first_at = min([tally.first_at for tally in evidence.gone.values()])
        last_at = max([tally.last_at for tally in evidence.gone.values()])
        until = min(first_at + CONFIRM_SPAN_MS, state.doubt_until() or last_at)
        if last_at < until:
            history.expected, history.expected_until = Expected.DOUBTED, until
