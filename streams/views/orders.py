"""Where an authority's orders stand: whether each runs, was kept or broken, and what is next."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from operator import attrgetter

from msgspec import Struct

from schemas.moments import SECOND_MS, Instant
from schemas.orders import NEXT_STAGE, OrderStage
from schemas.reasons import Basis, CaseClass, Delivery, NormVerdict
from schemas.records.case import CaseSummary
from schemas.records.ledger import HosterId, HotlineId, NoticeAccepted, UrlKey
from streams.case_class import class_at
from streams.norms.verdict import norm_verdict

_OUT = (CaseClass.EXCLUDED, CaseClass.WITHDRAWN)


class Stand(StrEnum):
    """How an order stands."""

    NOT_DELIVERED = "not_delivered"  # its term does not run
    RUNS = "runs"
    KEPT = "kept"
    BROKEN = "broken"
    NOT_KNOWN = "not_known"  # the term is over, and neither is shown
    NO_CASE = "no_case"  # the URL is not at that hoster, or nobody has reported it
    VOID = "void"  # the case was excluded, or its report withdrawn


class OrderStand(Struct, frozen=True, kw_only=True):
    """An order, and where it stands.

    Attributes:
        reference: keyed hash of the authority's reference.
        stage: as the authority states it; an order that says none is an instruction.
        due_at: when its own term runs out; None = it has none.
        next_stage: what the authority may go on to if it was broken; None = nothing.
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
    stand: Stand
    next_stage: OrderStage | None


def orders_of(
    notices: Iterable[NoticeAccepted], cases: Sequence[CaseSummary], as_of: Instant
) -> list[OrderStand]:
    """Return where the orders about a URL stand, the oldest first.

    Args:
        notices: of the URL, orders among them.
        cases: of the URL.
        as_of: the instant asked for.
    """
    orders = sorted(
        (one for one in notices if one.basis is Basis.ORDER), key=attrgetter("noticed_at")
    )
    return [_stand(one, cases, as_of) for one in orders]


def _stand(order: NoticeAccepted, cases: Sequence[CaseSummary], as_of: Instant) -> OrderStand:
    mine = {order.recipient, order.group}
    case = next((one for one in reversed(cases) if {one.hoster, one.group} & mine), None)
    term_s, stage = order.term_s, order.stage or OrderStage.INSTRUCTION
    due_at = None if term_s is None else order.noticed_at + term_s * SECOND_MS
    stand = _of_case(order, case, as_of)
    return OrderStand(
        authority=order.hotline,
        reference=order.reference or "",
        hoster=order.recipient,
        url_key=order.url_key,
        case_id="" if case is None else case.case_id,
        stage=stage,
        term_s=term_s,
        noticed_at=order.noticed_at,
        due_at=due_at,
        stand=stand,
        next_stage=NEXT_STAGE[stage] if stand is Stand.BROKEN else None,
    )


def _of_case(order: NoticeAccepted, case: CaseSummary | None, as_of: Instant) -> Stand:
    if case is None:
        return Stand.NO_CASE
    if order.result is not Delivery.DELIVERED:
        return Stand.NOT_DELIVERED
    if class_at(case, as_of) in _OUT:
        return Stand.VOID
    return _of_term(order, case, as_of)


def _of_term(order: NoticeAccepted, case: CaseSummary, as_of: Instant) -> Stand:
    """Return how an order's own term stands, by the rule of norms.

    The last sighting of a summary need not be backed. So an order is broken only where the case's
    own verdict on its orders says that one is.
    """
    if order.term_s is None:
        return Stand.RUNS if case.gone_at is None else Stand.KEPT
    removed = class_at(case, as_of) is CaseClass.REMOVED
    seen_at, gone_at = case.first_end or (
        case.last_seen_at,
        case.gone_at if removed else None,
    )
    found = norm_verdict(order.term_s, order.noticed_at, seen_at, gone_at)
    if found is NormVerdict.IN_TIME:
        return Stand.KEPT
    if found is NormVerdict.LATE and case.order_verdict is NormVerdict.LATE:
        return Stand.BROKEN
    due_at = order.noticed_at + order.term_s * SECOND_MS
    return Stand.RUNS if as_of <= due_at else Stand.NOT_KNOWN
