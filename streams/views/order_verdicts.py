"""The verdict on each order of a URL, which a case's summary holds the worst of alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from schemas.closed_lists import Basis
from schemas.records.case import UrlState
from schemas.records.reports import NoticeAccepted
from streams.lifecycle.events.event_set import notice_identity
from streams.lifecycle.events.event_union import packed_notice
from streams.lifecycle.evidence.hotline_statements import counts_from
from streams.lifecycle.result.cases import evaluate_cases
from streams.lifecycle.result.norm_verdicts import JudgedCase, TermVerdict
from streams.lifecycle.result.url_context import UrlContext


class OrderVerdict(NamedTuple):
    """An order that a case is judged by, and the verdict on its term."""

    case_id: str
    term: TermVerdict


class OrderVerdicts:
    """The verdicts on orders of a URL that its cases are judged by (docs/measurement.md, rule 9.4).

    Args:
        state: of the URL.
    """

    def __init__(self, state: UrlState) -> None:
        """Find all of them."""
        judged: dict[str, JudgedCase] = {}
        evaluate_cases(state, judged=judged)
        terms = {id: one.orders for id, one in judged.items()}
        self._verdicts = dict(_verdicts(state, terms)) if terms else {}

    def of(self, order: NoticeAccepted) -> OrderVerdict | None:
        """Return the verdict on an order; None = no case is judged by it."""
        return self._verdicts.get(notice_identity(packed_notice(order)))


def _verdicts(
    state: UrlState, terms: Mapping[str, Sequence[TermVerdict]]
) -> Iterator[tuple[tuple[object, ...], OrderVerdict]]:
    url = UrlContext(state)
    for notice in state.notices:
        if notice.basis is not Basis.ORDER:
            continue
        for case_id, found in terms.items():
            at = counts_from(notice, confirmed=url.is_confirmed(notice, case_id))
            for term in found:
                if (term.ordered_at, term.norm_s) == (at, notice.term_s):
                    yield notice_identity(notice), OrderVerdict(case_id, term)
