"""Finds single cases and hosters' cases in the table of a rollup."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from schemas.closed_lists import Role
from schemas.records.registry import HosterEntry
from streams.rollup.case_table import CaseTable, Group, HeldCases
from streams.views.case_list import FoundLine, HosterCases, found_lines
from streams.views.view import View


@dataclass(slots=True)
class CaseFinder:
    """Finds cases.

    Attributes:
        table: of all cases.
        outline: gives what is known at this moment of the loop, without figures.
    """

    table: CaseTable
    outline: Callable[[], View]
    _known: set[str] = field(default_factory=set)

    def know(self, entry: HosterEntry) -> None:
        """Keep that there is a hoster, with or without a case."""
        self._known.add(entry.id)

    def cases_of(self, hoster: str) -> HosterCases | None:
        """Return what is held of one hoster, None where nobody knows it.

        All is of one moment, and later records do not reach it, so it can be read in a thread.
        """
        held = {role: self.table.held((hoster, role)) for role in Role}
        roles = {role: cases for role, cases in held.items() if cases.urls}
        if hoster not in self._known and not roles:
            return None
        return HosterCases(roles=roles, view=self.outline())

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
            found = await asyncio.to_thread(_url_of, self.table.held(group), id)
            if found is not None:
                return found
        return None

    def of_urls(self, url_keys: Collection[str]) -> tuple[View, list[FoundLine]]:
        """Return the cases of some URLs, and the moment of which they are."""
        view = self.outline()
        found: list[FoundLine] = []
        for url_key in sorted(url_keys):
            for group, cases in self.table.of_url(bytes.fromhex(url_key)):
                found += found_lines(group, cases, view.as_of)
        return view, found


def _url_of(held: HeldCases, id: str) -> str | None:
    for key, rows in held.urls:
        if any(held.ids.of(key, ordinal) == id for ordinal in range(len(rows))):
            return key.hex()
    return None
