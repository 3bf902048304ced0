"""Finds cases in `cases.v1`: by what is asked of them, by their id, or by a hotline's own id."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from agents.config import Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.lookup.ledger import names_of, url_named
from agents.errors import UserError
from agents.tools.verification import read
from schemas.moments import Instant
from schemas.topics import REPORTS
from streams.views.case_search import CaseFilter, FoundCase, found_cases

CASES_MAX: Final = 1_000_000
"""Cases that one answer holds, some 400 bytes each; who asks for more has to ask for less."""


@dataclass(frozen=True, slots=True)
class FoundCases:
    """What was found.

    Attributes:
        as_of: the oldest instant up to which a partition's table is the fold of its ledger.
        cases: oldest clock first; those without one follow, oldest report first.
    """

    as_of: Instant
    cases: tuple[FoundCase, ...]


async def search(settings: Settings, wanted: CaseFilter) -> FoundCases:
    """Return the cases that a filter asks for.

    Args:
        settings: with `kafka.bootstrap` set.
        wanted: which cases.

    Raises:
        UserError: the broker has no table of cases, or too many cases are asked for.
        KafkaError, TimeoutError: the broker failed.
    """
    return await _answer(settings, await read.tables(settings), wanted, None)


async def find(settings: Settings, hotline: str, own_id: str) -> FoundCases:
    """Return the cases of the URLs that a hotline's own id names.

    Args:
        settings: with `kafka.bootstrap` and the key file set.
        hotline: whose id it is.
        own_id: of a record, or the reference, message or envelope id of a notice.

    Raises:
        UserError: there is no key file, or what `search` raises.
        KafkaError, TimeoutError: the broker failed.
    """
    hash = Keyring.load(settings.key_file).hash
    names = {hotline: names_of(hash, hotline, own_id)}
    there = await read.tables(settings)
    url_keys: set[str] = set()
    async for values in read.values(settings, REPORTS.name, there.partitions, there.signed):
        url_keys |= {key for value in values if (key := url_named(value, names)) is not None}
    return await _answer(settings, there, CaseFilter(), url_keys)


async def _answer(
    settings: Settings,
    there: read.LedgerTables,
    wanted: CaseFilter,
    url_keys: Collection[str] | None,
) -> FoundCases:
    found: list[FoundCase] = []
    instants = []
    for partition in there.partitions:
        table = await read.table(settings, partition, there.signed)
        if table.position is None:
            continue
        instants.append(table.position.as_of)
        found += _of_partition(table, wanted, url_keys)
        if len(found) > CASES_MAX:
            raise UserError(f"more than {CASES_MAX:,} cases are asked for: ask for fewer")
    return FoundCases(min(instants, default=0), tuple(sorted(found, key=_oldest_first)))


def _of_partition(
    table: read.PartitionTable, wanted: CaseFilter, url_keys: Collection[str] | None
) -> Iterator[FoundCase]:
    as_of = table.position.as_of if table.position else 0
    for url_key, value in table.states.items():
        if url_keys is None or url_key in url_keys:
            yield from found_cases(url_key, read.state_of(value).cases, wanted, as_of)


def _oldest_first(case: FoundCase) -> tuple[bool, Instant, str]:
    at = case.noticed_at
    return at is None, case.reported_at if at is None else at, case.case_id
