"""Makes a report from the table of cases.

It depends on the ledger's position, the period and the parameters alone, whatever the order in
which the ledger's topics are read.
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
from agents.errors import UserError
from agents.tools.report.context import NOTHING_ELSE, Context, MethodChange
from agents.tools.verification import read
from schemas.moments import rfc3339
from schemas.records.case import Position
from schemas.records.ledger import HosterId
from schemas.records.registry import HosterEntry, MethodEntry
from streams.lifecycle import METHOD_VERSION
from streams.report.cohort import Cohort, Hash, left_out, pseudonym
from streams.report.field import Field, judged
from streams.report.figures.of_report import Figures, figures
from streams.report.naming_gate import Reason
from streams.report.published_case import PublishedCase
from streams.report.published_names import renamed
from streams.report.published_state import published_of

_JUDGED: Final = frozenset({Reason.NAMED, Reason.NOT_BELOW})
PERSON: Final = "other"
"""Why a natural person's case is left out, as `streams.report.cohort` has it."""

Positions = dict[str, dict[str, int]]
"""Of each partition the next offset of each topic."""


class Ledger(NamedTuple):
    """What was read of a ledger: its cases of the cohort, the position, and who was left out."""

    cases: list[PublishedCase]
    positions: Positions
    left_out: "Counter[str]"


@dataclass(frozen=True)
class Report:
    """A report before it is written.

    Attributes:
        cohort: its period and norm.
        threshold: share within the norm that a hoster must not lie below.
        positions: ledger positions that it was made at.
        cases: hosters that are not judged have pseudonyms.
        field: what is said of the hosters, likewise.
        context: what is said besides.
    """

    cohort: Cohort
    threshold: float
    positions: Positions
    cases: list[PublishedCase]
    field: Field
    context: Context = NOTHING_ELSE

    @cached_property
    def figures(self) -> Figures:
        """What is shown beside the field; worked out once."""
        return figures(self.cases, self.field, self.cohort)


async def reported(
    settings: Settings,
    cohort: Cohort,
    threshold: float,
    step: Callable[[int, int], None],
    context: Context = NOTHING_ELSE,
) -> Report:
    """Read the cases of a period and judge their hosters.

    Args:
        settings: with `kafka.bootstrap` and the key file set.
        cohort: the period and its norm.
        threshold: share within the norm, 0 to 1.
        step: told the partitions read and all of them.
        context: what is said besides; names, methods and who is left out come from the ledger.

    Raises:
        UserError: the broker has no cases, they cannot be read, or the period was not watched to
            its end.
        KafkaError, TimeoutError: the broker failed.
    """
    hash = Keyring.load(settings.key_file).hash
    ledger = await _ledger(settings, cohort, hash, step)
    field = judged(ledger.cases, cohort.norm_s, threshold)
    names = {
        row.hoster: row.hoster if row.reason in _JUDGED else pseudonym(row.hoster, cohort, hash)
        for row in field.rows
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
    return Report(cohort, threshold, ledger.positions, cases, again, said)


async def _of_registry(settings: Settings, judged: Iterable[str], cohort: Cohort) -> Context:
    """Return the names of judged hosters at the end of the period, and the methods till then."""
    book = await read_registry(settings)
    hosters = book.at(cohort.to_at).hosters
    changes = [
        MethodChange(method=one.id, from_at=one.valid_from, summary=one.summary)
        for one in book.all_newest()
        if isinstance(one, MethodEntry) and one.valid_from <= cohort.as_of
    ]
    return Context(
        names={id: hosters[id].name for id in sorted(judged) if id in hosters},
        methods=tuple(sorted(changes, key=lambda one: (one.from_at, one.method))),
    )


async def _ledger(
    settings: Settings, cohort: Cohort, hash: Hash, step: Callable[[int, int], None]
) -> Ledger:
    there, persons = await read.tables(settings), await natural_persons(settings)
    found = Ledger([], {}, Counter())
    for partition in there.partitions:
        table = await read.table(settings, partition, there.holds)
        if table.position is not None:
            _is_watched(table.position, cohort)
            found.positions[str(partition)] = dict(sorted(table.position.offsets.items()))
            _take(table.states.values(), (cohort, hash, persons), found)
        step(partition + 1, len(there.partitions))
    return found


def _is_watched(position: Position, cohort: Cohort) -> None:
    if position.as_of < cohort.as_of:
        raise UserError(
            f"the ledger is read up to {rfc3339(position.as_of)}; this report needs it up to"
            f" {rfc3339(cohort.as_of)}, 31 days after --to"
        )
    if position.method != METHOD_VERSION:
        raise UserError("the table of cases is of another method: let lifecycle renew it first")


async def natural_persons(settings: Settings) -> frozenset[HosterId]:
    """Return the hosters that are natural persons, who are never named.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
    """
    entries = (await read_registry(settings)).all_newest()
    return frozenset(
        one.id for one in entries if isinstance(one, HosterEntry) and one.natural_person
    )


def _take(
    states: Iterable[bytes], by: tuple[Cohort, Hash, frozenset[HosterId]], found: Ledger
) -> None:
    cohort, hash, persons = by
    for value in states:
        state = read.state_of(value)
        for case in state.cases:
            made = published_of(case, state, cohort, hash)
            if made is not None and made.hoster in persons:
                found.left_out[PERSON] += 1
            elif made is not None:
                found.cases.append(made)
            elif (reason := left_out(case, cohort)) is not None:
                found.left_out[reason] += 1
