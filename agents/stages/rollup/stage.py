"""The rollup: follows the table of cases and keeps one `View` of all figures up to date.

It joins no group and commits nothing: it reads `cases.v1`, `outcomes.v1`, `registry.v1` and
`answers.v1` from the start. It says nothing until it has passed the end that stood there when it
began. Any number of rollups can run side by side, all with the same figures. Figures hold for the
newest instant a ledger position names, so they stand still when the ledger does.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from agents.config import Settings
from agents.engine.consume.poison_records import Guard, taken
from agents.engine.read.bulk import Follower
from agents.engine.slices import Slices
from agents.engine.stage import Received
from agents.engine.supervision import together
from agents.stages.rollup.case_finder import CaseFinder
from agents.stages.rollup.fold_progress import FoldProgress
from agents.stages.rollup.hoster_answers import HosterAnswers
from schemas import topics
from schemas.codec import OUTCOME, POSITION, REGISTRY
from schemas.records.case import POSITION_KEY
from schemas.records.registry import HosterEntry, HotlineEntry
from streams.rollup.case_figures import grouped_for_display, totals, watched
from streams.rollup.case_table import CaseTable, Group
from streams.rollup.figures import HosterFigures
from streams.rollup.incremental_figures import FiguresByGroup, GroupUpdate
from streams.rollup.intake_counts import IntakeTally
from streams.views.backlog_samples import BacklogRings
from streams.views.view import HosterInfo, View

ROUND_S: Final = 0.05
"""Figures of touched hosters are hardly older, while rounds are cheap."""

CALM_ROUND_S: Final = 1.0
"""While nothing is written; positions come as often."""

SWEEP_S: Final = 5.0
"""All hosters are worked out this often, because time alone changes classes."""

COST_SHARE: Final = 4
"""Between rounds at least this many times the last round's cost goes by: a fifth of one core."""


class FollowedTopic(Protocol):
    """A topic read from its start for ever; `agents.engine.read.bulk.Follower` is one.

    Attributes:
        caught_up: the end that stood there at the start was passed.
    """

    caught_up: bool

    @property
    def left(self) -> int:
        """Return how many offsets are before that end, 0 before the start."""
        ...

    async def start(self) -> None:
        """Connect and note the end."""
        ...

    def lists(self) -> AsyncIterator[list[Received]]:
        """Give all records from the start, then new ones as they come."""
        ...

    async def stop(self) -> None:
        """Disconnect; `lists` ends."""
        ...


