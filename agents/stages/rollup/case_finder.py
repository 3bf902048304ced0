"""Finds single cases and hosters' cases in the table of a rollup."""

import asyncio
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.closed_lists import Role
from schemas.identity.ids import case_id
from schemas.records.registry import HosterEntry
from streams.rollup.case_row import CaseRow
from streams.rollup.case_table import CaseTable, Group
from streams.views.case_list import FoundLine, HosterCases, found_lines
from streams.views.view import View

_FALLBACK: Final = re.compile("as[0-9]+")
"""The id of a hoster known by its network alone."""


@dataclass(slots=True)
class CaseFinder:
    """Finds cases.

    Attributes:
        table: of all cases.
        outline: gives what is known at this moment of the loop, without figures.
    """

    table: CaseTable
    outline: Callable[[], View]
    _owners: dict[str, set[str]] = field(default_factory=dict)

    def know(self, entry: HosterEntry) -> None:
        """Keep who a hoster belonged to: a case's id is made from it."""
        self._owners.setdefault(entry.id, set()).add(entry.group or entry.id)

    def cases_of(self, hoster: str) -> HosterCases | None:
        """Return what is held of one hoster, None where nobody knows it.

        All is of one moment, and later records do not reach it, so it can be read in a thread.
        """
        roles = {role: self.table.by_url((hoster, role)) for role in Role}
        if hoster not in self._owners and not any(roles.values()):
            return None
        held = {role: urls for role, urls in roles.items() if urls}
        return HosterCases(owners=self._owners_of(hoster), roles=held, view=self.outline())

    def _owners_of(self, hoster: str) -> frozenset[str]:
        owners = self._owners.get(hoster, set())
        if not owners or _FALLBACK.fullmatch(hoster):  # before its entry it was its own owner
            owners = owners | {hoster}
        return frozenset(owners)

    async def url_of(self, id: str, hoster: str = "") -> str | None:
        """Return the key of the URL that a case is of, None where there is no such case.

        Args:
            id: the case's.
            hoster: whose case it may be; its cases come first.
        """
        groups = sorted(self.table.groups(), key=lambda group: group[0] != hoster)
        return await self._url_in(groups, id)

    async def own_url(self, id: str, hoster: str) -> str | None:
        """Return the key of the URL of one of a hoster's cases; None = it has none of this id."""
        return await self._url_in([(hoster, role) for role in Role], id)

    async def _url_in(self, groups: Iterable[Group], id: str) -> str | None:
        for group in groups:
            urls, owners = self.table.by_url(group), self._owners_of(group[0])
            found = await asyncio.to_thread(_url_of, urls, owners, group[1], id)
            if found is not None:
                return found
        return None

    def of_urls(self, url_keys: Collection[str]) -> tuple[View, list[FoundLine]]:
        """Return the cases of some URLs, and the moment of which they are."""
        view = self.outline()
        found: list[FoundLine] = []
        for url_key in sorted(url_keys):
            for group, rows in self.table.of_url(bytes.fromhex(url_key)):
                owners = self._owners_of(group[0])
                found += found_lines(url_key, group, owners, rows, view.as_of)
        return view, found


def _url_of(
    urls: Sequence[tuple[bytes, tuple[CaseRow, ...]]], owners: Collection[str], role: Role, id: str
) -> str | None:
    for key, rows in urls:
        for owner in owners:
            for ordinal in range(len(rows)):
                if case_id(key.hex(), owner, role, ordinal) == id:
                    return key.hex()
    return None
