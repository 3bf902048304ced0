"""All names that an owner has, or had, at a URL: whoever speaks by one of them speaks for it.

Rules 1.5, 1.6 and 2.1 of docs/measurement.md: a case goes on under another name, and a notice to
either counts. So who got a notice, who answered and whom a probe was made for is never held against
a case's present hoster and owner alone.
"""

from collections.abc import Iterable

from schemas.records.case import CaseSummary, UrlState
from schemas.records.reports import HosterId
from streams.lifecycle.evidence.hosting_spells import UNKNOWN
from streams.lifecycle.result.cases import hosting_spells_of


class OwnerNames:
    """The names of the owners of a URL.

    Args:
        state: of the URL.
    """

    def __init__(self, state: UrlState) -> None:
        """Find them; once for all cases of the URL."""
        self._known: list[tuple[HosterId, frozenset[HosterId]]] = []
        if _were_there_others(state):
            self._known = [(spell.group, spell.owners) for spell in hosting_spells_of(state)[0]]

    def of(self, case: CaseSummary) -> frozenset[HosterId]:
        """Return who counts as the owner of a case; nobody is `unknown`."""
        return self._with(case.hoster, case.group)

    def probed(self, case: CaseSummary) -> frozenset[HosterId]:
        """Return whom probes of a case were made for: where a decision gave it away, the others."""
        return self._with(*case.probed_at)

    def of_hoster(self, hoster: HosterId, cases: Iterable[CaseSummary]) -> frozenset[HosterId]:
        """Return the names of a hoster in its cases; none where it has no case.

        Args:
            hoster: its id or its owner's.
            cases: of the URL.
        """
        mine = [self.of(case) for case in cases if hoster in (case.hoster, case.group)]
        return frozenset[HosterId]().union(*mine)

    def _with(self, hoster: HosterId, group: HosterId) -> frozenset[HosterId]:
        mine = frozenset({hoster, group})
        return mine.union(*(names for known, names in self._known if known == group)) - {UNKNOWN}


def _were_there_others(state: UrlState) -> bool:
    """Return whether a name may be missing in a case; where one place is known, none is."""
    return len(state.placements) > 1 or any(place.formerly for place in state.placements)
