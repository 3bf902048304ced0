"""The verdict on each order of a URL, which a case's summary holds the worst of alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from schemas.closed_lists import Basis
from schemas.moments import Instant
from schemas.records.case import UrlState
from schemas.records.case_events import PackedNotice
from schemas.records.reports import NoticeAccepted
from streams.lifecycle.events.event_set import notice_identity
from streams.lifecycle.events.event_union import packed_notice
from streams.lifecycle.evidence.hotline_statements import counts_from
from streams.lifecycle.result.cases import evaluate_cases
from streams.lifecycle.result.norm_verdicts import JudgedCase, TermVerdict
from streams.lifecycle.result.url_context import UrlContext

_NO_TERM_S: Final = 3_155_760_000
"""A century. An order without a term is judged as if it had one that never runs out."""


class OrderVerdict(NamedTuple):
    """An order that a case is judged by, and the verdict on its term.

    Attributes:
        case_id: the case.
        term: what came of it; of an order without a term whether it was kept, and never `late`.
    """

    case_id: str
    term: TermVerdict

    @property
    def due_at(self) -> Instant | None:
        """When its term runs out; None = it has none."""
        return None if self.term.norm_s == _NO_TERM_S else self.term.due_at


class OrderVerdicts:
    """The verdicts on orders of a URL that its cases are judged by (docs/measurement.md, rule 9.4).

    Args:
        state: of the URL.
    """

    def __init__(self, state: UrlState) -> None:
        """Find all of them."""
        judged: dict[str, JudgedCase] = {}
        state = replace(state, notices=tuple([_with_term(one) for one in state.notices]))
        evaluate_cases(state, judged=judged)
        terms = {id: one.orders for id, one in judged.items()}
        self._verdicts = dict(_verdicts(state, terms)) if terms else {}

    def of(self, order: NoticeAccepted) -> OrderVerdict | None:
        """Return the verdict on an order; None = no case is judged by it."""
        return self._verdicts.get(notice_identity(packed_notice(order)))


def _with_term(notice: PackedNotice) -> PackedNotice:
    if notice.basis is not Basis.ORDER or notice.term_s is not None:
        return notice
    return replace(notice, term_s=_NO_TERM_S)


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