@dataclass(slots=True)
class RollupStage:
    """Keeps the view.

    Attributes:
        settings: how many hosters are shown by themselves, and the broker.
        follow: opens a topic; the default reads the broker.
        guard: knows what is set aside, and names a record that stops it; None = nothing is.
        monotonic: wall seconds that never go back.
        view: the newest complete view; replaced as a whole.
        finder: finds single cases.
        answers: what hosters said on their own pages.
    """

    settings: Settings
    follow: Callable[[Settings, str], FollowedTopic] = Follower
    guard: Guard | None = None
    monotonic: Callable[[], float] = time.monotonic
    view: View = field(default_factory=View)
    _table: CaseTable = field(default_factory=CaseTable)
    _tally: IntakeTally = field(default_factory=IntakeTally)
    _positions: FoldProgress = field(default_factory=FoldProgress)
    _hosters: dict[str, HosterEntry] = field(default_factory=dict)
    _hotlines: set[str] = field(default_factory=set)
    _figures: dict[Group, HosterFigures] = field(default_factory=dict)
    _backlog: BacklogRings = field(default_factory=BacklogRings)
    _topics: tuple[FollowedTopic, ...] = ()
    _folded: set[str] = field(default_factory=set)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _sweep_due_s: float = 0.0
    _cost_s: float = 0.0
    answers: HosterAnswers = field(default_factory=HosterAnswers)
    finder: CaseFinder = field(init=False)
    _figures_by_group: FiguresByGroup = field(init=False)

    def __post_init__(self) -> None:
        """Read figures off the table."""
        self._figures_by_group = FiguresByGroup(self._table)
        self.finder = CaseFinder(self._table, lambda: self._outline(ready=self.view.ready))

    async def run(self) -> None:
        """Follow the topics and renew the view until cancelled; any fault ends it."""
        followed = {
            spec.name: self.follow(self.settings, spec.name)
            for spec in (topics.CASES, topics.OUTCOMES, topics.REGISTRY, topics.ANSWERS)
        }
        takers = {
            topics.CASES.name: self.take_case,
            topics.OUTCOMES.name: self.take_outcome,
            topics.REGISTRY.name: self.take_registry,
            topics.ANSWERS.name: self.answers.take,
        }
        started: list[FollowedTopic] = []
        try:
            for topic in followed.values():
                started.append(topic)
                await topic.start()
            self._topics = tuple(started)
            await together(
                *(self._follow(name, topic, takers[name]) for name, topic in followed.items()),
                self._renew_for_ever(frozenset(followed)),
            )
        finally:
            for topic in started:
                await topic.stop()

    @property
    def to_load(self) -> int | None:
        """Return how many offsets are read before there is a view; 0 only with it, None unknown."""
        return 0 if self.view.ready else sum(topic.left for topic in self._topics) or None

    def take_case(self, record: Received) -> None:
        """Fold one record of `cases.v1`: a URL's state, a tombstone or a position.

        Raises:
            Rejected: it is none of these.
        """
        if record.key.startswith(POSITION_KEY):
            if record.value:
                self._positions.take(POSITION.decode(record.value), self.monotonic())
            return
        url_key = bytes.fromhex(record.key.decode("ascii"))
        if not record.value:
            self._table.drop(url_key)
            return
        self._table.put_record(url_key, record.value, self.view.as_of)

    def take_outcome(self, record: Received) -> None:
        """Count one record of `outcomes.v1`, once per origin.

        Raises:
            Rejected: it is no outcome.
        """
        self._tally.add(OUTCOME.decode(record.value))

    def take_registry(self, record: Received) -> None:
        """Keep the newest version of a hoster's entry, and which hotlines there are.

        Raises:
            Rejected: it is no entry.
        """
        entry = REGISTRY.decode(record.value)
        if isinstance(entry, HotlineEntry):
            self._hotlines.add(entry.id)
        if isinstance(entry, HosterEntry):
            self.finder.know(entry)
            known = self._hosters.get(entry.id)
            if known is None or entry.version >= known.version:
                self._hosters[entry.id] = entry

    async def renew(self, *, ready: bool) -> None:
        """Work out the figures that are due and replace the view.

        None are due before the topics were read: they would be of a part of the cases, and slow
        the reading down. Figures are worked out in a thread, over lists that later records do
        not change, so the loop is never held up by a large hoster.

        Args:
            ready: the topics were read to the end that stood there at the start.
        """
        begun = self.monotonic()
        sweep = ready and (begun >= self._sweep_due_s or not self.view.ready)
        due = self._table.take_touched() if ready else set()
        if sweep:
            due |= set(self._table.groups())
        outline = self._outline(ready=ready)
        work = self._figures_by_group.prepare(due, outline.as_of)
        self.view = await asyncio.to_thread(self._work_out, work, outline)
        self._cost_s = self.monotonic() - begun
        if sweep:
            self._sweep_due_s = self.monotonic() + max(SWEEP_S, COST_SHARE * self._cost_s)

    def _outline(self, *, ready: bool) -> View:
        """Return a view of all that needs no working out, taken at one moment of the loop."""
        newest = self._positions.newest
        return View(
            ready=ready,
            stale=self.stale(),
            as_of=newest.as_of if newest else 0,
            ledger_at=self._positions.oldest_at,
            positions=self._positions.offsets(),
            hosters={id: _info(entry) for id, entry in self._hosters.items()},
            hotlines=frozenset(self._hotlines),
            intake=self._tally.counts(),
            cases=self._table.cases,
            reports=self._table.reports,
            pending_urls=self._table.pending_urls,
            pending_reports=self._table.pending_reports,
            code=newest.code if newest else "",
            method=self._positions.method,
            cost_s=self._cost_s,
        )

    def _work_out(self, work: list[GroupUpdate], outline: View) -> View:
        """Return the view with its figures; runs in a thread, one round at a time."""
        for step in work:
            moved = self._figures_by_group.moved(step)
            if moved is not None:
                self._figures[step.group] = moved
            else:
                self._figures.pop(step.group, None)
        parts = tuple(self._figures.values())
        alerting = {(part.hoster, part.role) for part in parts if watched(part)}
        shown = grouped_for_display(parts, self.settings.web.hosters_shown_max, alerting)
        if outline.ready:
            self._backlog.remember(shown)
        view = replace(
            outline,
            figures=parts,
            shown=tuple(shown),
            totals=tuple(totals(parts, outline.as_of)),
            backlog_samples=self._backlog.samples(shown),
        )
        for part in (*view.shown, *view.totals):
            for spans in part.cohorts.values():
                _ = [one.estimate for one in spans.values()]  # so that a scrape only prints it
        return view

    def stale(self) -> bool:
        """Say whether a partition's position stands still, or none was ever seen."""
        return self._positions.stale(self.monotonic())

    async def _renew_for_ever(self, names: frozenset[str]) -> None:
        while True:
            await self.renew(ready=self.view.ready or self._folded == names)
            await asyncio.sleep(max(ROUND_S, COST_SHARE * self._cost_s))
            with suppress(TimeoutError):
                async with asyncio.timeout(CALM_ROUND_S):
                    await self._news.wait()
            self._news.clear()

    async def _follow(
        self, name: str, topic: FollowedTopic, take: Callable[[Received], None]
    ) -> None:
        async for records in topic.lists():
            slices = Slices()
            for record in records:
                await taken(self.guard, record, take)
                if await slices.pause():
                    self._news.set()
            self._news.set()
            if topic.caught_up:
                # Only now: the topic is caught up when it hands out the last list, and a view
                # made between two slices of that list would be ready with a part of the cases.
                self._folded.add(name)


def _info(entry: HosterEntry) -> HosterInfo:
    return HosterInfo(name=entry.name, country=entry.country, group=entry.group, type=entry.type)
