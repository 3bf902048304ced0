"""Makes a report from the ledger, folded up to a stated position.

Its cases depend on that position, the period and the parameters alone: whatever the order in which
the ledger's topics are read, whatever was appended since, and however often the reading was begun.
Names of hosters, who is a natural person, and what two persons set aside are as they stand now.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import msgspec

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.registry.reader import read_registry
from agents.tools.report.bridge import Bridge, Publication, bridged
from agents.tools.report.context import NOTHING_ELSE, MethodChange, ReportContext
from agents.tools.report.reading.partition import PartitionCases, PartitionTask
from agents.tools.report.reading.partitions import parts_of
from agents.tools.report.reading.position import Positions, ground_of
from agents.tools.report.reading.two_methods import ByTwo
from agents.tools.report.reading.working_folder import WorkingFolder
from schemas.records.registry import MethodEntry
from schemas.records.reports import HosterId
from streams.report.cohort import Cohort, pseudonym
from streams.report.figures.of_report import ReportFigures, figures
from streams.report.hosters_of_report import ReportHosters, judged
from streams.report.judged_minimum import NamingReason
from streams.report.published_case import PublishedCase
from streams.report.published_names import renamed

_JUDGED: Final = frozenset({NamingReason.NAMED, NamingReason.NOT_BELOW})
PERSON: Final = "other"
"""Why a natural person's case is left out, as `streams.report.cohort` has it."""


class ReadOptions(NamedTuple):
    """How the ledger of a report is read.

    Attributes:
        methods: two methods that lay the period side by side; None = nobody asks.
        positions: up to where; None = up to where lifecycle is.
        kept: holds what is read, so that who is interrupted goes on; None = nothing is kept.
    """

    methods: tuple[str, str] | None = None
    positions: Positions | None = None
    kept: WorkingFolder | None = None


AS_IT_STANDS: Final = ReadOptions()


class LedgerExtract(NamedTuple):
    """What was read of a ledger: its cases of the cohort, the position, and who was left out."""

    cases: list[PublishedCase]
    positions: Positions
    left_out: "Counter[str]"
    two: ByTwo | None


@dataclass(frozen=True)
class PeriodReport:
    """A report before it is written.

    Attributes:
        cohort: its period and norm.
        threshold: share within the norm that a hoster must not lie below.
        positions: ledger positions that it was made at.
        cases: hosters that are not judged have pseudonyms.
        hosters: what is said of the hosters, likewise.
        context: what is said besides.
        bridge: the period by two methods; None = nobody asked.
    """

    cohort: Cohort
    threshold: float
    positions: Positions
    cases: list[PublishedCase]
    hosters: ReportHosters
    context: ReportContext = NOTHING_ELSE
    bridge: Bridge | None = None

    @cached_property
    def figures(self) -> ReportFigures:
        """What is shown beside the rows of hosters; worked out once."""
        return figures(self.cases, self.hosters, self.cohort)


async def reported(
    settings: Settings,
    cohort: Cohort,
    threshold: float,
    step: Callable[[int, int], None],
    context: ReportContext = NOTHING_ELSE,
    *,
    reading: ReadOptions = AS_IT_STANDS,
) -> PeriodReport:
    """Read the cases of a period and judge their hosters.

    Args:
        settings: with `kafka.bootstrap` and the key file set.
        cohort: the period and its norm.
        threshold: share within the norm, 0 to 1.
        step: told the partitions read and all of them.
        context: what is said besides; names, methods and who is left out come from the ledger.
        reading: up to where the ledger is read, by which methods, and where that is kept.

    Raises:
        UserError: the broker has no cases, they cannot be read, or the period was not watched to
            its end; or what was kept is of another reading.
        KafkaError, TimeoutError: the broker failed.
    """
    hash = Keyring.load(settings.key_file).hash
    ledger = await _ledger(settings, cohort, step, reading)
    hosters = judged(ledger.cases, cohort.norm_s, threshold)
    names = {
        row.hoster: row.hoster if row.reason in _JUDGED else pseudonym(row.hoster, cohort, hash)
        for row in hosters.rows
    }
    cases = renamed(ledger.cases, names, cohort, hash)
    again = judged(cases, cohort.norm_s, threshold)  # in the order of the published names
    said = await _of_registry(settings, [name for name in names.values() if name in names], cohort)
    said = msgspec.structs.replace(
        context,
        names=said.names,
        methods=said.methods,
        left_out=dict(sorted(ledger.left_out.items())),
    )
    bridge = None
    if ledger.two is not None and reading.methods is not None:
        named = Publication(cohort, threshold, names, hash)
        bridge = bridged(ledger.two, reading.methods, named)
    return PeriodReport(cohort, threshold, ledger.positions, cases, again, said, bridge)


async def _of_registry(settings: Settings, judged: Iterable[str], cohort: Cohort) -> ReportContext:
    """Return the names of judged hosters at the end of the period, and the methods till then."""
    registry_history = await read_registry(settings)
    hosters = registry_history.at(cohort.to_at).hosters
    changes = [
        MethodChange(method=one.id, from_at=one.valid_from, summary=one.summary)
        for one in registry_history.all_newest()
        if isinstance(one, MethodEntry) and one.valid_from <= cohort.as_of
    ]
    return ReportContext(
        names={id: hosters[id].name for id in sorted(judged) if id in hosters},
        methods=tuple(sorted(changes, key=lambda one: (one.from_at, one.method))),
    )


async def _ledger(
    settings: Settings, cohort: Cohort, step: Callable[[int, int], None], reading: ReadOptions
) -> LedgerExtract:
    kept, positions = reading.kept, reading.positions
    if kept is not None and kept.stated is not None:
        positions = kept.stated.positions
    stated, signed = await ground_of(settings, cohort.as_of, positions)
    if kept is not None:
        kept.begin(stated)
    tasks = [
        PartitionTask(
            settings, part, stated.positions.get(str(part), {}), signed, cohort, reading.methods
        )
        for part in range(stated.partitions)
    ]
    parts = await parts_of(tasks, kept, step)
    return _together(parts, stated.positions, await natural_persons(settings))


def _together(
    parts: Iterable[PartitionCases], positions: Positions, persons: frozenset[HosterId]
) -> LedgerExtract:
    """Return what all partitions give, natural persons left out and counted."""
    found = LedgerExtract([], positions, Counter(), None)
    both = ByTwo()
    for part in parts:
        found.left_out.update(part.left_out)
        for case in part.cases:
            if case.hoster in persons:
                found.left_out[PERSON] += 1
            else:
                found.cases.append(case)
        if part.two is not None:
            found = found._replace(two=both)
            both.first += [one for one in part.two.first if one.hoster not in persons]
            both.second += [one for one in part.two.second if one.hoster not in persons]
            both.changed += [one for one in part.two.changed if one.hoster not in persons]
    return found


async def natural_persons(settings: Settings) -> frozenset[HosterId]:
    """Return the names of hosters that are natural persons, who are never named.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
    """
    persons = (await read_registry(settings)).natural_persons()
    return frozenset[HosterId]().union(*persons.values())
