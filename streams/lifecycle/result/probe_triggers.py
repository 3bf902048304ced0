"""Whose word calls for probes of a case, and when: checks, words after an end, terms of orders.

See docs/measurement.md, When it is probed.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from schemas.moments import Instant
from schemas.records.case import CALLS_MAX, Phase
from streams.lifecycle.evidence.between import between
from streams.lifecycle.result.case_context import CaseContext
from streams.lifecycle.result.notices import OrderTerm


class ProbeTriggers(NamedTuple):
    """What of a `CaseSummary` calls for probes; each at most the newest `CALLS_MAX`.

    Attributes:
        checked, told_again, order_terms: as there.
    """

    checked: tuple[Instant, ...]
    told_again: tuple[Instant, ...]
    order_terms: tuple[tuple[Instant, int], ...]


_AT = attrgetter("at")


def probe_triggers(
    context: CaseContext, phases: Sequence[Phase], orders: Iterable[OrderTerm]
) -> ProbeTriggers:
    """Return what calls for probes of a case; the word that opened it does too."""
    scope, statements, checks = context.scope, context.statements, context.url.state.checks
    opened_at, ended_at = context.history.opened_at, context.ended_at(phases)
    mine = between(checks, None if scope.first else scope.since, scope.until, _AT)
    again: set[Instant] = set()
    if not scope.first:
        again = {one.received_at for one in between(statements, opened_at, opened_at + 1, _AT)}
    if ended_at is not None:
        again |= {one.received_at for one in between(statements, ended_at + 1, scope.until, _AT)}
    return ProbeTriggers(
        _newest(check.received_at or check.at for check in mine),
        _newest(again),
        tuple(sorted({(order.at, order.term_s) for order in orders})[-CALLS_MAX:]),
    )


def _newest(found: Iterable[Instant]) -> tuple[Instant, ...]:
    return tuple(sorted({*found})[-CALLS_MAX:])
