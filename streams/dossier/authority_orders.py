"""Where an authority's orders stand: whether each runs, was kept or broken, and what is next."""

from collections.abc import Iterable
from enum import StrEnum
from operator import attrgetter

from msgspec import Struct, field

from schemas.authority_orders import NEXT_STAGE, OrderStage
from schemas.closed_lists import Basis, CaseClass, Delivery, NormVerdict
from schemas.moments import SECOND_MS, Instant
from schemas.records.case import CaseSummary, UrlState
from schemas.records.reports import HosterId, HotlineId, NoticeAccepted, UrlKey
from streams.case_class import class_at, phase_at
from streams.dossier.cases import supports_a_fine
from streams.views.disputes import disputed_since
from streams.views.order_verdicts import OrderVerdict, OrderVerdicts
from streams.views.owner_names import OwnerNames

_OUT = (CaseClass.EXCLUDED, CaseClass.WITHDRAWN)


class OrderStatus(StrEnum):
    """What became of an order."""

    NOT_DELIVERED = "not_delivered"  # its term does not run
    RUNS = "runs"
    KEPT = "kept"
    BROKEN = "broken"
    NOT_KNOWN = "not_known"  # the term, or the case, is over, and neither is shown
    NO_CASE = "no_case"  # the URL is not at that hoster, or nobody has reported it
    VOID = "void"  # nothing is asked by it: excluded, withdrawn, or it came after the end


class OrderLine(Struct, frozen=True, kw_only=True):
    """An order, and what became of it.

    Attributes:
        reference: keyed hash of the authority's reference.
        stage: as the authority states it; an order that says none is an instruction.
        noticed_at: as the order says it; the term of one that is dated back runs from received_at.
        due_at: when its own term runs out; None = it has none.
        status: what became of it; `stand` in JSON.
        next_stage: what the authority may go on to if it was broken in public, and a fine may
            rest on its case; None = nothing.
    """

    authority: HotlineId
    reference: str
    hoster: HosterId
    url_key: UrlKey
    case_id: str
    stage: OrderStage
    term_s: int | None
    noticed_at: Instant
    due_at: Instant | None
    status: OrderStatus = field(name="stand")
    next_stage: OrderStage | None


def orders_of(
    notices: Iterable[NoticeAccepted], state: UrlState | None, as_of: Instant
) -> list[OrderLine]:
    """Return where the orders about a URL stand, the oldest first.

    Args:
        notices: of the URL, orders among them.
        state: of the URL; None = it has none.
        as_of: the instant asked for.
    """
    orders = sorted(
        (one for one in notices if one.basis is Basis.ORDER), key=attrgetter("noticed_at")
    )
    if not orders:
        return []
    verdicts = None if state is None else OrderVerdicts(state)
    return [
        _line(one, state, None if verdicts is None else verdicts.of(one), as_of) for one in orders
    ]


def _line(
    order: NoticeAccepted,
    state: UrlState | None,
    verdict: OrderVerdict | None,
    as_of: Instant,
) -> OrderLine:
    case = None if state is None else _case_of(order, state, verdict)
    term_s, stage = order.term_s, order.stage or OrderStage.INSTRUCTION
    due_at = None if term_s is None else order.noticed_at + term_s * SECOND_MS
    if verdict is not None:
        due_at = verdict.due_at
    status = _of_case(order, case, verdict, as_of)
    broken = status is OrderStatus.BROKEN and verdict is not None and verdict.term.public
    followed = broken and state is not None and case is not None and _may_cost(state, case, as_of)
    return OrderLine(
        authority=order.hotline,
        reference=order.reference or "",
        hoster=order.recipient,
        url_key=order.url_key,
        case_id="" if case is None else case.case_id,
        stage=stage,
        term_s=term_s,
        noticed_at=order.noticed_at,
        due_at=due_at,
        status=status,
        next_stage=NEXT_STAGE[stage] if followed else None,
    )


def _case_of(
    order: NoticeAccepted, state: UrlState, verdict: OrderVerdict | None
) -> CaseSummary | None:
    """Return the case that an order is judged in, else the newest of its recipient."""
    if verdict is not None:
        return next((one for one in state.cases if one.case_id == verdict.case_id), None)
    mine, known = {order.recipient, order.group}, OwnerNames(state)
    return next((one for one in reversed(state.cases) if known.of(one) & mine), None)


def _of_case(
    order: NoticeAccepted, case: CaseSummary | None, verdict: OrderVerdict | None, as_of: Instant
) -> OrderStatus:
    if case is None:
        return OrderStatus.NO_CASE
    if verdict is None and order.result is not Delivery.DELIVERED:
        return OrderStatus.NOT_DELIVERED
    if class_at(case, as_of) in _OUT:
        return OrderStatus.VOID
    return OrderStatus.VOID if verdict is None else _of_term(verdict, as_of)


def _of_term(verdict: OrderVerdict, as_of: Instant) -> OrderStatus:
    if verdict.term.verdict is NormVerdict.IN_TIME:
        return OrderStatus.KEPT
    if verdict.term.verdict is NormVerdict.LATE:
        return OrderStatus.BROKEN
    due_at = verdict.due_at
    runs = verdict.term.spell.end is None if due_at is None else as_of <= due_at
    return OrderStatus.RUNS if runs else OrderStatus.NOT_KNOWN


def _may_cost(state: UrlState, case: CaseSummary, as_of: Instant) -> bool:
    """Return whether a fine may rest on a case, as its dossier says it."""
    phase = phase_at(case, as_of)
    since = disputed_since(state, case)
    return phase is not None and supports_a_fine(case, phase.case_class, since)
