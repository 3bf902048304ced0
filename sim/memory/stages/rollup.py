"""The rollup in memory: figures read off `cases.v1` and `outcomes.v1`, joined to no group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from schemas.codec import OUTCOME, POSITION
from schemas.moments import HOUR_MS, Instant
from schemas.records.case import POSITION_KEY
from schemas.topics import CASES, OUTCOMES
from sim.memory.broker.broker import PARTITIONS, Broker, Place
from streams.rollup.case_figures import totals
from streams.rollup.case_table import CaseTable, Group
from streams.rollup.figures import HosterFigures
from streams.rollup.incremental_figures import Standings
from streams.rollup.intake_counts import IntakeTally

MOVED_MS: Final = 3 * HOUR_MS
"""Figures are moved on this often while records come; with each it took a fifth of a run."""


@dataclass(slots=True)
class Positions:
    """Listens to the positions of lifecycle, which only go on.

    Attributes:
        broker: what is read.
        back: positions that went back, as where a zombie's older state became the newest.
    """

    broker: Broker
    back: int = 0
    _known: dict[int, Mapping[str, int]] = field(default_factory=dict)

    def told(self, partition: int) -> None:
        """Look at the record that was just written to a partition of `cases.v1`."""
        newest = self.broker.log(CASES.name, partition).records[-1]
        if not newest.key.startswith(POSITION_KEY):
            return
        offsets, known = POSITION.decode(newest.value).offsets, self._known.get(partition, {})
        self.back += any(offsets.get(topic, 0) < offset for topic, offset in known.items())
        self._known[partition] = offsets


@dataclass(slots=True)
class Rollup:
    """One replica.

    Attributes:
        table: all cases.
        tally: what became of the hotlines' records.
        standings: the figures, as they were moved on last.
    """

    table: CaseTable = field(default_factory=CaseTable)
    tally: IntakeTally = field(default_factory=IntakeTally)
    standings: Standings = field(init=False)
    _moved_at: Instant = 0
    _offsets: dict[Place, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read figures off the table, moved on by every change however much changes at once."""
        self.standings = Standings(self.table, anew=0)

    def follow(self, broker: Broker, as_of: Instant) -> None:
        """Read on to the end of both topics.

        Args:
            broker: what is read.
            as_of: figures of earlier instants will not be asked for.
        """
        for partition in range(PARTITIONS):
            for topic in (CASES.name, OUTCOMES.name):
                log = broker.log(topic, partition)
                since = self._offsets.get((topic, partition), 0)
                self._offsets[topic, partition] = log.end
                for record in log.since(since):
                    if topic == OUTCOMES.name:
                        self.tally.add(OUTCOME.decode(record.value))
                    else:
                        self.take(record.key, record.value, as_of)
        if as_of - self._moved_at >= MOVED_MS:
            self._moved_at = as_of
            self._moved(self.table.take_touched(), as_of)

    def take(self, key: bytes, value: bytes, as_of: Instant) -> None:
        """Take in a record of `cases.v1`."""
        if not key.startswith(POSITION_KEY):
            self.table.put_record(bytes.fromhex(key.decode()), value, as_of)

    def figures(self, as_of: Instant) -> list[HosterFigures]:
        """Return the figures of all hosters, and their sums."""
        parts = self._moved(sorted(self.table.groups()), as_of)
        return [*parts, *totals(parts, as_of)]

    def _moved(self, groups: Iterable[Group], as_of: Instant) -> list[HosterFigures]:
        """Move the figures of groups on, as the product's rollup does."""
        steps = self.standings.prepare(groups, as_of)
        return [part for part in map(self.standings.moved, steps) if part is not None]
