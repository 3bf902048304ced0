"""When no report of a URL stands, and what that ends (docs/measurement.md, Clocks).

A withdrawal takes back that hotline's reports up to its time, of equal time too, for good. When no
report stands the case ends `withdrawn`, and a later report opens a new one. A withdrawal after R
changes nothing: a case that had ended by then stays as it is, unless it is seen again.
"""

import sys
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from schemas.moments import Instant
from schemas.records.case import UrlState
from streams.lifecycle.evidence.timeline_entry import EntryKind, TimelineEntry
from streams.lifecycle.machine.case_history import CaseHistory
from streams.lifecycle.machine.walk import Checkpoint, walk

_AT = attrgetter("at")
_EVER = sys.maxsize


class Gap(NamedTuple):
    """A time in which no report of a URL stood.

    Attributes:
        from_at: when the last one was taken back.
        until: when the next one was made; None = there is none.
        received_at: when the first was received of those that stand from then on.
    """

    from_at: Instant
    until: Instant | None
    received_at: Instant


class CaseSegment(Struct, frozen=True, gc=False):
    """A case at a hoster, and what a withdrawal makes of it.

    Attributes:
        history: what the automaton found of it.
        since: earlier notices are not for it.
        until: when the next case there opened; None = there is none.
        withdrawn_at: when it ended for want of a report; None = it did not.
    """

    history: CaseHistory
    since: Instant
    until: Instant | None
    withdrawn_at: Instant | None


def gaps(state: UrlState) -> Sequence[Gap]:
    """Return the times in which no report of a URL stood, in order."""
    if not state.withdrawals:
        return ()
    happened = [(report.reported_at, 0, n) for n, report in enumerate(state.reports)]
    happened += [(mark.at, 1, n) for n, mark in enumerate(state.withdrawals)]
    reporting: set[str] = set()
    found: list[Gap] = []
    since: Instant | None = None
    for at, is_withdrawal, n in sorted(happened):
        if is_withdrawal:
            hotline = state.withdrawals[n].hotline
            if reporting == {hotline}:
                since = at
            reporting.discard(hotline)
        else:
            report = state.reports[n]
            if since is not None:
                found.append(Gap(since, at, report.received_at))
                since = None
            elif found:  # a report that is dated earlier may have been received later
                received_at = min(found[-1].received_at, report.received_at)
                found[-1] = found[-1]._replace(received_at=received_at)
            reporting.add(report.hotline)
    return found if since is None else [*found, Gap(since, None, 0)]


def gaps_of_spell(unreported: Sequence[Gap], ends_at: Instant | None) -> Sequence[Gap]:
    """Return the gaps as a spell has them: a report after its end opens no case there.

    Args:
        unreported: the times in which no report of the URL stood.
        ends_at: when an older case of the owner took its place; None = none did.
    """
    if ends_at is None:
        return unreported
    return [
        gap if gap.until is None or gap.until <= ends_at else Gap(gap.from_at, None, 0)
        for gap in unreported
    ]


def case_segments(
    entries: Sequence[TimelineEntry],
    opened_at: Instant,
    since: Instant,
    unreported: Sequence[Gap],
    away: Sequence[tuple[Instant, Instant | None]],
    *,
    kept: Checkpoint | None = None,
) -> Sequence[CaseSegment]:
    """Return the cases of one spell at a hoster, oldest first.

    Args:
        entries: what was seen there, in order of time.
        opened_at: when the first case opened.
        since: notices before it are not for the first case.
        unreported: the times in which no report stood.
        away: from when until when the newest statement of origin names another.
        kept: how far it was walked the last time; it is brought up to date.
    """
    found: list[CaseSegment] = []
    rest, past = entries, list[TimelineEntry]()
    for gap in unreported:
        if gap.until is not None and gap.until <= opened_at:
            if found:  # what stood before the gap was taken back before it was received
                opened_at = min(opened_at, gap.received_at)
            continue
        before = [entry for entry in rest if gap.until is None or entry.at < gap.until]
        cases = _stretch(walk(before, opened_at, before=past), since, gap)
        if cases[-1].withdrawn_at is None:
            continue  # it had ended by then
        found += cases
        if gap.until is None:
            return found
        found[-1] = replace(found[-1], until=gap.until)
        left = [
            TimelineEntry(at, EntryKind.LEFT, at)
            for at, back_at in away
            if at < gap.until < (back_at or _EVER)
        ]
        past = [*past, *before]
        rest = left + [entry for entry in rest if entry.at >= gap.until]
        opened_at, since = gap.received_at, gap.until
    kept = None if found else kept
    return found + _stretch(walk(rest, opened_at, kept, before=past), since, None)


def _stretch(
    histories: Sequence[CaseHistory], since: Instant, gap: Gap | None
) -> list[CaseSegment]:
    found = []
    for n, history in enumerate(histories):
        until = histories[n + 1].opened_at if n + 1 < len(histories) else None
        withdrawn_at = None
        if gap is not None and (until is None or until > gap.from_at):
            withdrawn_at = _withdrawn_at(history, max(gap.from_at, history.opened_at))
        if until is not None and withdrawn_at is not None and withdrawn_at >= until:
            withdrawn_at = None  # it had ended, and what was seen again is the next case
        found.append(CaseSegment(history, history.opened_at if n else since, until, withdrawn_at))
    return found


def _withdrawn_at(history: CaseHistory, at: Instant) -> Instant | None:
    """Return when a case ends for want of a report; None = it had ended, and was not back."""
    for spell in history.spells():
        if at <= spell.from_at:
            return max(at, spell.from_at)  # it was back, or had only opened
        # one in question counts: probes contradict what disputes it
        end = spell.end or spell.end_in_question
        if end is None or at <= end.gone_at:
            return at
    return None
