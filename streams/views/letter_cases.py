"""The cases of a hoster as a letter to it tells them: what its page says, and second verdicts."""

from collections.abc import Iterator
from typing import NamedTuple

from schemas.closed_lists import BACKLOG, OPEN, NormVerdict
from schemas.moments import Instant
from schemas.records.case import UrlState
from schemas.records.reports import HosterId, UrlKey
from streams.lifecycle.result.norm_verdicts import TermVerdict
from streams.norms.maturity import norms_apply
from streams.norms.overdue import is_overdue
from streams.rollup.row_interning import rows
from streams.views.case_list import CaseLine, found_lines


class LetterCase(NamedTuple):
    """A case in a letter.

    Attributes:
        url_key: its URL's keyed hash.
        hoster: whose it is.
        line: what the hoster's page says of it.
        is_overdue: it is open, and late in the verdict now running.
        returns: how often it came back.
        again_from: from when the second verdict runs; None = none does, or no norm applies.
        as_of: the instant that all of it holds for.
    """

    url_key: UrlKey
    hoster: HosterId
    line: CaseLine
    is_overdue: bool
    returns: int
    again_from: Instant | None
    as_of: Instant

    @property
    def has_norms(self) -> bool:
        """A norm applies to it, and probes on time are promised to it."""
        line = self.line
        return line.sampled and norms_apply(line.case_class, line.flags)

    def is_running(self, order: TermVerdict) -> bool:
        """Return whether the term of an order of the case is not over."""
        undetermined = order.verdict is NormVerdict.UNDETERMINED
        return undetermined and self.line.case_class in OPEN and self.as_of < order.due_at


def letter_cases(state: UrlState, hoster: HosterId, as_of: Instant) -> Iterator[LetterCase]:
    """Yield the cases of a URL that a letter to a hoster tells.

    Args:
        state: of the URL.
        hoster: its id or its owner's.
        as_of: the instant asked for; a case that begins later is left out.
    """
    for case in state.cases:
        if hoster not in (case.hoster, case.group):
            continue
        held = [(case.case_id, row) for row in rows([case], as_of)]
        for _, line in found_lines((case.hoster, case.role), held, as_of):
            found = LetterCase(
                url_key=state.url_key,
                hoster=case.hoster,
                line=line,
                is_overdue=line.case_class in BACKLOG and is_overdue(case),
                returns=len(case.returns),
                again_from=case.again_noticed_at,
                as_of=as_of,
            )
            yield found if found.has_norms else found._replace(again_from=None)
