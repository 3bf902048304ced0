"""The file of a letter: a line for each notice of a case, and one for a case without any.

The first columns are of the notice. Those from `case_id` on are of the case, and the same in each
of its lines.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from agents.edges.files.csv_text import csv_text
from agents.tools.letter.notices import Referenced
from agents.tools.letter.reading import ToldCases
from schemas.closed_lists import NormVerdict
from schemas.moments import Instant, rfc3339
from schemas.records.reports import UrlKey
from streams.lifecycle import METHOD_VERSION
from streams.norms.maturity import AUTHORITY_ORDER
from streams.views.letter_cases import LetterCase

NOT_DUE: Final = "not_due_yet"
"""Stands for the verdict of a norm whose time is not over."""

_NOTICE: Final = (
    *("reference", "hotline", "basis", "result", "noticed_at", "backdated", "effect"),
    *("own_term", "within_own_term"),
)
_SECONDS_IN_HOUR: Final = 3_600


def cases_csv(told: ToldCases, urls: Mapping[UrlKey, str]) -> str:
    """Return the lines of a hoster's cases.

    Args:
        told: the cases, with their notices.
        urls: those that a person had opened, by their keys; without any there is no such column.
    """
    cases = told.cases
    terms = sorted({one for case in cases for one, _ in case.line.verdicts}, key=_by_length)
    again = sorted({one for case in cases for one, _ in case.line.second})
    names = [
        *(*_NOTICE, "case_id", "hoster", "role", "class", "clock_from", "last_seen_at", "gone_at"),
        *(f"within_{_term(one)}" for one in terms),
        *("returns", "again_from", *(f"again_within_{_term(one)}" for one in again)),
        *("flags", "as_of", "method", *(("url",) if urls else ())),
    ]
    return csv_text(names, _rows(told, urls, (terms, again)))


def _rows(
    told: ToldCases, urls: Mapping[UrlKey, str], norms: tuple[Sequence[int], Sequence[int]]
) -> Iterator[list[object]]:
    for case in told.cases:
        said = [*_case(case, *norms), *([urls.get(case.url_key)] if urls else [])]
        mine = told.notices.get(case.line.case_id or "", ())
        for one in mine:
            yield [*_notice(one, case), *said]
        if not mine:
            yield [None] * len(_NOTICE) + said


def _notice(one: Referenced, case: LetterCase) -> Iterator[object]:
    yield from (one.reference, one.hotline, one.basis, one.result, _text(one.noticed_at))
    yield from ("yes" if one.is_backdated else None, one.effect)
    if one.order is None or not case.has_norms:
        yield from (None, None)
    else:
        yield from (
            _term(one.order.norm_s),
            NOT_DUE if case.is_running(one.order) else one.order.verdict,
        )


def _case(case: LetterCase, terms: Sequence[int], again: Sequence[int]) -> Iterator[object]:
    line = case.line
    yield from (line.case_id, case.hoster, line.role, line.case_class)
    yield from map(_text, (line.noticed_at, line.last_seen_at, line.gone_at))
    yield from _verdicts(terms, dict(line.verdicts), line.running)
    yield from (case.returns, _text(case.again_from))
    yield from _verdicts(again, dict(case.line.second), case.line.second_running)
    yield from (";".join(line.flags), rfc3339(case.as_of), METHOD_VERSION)


def _verdicts(
    terms: Iterable[int], verdicts: Mapping[int, NormVerdict], running: frozenset[int]
) -> Iterator[str | None]:
    for term in terms:
        yield NOT_DUE if term in running else verdicts.get(term)


def _by_length(term: int) -> tuple[bool, int]:
    return term == AUTHORITY_ORDER, term


def _term(norm_s: int) -> str:
    return "order" if norm_s == AUTHORITY_ORDER else f"{norm_s / _SECONDS_IN_HOUR:g}h"


def _text(at: Instant | None) -> str | None:
    return None if at is None else rfc3339(at)
