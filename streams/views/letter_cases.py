"""The cases of a hoster as a letter to it tells them: what its page says, and second verdicts."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from schemas.closed_lists import BACKLOG, OPEN, NormVerdict
from schemas.moments import Instant
from schemas.records.case import CaseSummary, UrlState
from schemas.records.reports import HosterId, UrlKey
from streams.lifecycle.result.norm_verdicts import TermVerdict
from streams.norms.maturity import norms_apply
from streams.norms.overdue import is_overdue
from streams.rollup.row_interning import rows
from streams.views.case_list import CaseLine, found_lines, not_due

Verdicts: TypeAlias = tuple[tuple[int, NormVerdict], ...]
"""Verdicts by norm in seconds."""


class LetterCase(NamedTuple):
    """A case in a letter.

    Attributes:
        url_key: its URL's keyed hash.
        hoster: whose it is.
        line: what the hoster's page says of it.
        is_overdue: it is open, and late in the verdict now running.
        returns: how often it came back.
        again_from: from when the second verdict runs; None = none does.
        again: the second verdicts; empty where no norm applies to the case.
        again_running: norms of these, in seconds, whose time is not over.
        as_of: the instant that all of it holds for.
    """

    url_key: UrlKey
    hoster: HosterId
    line: CaseLine
    is_overdue: bool
    returns: int
    again_from: Instant | None
    again: Verdicts
    again_running: frozenset[int]
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
        if hoster in (case.hoster, case.group):
            yield from _letter_case(state.url_key, case, as_of)


def _letter_case(url_key: UrlKey, case: CaseSummary, as_of: Instant) -> Iterator[LetterCase]:
    group = case.hoster, case.role
    for _, line in found_lines(url_key, group, (), rows([case], as_of), as_of):
        again_from = case.again_noticed_at
        found = LetterCase(
            url_key=url_key,
            hoster=case.hoster,
            line=replace(line, case_id=case.case_id),
            is_overdue=line.case_class in BACKLOG and is_overdue(case),
            returns=len(case.returns),
            again_from=None,
            again=(),
            again_running=frozenset(),
            as_of=as_of,
        )
        if again_from is None or not found.has_norms:
            yield found
            continue
        again = tuple(zip(case.norms_s, case.again_verdicts, strict=False))
        is_open = line.case_class in OPEN
        running = not_due(again, again_from, None, as_of) if is_open else frozenset[int]()
        yield found._replace(again_from=again_from, again=again, again_running=running)
