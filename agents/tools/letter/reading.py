"""Reads what a letter tells: a hoster's cases, and the notices of each."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agents.config import Settings
from agents.edges.crypto.key_reading import read_keys
from agents.errors import UserError
from agents.tools.case_search import CASES_MAX
from agents.tools.letter.notices import Referenced, notices_of
from agents.tools.verification import read
from schemas.closed_lists import Role
from schemas.moments import Instant
from schemas.records.reports import HosterId
from streams.views.case_notices import CaseNotices
from streams.views.letter_cases import LetterCase, letter_cases

_ROLES = tuple(Role)


class ToldCases(NamedTuple):
    """What a letter tells.

    Attributes:
        as_of: the oldest instant up to which a partition's table is the fold of its ledger.
        cases: by role, and of a role the oldest clock first; those without one follow, oldest
            report first.
        notices: to the hoster, by the id of their case, oldest first.
    """

    as_of: Instant
    cases: Sequence[LetterCase]
    notices: Mapping[str, Sequence[Referenced]]


async def read_cases(settings: Settings, hoster: HosterId) -> ToldCases:
    """Return the cases of a hoster with their notices, a partition at a time.

    Args:
        settings: name the broker and the key file.
        hoster: its id or its owner's.

    Raises:
        UserError: it has no case, or too many; there is no key file; or the broker has no cases.
        KafkaError, TimeoutError: the broker failed.
    """
    there, keys = await read.tables(settings), await read_keys(settings)
    cases: list[LetterCase] = []
    notices: dict[str, Sequence[Referenced]] = {}
    instants: list[Instant] = []
    for partition in there.partitions:
        table = await read.table(settings, partition, there.signed)
        if table.position is None:
            continue
        instants.append(table.position.as_of)
        found = _of_table(table, hoster, table.position.as_of)
        cases += [one for mine, _ in found.values() for one in mine]
        if len(cases) > CASES_MAX:
            raise UserError(f"{hoster} has more than {CASES_MAX:,} cases")
        if found:
            urls = {url_key: placed for url_key, (_, placed) in found.items()}
            told = await notices_of(settings, keys, (partition, there.signed), urls)
            mine = {one.line.case_id for one in cases}
            notices |= {id: said for id, said in told.items() if id in mine}
    if not cases:
        raise UserError(f"{hoster} has no case")
    return ToldCases(min(instants), sorted(cases, key=_by_role), notices)


def _of_table(
    table: read.PartitionTable, hoster: HosterId, as_of: Instant
) -> dict[str, tuple[Sequence[LetterCase], CaseNotices]]:
    """Return by URL the cases of a hoster, and where the URL's notices belong."""
    found: dict[str, tuple[Sequence[LetterCase], CaseNotices]] = {}
    for url_key, value in table.states.items():
        state = read.state_of(value)
        mine = list(letter_cases(state, hoster, as_of))
        if mine:
            found[url_key] = mine, CaseNotices(state)
    return found


def _by_role(case: LetterCase) -> tuple[int, bool, Instant, str]:
    line = case.line
    at = line.reported_at if line.noticed_at is None else line.noticed_at
    return _ROLES.index(line.role), line.noticed_at is None, at, line.case_id or ""
