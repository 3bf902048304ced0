"""Whose word calls for probes of a case, and when: checks, words after an end, terms of orders.

See docs/measurement.md, When it is probed.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from schemas.moments import Instant
from schemas.records.case import CALLS_MAX, Phase
from streams.lifecycle.evidence.told import between
from streams.lifecycle.result.course import Course
from streams.lifecycle.result.notices import Order


class Calls(NamedTuple):
    """What of a `CaseSummary` calls for probes; each at most the newest `CALLS_MAX`.

    Attributes:
        checked, told_again, order_terms: as there.
    """

    checked: tuple[Instant, ...]
    told_again: tuple[Instant, ...]
    order_terms: tuple[tuple[Instant, int], ...]


_AT = attrgetter("at")


def calls(course: Course, phases: Sequence[Phase], orders: Iterable[Order]) -> Calls:
    """Return what calls for probes of a case; the word that opened it does too.

    Args:
        course: the case.
        phases: its classes.
        orders: the standing ones.
    """
    span, words, checks = course.span, course.words, course.url.state.checks
    opened_at, ended_at = course.episode.opened_at, course.ended_at(phases)
    first = 0 if span.first else bisect_left(checks, span.since, key=_AT)
    last = len(checks) if span.until is None else bisect_left(checks, span.until, key=_AT)
    again: set[Instant] = set()
    if not span.first:
        again = {said.received_at for said in between(words, opened_at - 1, opened_at + 1)}
    if ended_at is not None:
        again |= {said.received_at for said in between(words, ended_at, span.until)}
    return Calls(
        _newest(check.received_at or check.at for check in checks[first:last]),
        _newest(again),
        tuple(sorted({(order.at, order.term_s) for order in orders})[-CALLS_MAX:]),
    )


def _newest(found: Iterable[Instant]) -> tuple[Instant, ...]:
    return tuple(sorted({*found})[-CALLS_MAX:])
