"""A history as a timeline: each instant at which something changes, what, and by which rule."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from schemas.closed_lists import Grade, NormVerdict, Role
from schemas.codec import STATE
from schemas.moments import HOUR_MS, Instant
from schemas.records.case import UrlState
from schemas.records.reports import CheckAccepted, ReportAccepted
from streams import lifecycle
from streams.history import rule_numbers
from streams.history.judge import ReadHistory
from streams.history.made_probe import URL_KEY
from streams.history.outcome import CaseOutcome, case_outcomes
from streams.history.sentence import Sentence, said
from streams.history.tell import line
from streams.lifecycle.result.grades import Grades, grades

_APPENDED: Final = itemgetter(1)


class TimelineChange(NamedTuple):
    """Something that changed.

    Attributes:
        at: when it was known, or when time alone changed it.
        case: whose case: hoster, and role if it is a proxy's.
        what: what is so from then on.
        rule: the number of the rule that decided it; empty = none has a number.
    """

    at: Instant
    case: str
    what: Sentence
    rule: str


class _Known(NamedTuple):
    """A case at an instant, and what its L and R rest on."""

    case: CaseOutcome
    graded: Grades


def lines(told: ReadHistory, until: Instant) -> Iterator[str]:
    """Yield a line for each change up to an instant, with the number of the rule that decided it.

    Args:
        told: the history.
        until: the last instant.
    """
    for change in changes(told, until):
        rule = f"  [{change.rule}]" if change.rule else ""
        yield line(hours(change.at, told.start_at), f"{change.case}: {change.what}{rule}")


def changes(told: ReadHistory, until: Instant) -> Iterator[TimelineChange]:
    """Yield what changed up to an instant, in order of time.

    Args:
        told: the history.
        until: the last instant.
    """
    before: dict[str, _Known] = {}
    for state, since, to, checked in _states(told, until):
        graded = {case.case_id: grades(state, case) for case in state.cases}
        for at in _instants(state, since, to):
            cause = rule_numbers.Cause(at > since, checked and at == since, state)
            found = case_outcomes(state, told.start_at, at)
            now = {id: _Known(case, graded[id]) for id, case in found.items()}
            for id, known in now.items():
                for what, rule in _differences(before.get(id), known, cause):
                    yield TimelineChange(at, _named(known.case), what, rule)
            for id in before.keys() - now.keys():
                gone = said("is no case of its own any more")
                yield TimelineChange(at, _named(before[id].case), gone, rule_numbers.JOINED)
            before = now


def _states(told: ReadHistory, until: Instant) -> Iterator[tuple[UrlState, Instant, Instant, bool]]:
    """Yield the URL's states, each with the instants from which on and to which it holds.

    Beside them whether a person's check or a source's word was among the records.
    """
    batches = [
        (at, list(found))
        for at, found in groupby(sorted(told.happened, key=_APPENDED), key=_APPENDED)
        if at <= until
    ]
    value: bytes | None = None
    for n, (at, batch) in enumerate(batches):
        value = lifecycle.update_record(URL_KEY, value, batch).record_value
        checked = any(_testifies(record) for record, _ in batch)
        to = batches[n + 1][0] - 1 if n + 1 < len(batches) else until
        yield STATE.decode(value), at, to, checked


def _testifies(record: object) -> bool:
    """Return whether a record is a person's check, or holds a source's word."""
    by_source = isinstance(record, ReportAccepted) and record.source_online is not None
    return by_source or isinstance(record, CheckAccepted)


def _instants(state: UrlState, since: Instant, to: Instant) -> list[Instant]:
    """Return the instants at which time alone may change what a state says, the first included."""
    found = {since}
    for case in state.cases:
        found |= {phase.from_at for phase in case.phases}
        if case.noticed_at is not None:
            found |= {case.noticed_at + norm_s * 1_000 + 1 for norm_s in case.norms_s}
    return sorted(at for at in found if since <= at <= to)


def _named(case: CaseOutcome) -> str:
    return case.hoster if case.role is Role.HOSTING else f"{case.hoster} ({case.role})"


def _differences(
    before: _Known | None, now: _Known, cause: rule_numbers.Cause
) -> Iterator[tuple[Sentence, str]]:
    """Yield what a case says otherwise than before, each with the rule."""
    numbers = rule_numbers
    old, new = None if before is None else before.case, now.case
    if old is None:
        yield said("the case opens, as of %(hour)s h", hour=f"{new.opened_h:g}"), numbers.OPENED
    elif old.hoster != new.hoster:
        yield (
            said("is the case of %(hoster)s under another name", hoster=old.hoster),
            numbers.of_other_name(cause.state),
        )
    if old is None or old.case_class is not new.case_class:
        rule = numbers.of_class(new, now.graded.gone_by, cause)
        yield said("class %(name)s", name=new.case_class), rule
    if new.noticed_h is not None and _is_new(old, new, "noticed_h", "clock"):
        what = said("noticed at %(hour)s h (%(clock)s)", hour=f"{new.noticed_h:g}", clock=new.clock)
        yield what, numbers.noticed(new.flags, new.clock)
    yield from _interval(before, now)
    yield from _verdicts(old, new)
    yield from _marks(old, new)


def _interval(before: _Known | None, now: _Known) -> Iterator[tuple[Sentence, str]]:
    """Yield L and R where they or their grades are new, each with its grade."""
    numbers = rule_numbers
    ends = (
        ("l_h", "seen_by", "L", numbers.LAST_SEEN),
        ("r_h", "gone_by", "R", numbers.GONE),
    )
    for name, by, word, rule in ends:
        hour, grade = getattr(now.case, name), getattr(now.graded, by)
        was = None if before is None else (getattr(before.case, name), getattr(before.graded, by))
        if hour is None:
            if was is not None and was[0] is not None:
                lost = numbers.without_r(was[0], now.case.l_h) if word == "R" else rule
                yield said("no %(word)s any more", word=word), lost
        elif (hour, grade) != was:
            decided = rule if grade is Grade.PROBE else numbers.GRADED[grade]
            yield (
                said("%(word)s = %(hour)s h (%(grade)s)", word=word, hour=f"{hour:g}", grade=grade),
                decided,
            )


def _is_new(old: CaseOutcome | None, new: CaseOutcome, *names: str) -> bool:
    return old is None or any(getattr(old, name) != getattr(new, name) for name in names)


def _verdicts(old: CaseOutcome | None, new: CaseOutcome) -> Iterator[tuple[Sentence, str]]:
    for norm, verdict in new.verdicts.items():
        known = old.verdicts.get(norm) if old is not None else None
        if verdict != known and not (known is None and verdict == NormVerdict.UNDETERMINED):
            what = said("within %(norm)s h: %(verdict)s", norm=norm, verdict=verdict)
            yield what, rule_numbers.VERDICTS[NormVerdict(verdict)]
    for norm, verdict in new.again.items():
        if old is None or old.again.get(norm) != verdict:
            what = said("second verdict within %(norm)s h: %(verdict)s", norm=norm, verdict=verdict)
            yield what, rule_numbers.SECOND_VERDICT
    if new.order is not None and _is_new(old, new, "order"):
        yield said("order: %(verdict)s", verdict=new.order), rule_numbers.ORDER


def _marks(old: CaseOutcome | None, new: CaseOutcome) -> Iterator[tuple[Sentence, str]]:
    """Yield what is true or false, flags, and returns."""
    numbers = rule_numbers
    overdue = said("overdue"), said("not overdue any more")
    public = said("publicly late"), said("not publicly late any more")
    naming = said("may count for naming"), said("counts for no naming")
    marks: Sequence[tuple[str, tuple[Sentence, Sentence], str]] = (
        ("overdue", overdue, numbers.OVERDUE),
        ("public_late", public, numbers.PUBLICLY_LATE),
        ("naming", naming, numbers.NAMING),
    )
    for name, (yes, no), rule in marks:
        now, was = getattr(new, name), old is not None and getattr(old, name)
        if now != was:
            yield (yes if now else no), rule
    flags = set(old.flags) if old is not None else set()
    for flag in sorted({*new.flags} - flags):
        yield said("flag %(flag)s", flag=flag), numbers.FLAGS.get(flag, "")
    for flag in sorted(flags - {*new.flags}):
        yield said("no flag %(flag)s any more", flag=flag), numbers.FLAGS.get(flag, "")
    if new.reappearances > (old.reappearances if old is not None else 0):
        yield said("reappearance number %(n)s", n=new.reappearances), numbers.REAPPEARED


def hours(at: Instant, start_at: Instant) -> str:
    """Return an instant in hours after the start, as it is printed."""
    return f"{round((at - start_at) / HOUR_MS, 3):g} h"
