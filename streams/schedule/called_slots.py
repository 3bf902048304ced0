"""The slots beside the timetable: somebody's word calls for a probe, or an order's own term does.

See docs/measurement.md, When it is probed.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from schemas.moments import HOUR_MS, MINUTE_MS, SECOND_MS, Instant
from schemas.records.case import CaseSummary
from streams.schedule.steps import (
    URL_ALONE,
    WINDOW_MIN_MS,
    WITH_CONTROLS,
    Slot,
    at_once,
    drawn,
    slot_at,
    window,
)
from streams.timetable import NO_JITTER_H, ORDER_JITTER, ORDER_MARGIN

REPEAT_STEP_MS: Final = 10 * MINUTE_MS


class Called(NamedTuple):
    """Slots beside the timetable, in order of time.

    Attributes:
        while_open: all of them.
        always: those that are of use once the case has ended, too.
        repeated: those at which a resolution is repeated that left open where the URL is. In doubt
            it is anyway.
    """

    while_open: Sequence[Slot]
    always: Sequence[Slot]
    repeated: Sequence[Slot] = ()


_NONE: Final = Called((), ())


def called_for(case: CaseSummary) -> Called:
    """Return the slots of a case beside its timetable.

    An answer of its hoster, a check, and a hotline's word after an end bring one each at once. So
    does a case that opened after its notice. An order's own term brings one on both its sides.
    """
    repeated = [slot for span in case.resolutions_repeated for slot in _repeated(*span)]
    anchor = case.opened_at if case.noticed_at is None else case.noticed_at
    is_late = anchor < case.opened_at  # told before it was known to be here
    if not (is_late or case.answered or case.checked or case.told_again or case.order_terms):
        return _NONE._replace(repeated=repeated) if repeated else _NONE
    always = sorted((at_once(at) for at in {*case.checked, *case.told_again}), key=slot_at)
    while_open = [*always, *(at_once(at) for at in case.answered)]
    if is_late:
        while_open.append(at_once(case.opened_at))
    while_open += term_slots(case)
    return Called(sorted(while_open, key=slot_at), always, repeated)


def _repeated(since: Instant, until: Instant) -> Iterator[Slot]:
    """Yield the slots of a span in which resolutions leave open where the URL is.

    The last one lies at its end: a move is decided 24 h after the last resolution with the owner.
    """
    for at in range(since + REPEAT_STEP_MS, until + 1, REPEAT_STEP_MS):
        yield Slot(at, at + WINDOW_MIN_MS, URL_ALONE)


def term_slots(case: CaseSummary) -> Sequence[Slot]:
    """Return the slots around the own terms of a case's orders."""
    return [slot for order in case.order_terms for slot in _around_term(case, *order)]


def _around_term(case: CaseSummary, from_at: Instant, term_s: int) -> Iterator[Slot]:
    """Yield the two slots of an order: shortly before its term ends, and as long after it."""
    term_ms = term_s * SECOND_MS
    jitter_ms = ORDER_JITTER * term_ms * drawn(case, "order", from_at, term_s)
    anchor = case.opened_at if case.noticed_at is None else case.noticed_at
    for part in (1 - ORDER_MARGIN, 1 + ORDER_MARGIN):
        planned = from_at + round(part * term_ms)
        at = planned + round(jitter_ms)
        if any(planned < anchor + norm * HOUR_MS <= at for norm in NO_JITTER_H):
            at = planned
        yield Slot(at, at + window(2 * ORDER_MARGIN * term_ms), WITH_CONTROLS)
