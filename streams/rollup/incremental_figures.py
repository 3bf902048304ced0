"""Figures of one hoster in one role, moved on from instant to instant.

Counting all cases again costs by how many there are. So a changed case is subtracted with its old
contribution and added with its new one. So is a case whose contribution changes with time:
`streams.rollup.next_change` says when, and a queue holds these instants. All other cases cost
nothing. The figures are those of `streams.rollup.case_figures.figures`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from schemas.moments import Instant
from streams.case_class import phase_at
from streams.rollup.case_row import CaseRow
from streams.rollup.case_table import CaseTable, Group, GroupSnapshot, UrlCasesChange
from streams.rollup.due_queue import DueQueue
from streams.rollup.figures import HosterFigures
from streams.rollup.next_change import counts_until
from streams.rollup.tally import Tally

REBUILD_SHARE: Final = 3
"""If more than a third of the cases changed or are due, all are counted again: to subtract a case
and add it costs three times as much as to add it."""

ENTRIES_MAX: Final = 4
"""At most so many queue entries per URL; all but the newest are of instants that hold no more."""

_Held: TypeAlias = tuple[CaseRow, ...]


class GroupUpdate(NamedTuple):
    """What moves the figures of a group on: all of its cases, or what is another since.

    Attributes:
        group: whose figures.
        as_of: where to.
        all: its URLs and their cases; None = only what follows is another.
        changes: what was held and what is held of URLs that changed.
        taken: URLs that were taken off the queue.
        due: those of them that did not change, and what is held of them.
    """

    group: Group
    as_of: Instant
    all: tuple[Sequence[bytes], GroupSnapshot] | None
    changes: Sequence[UrlCasesChange]
    taken: Collection[bytes]
    due: Mapping[bytes, _Held]


class FiguresByGroup:
    """The figures of all groups of a table.

    `prepare` is called where the table changes; `moved` may run beside changes, one at a time.

    Args:
        table: what the figures are read off.
        anew: see `REBUILD_SHARE`; 0 = all cases of a group are counted once and never again.
    """

    def __init__(self, table: CaseTable, anew: int = REBUILD_SHARE) -> None:
        """Begin with nothing worked out."""
        self._table = table
        self._anew = anew
        self._groups: dict[Group, _GroupFigures] = {}

    def prepare(self, groups: Iterable[Group], as_of: Instant) -> list[GroupUpdate]:
        """Return what moves groups on to an instant."""
        return [self._step(group, as_of) for group in groups]

    def moved(self, step: GroupUpdate) -> HosterFigures | None:
        """Return the figures of a group after a step, None if it has no case any more."""
        if step.all is not None:
            keys, cases = step.all
            if not keys:
                self._groups.pop(step.group, None)
                return None
            self._groups[step.group] = _GroupFigures(keys, cases, step.as_of)
        held = self._groups[step.group]
        held.move(step)
        return held.tally.figures(*step.group)

    def _step(self, group: Group, as_of: Instant) -> GroupUpdate:
        held, urls = self._groups.get(group), self._table.urls(group)
        if held is not None and held.tally.as_of <= as_of and urls:
            changes = self._table.changes(group)
            taken = held.due_queue.take(as_of)
            due = taken - {change.url_key for change in changes}
            fits = len(held.due_queue) <= ENTRIES_MAX * urls
            if fits and (len(due) + len(changes)) * self._anew <= urls:
                return GroupUpdate(
                    group, as_of, None, changes, taken, self._table.of_urls(group, due)
                )
        return GroupUpdate(group, as_of, self._table.begin(group), (), set(), {})


class _GroupFigures:
    """One group.

    Args:
        keys: its URLs.
        cases: their cases.
        as_of: the instant they count for.
    """

    def __init__(self, keys: Sequence[bytes], cases: GroupSnapshot, as_of: Instant) -> None:
        self.tally = Tally(as_of)
        self.due_queue = DueQueue(as_of)
        for key, held in zip(keys, cases, strict=True):
            self._take_in(held)
            self._note(key, counts_until(held, as_of))

    def move(self, step: GroupUpdate) -> None:
        """Count what changed, and what is due, as it counts at another instant."""
        was, now = self.tally.as_of, step.as_of
        begun: list[tuple[bytes, _Held]] = []
        for _, old, _ in step.changes:
            self._let_go(old)
        for key, held in step.due.items():
            until = counts_until(held, was)
            if until is None or until > now:
                self._note(key, until)
            else:
                self._let_go(held)
                begun.append((key, held))
        self.tally.move(now)
        for key, old, new in step.changes:
            self._take_in(new)
            until = counts_until(new, now)
            if key in step.taken or until != counts_until(old, was):  # else it is noted
                self._note(key, until)
        for key, held in begun:
            self._take_in(held)
            self._note(key, counts_until(held, now))

    def _note(self, key: bytes, until: Instant | None) -> None:
        if until is not None:
            self.due_queue.note(key, until)

    def _take_in(self, held: _Held) -> None:
        for case in held:
            phase = phase_at(case, self.tally.as_of)
            if phase is not None:
                self.tally.add(case, phase)

    def _let_go(self, held: _Held) -> None:
        for case in held:
            phase = phase_at(case, self.tally.as_of)
            if phase is not None:
                self.tally.remove(case, phase)
