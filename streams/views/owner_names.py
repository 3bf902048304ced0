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
        self._spells = hosting_spells_of(state)[0] if _were_there_others(state) else []

    def of(self, case: CaseSummary) -> frozenset[HosterId]:
        """Return who counts as the owner of a case; nobody is `unknown`."""
        mine = frozenset({case.hoster, case.group})
        known = [spell.owners for spell in self._spells if spell.group == case.group]
        return mine.union(*known) - {UNKNOWN}

    def probed(self, case: CaseSummary) -> frozenset[HosterId]:
        """Return whom probes of a case were made for: where a decision gave it away, the others."""
        if case.served is None:
            return self.of(case)
        hoster, _ = case.served
        known = [spell.owners for spell in self._spells if hoster in spell.hosters]
        return frozenset({hoster}).union(*known) - {UNKNOWN}

    def of_hoster(self, hoster: HosterId, cases: Iterable[CaseSummary]) -> frozenset[HosterId]:
        """Return the names of a hoster in its cases; none where it has no case.

        Args:
            hoster: its id or its owner's.
            cases: of the URL.
        """
        mine = [self.of(case) for case in cases if hoster in (case.hoster, case.group)]
        return frozenset[HosterId]().union(*mine)


def _were_there_others(state: UrlState) -> bool:
    """Return whether a name may be missing in a case; where one place is known, none is."""
    return len(state.placements) > 1 or any(place.formerly for place in state.placements)
