"""What a probe came to, as a fact."""

from dataclasses import dataclass

from msgspec import structs

from agents.config import VantageSettings
from agents.edges.http_probe.probe import Probed
from agents.process.log import log
from agents.stages.probe.target_resolver import ProbeTarget
from schemas.closed_lists import ProbeError
from schemas.moments import Instant
from schemas.records.facts import Facts, Observation
from schemas.records.processing import ProbeOrder


@dataclass(frozen=True, slots=True)
class ProbeOrigin:
    """Who says so.

    Attributes:
        vantage: from where it probed.
        canary_ok: whether its canary answered.
    """

    vantage: VantageSettings
    canary_ok: bool


def observed(
    order: ProbeOrder,
    seen: Probed,
    origin: ProbeOrigin,
    place: ProbeTarget | None = None,
    key: str = "",
) -> Observation:
    """Return the fact of an order.

    Args:
        order: the order.
        seen: what the probe brought.
        origin: who probed.
        place: where; None = it came to nothing before a place was found.
        key: keyed hash of the address that was asked; empty = none was.
    """
    return Observation(
        url_key=order.url_key,
        order_id=order.order_id,
        case_id=order.case_id,
        hoster=order.hoster,
        role=order.role,
        vantage=origin.vantage.id,
        target=order.target,
        slot_at=order.slot_at,
        sent_at=seen.sent_at,
        done_at=seen.done_at,
        asked=order.asked,
        canary_ok=origin.canary_ok,
        address_key=key,
        hosters=place.pick.hosters if place is not None else (),
        nxdomain=place is not None and place.nxdomain,
        old_address=place is not None and place.pick.old and place.address is not None,
        announced=origin.vantage.announced,
        asn=origin.vantage.asn,
        facts=seen.facts,
    )


def at_no_time(seen: Probed, began_at: Instant) -> Probed:
    """Return a probe whose clock was set meanwhile: what was asked, and nothing of the answer.

    Args:
        seen: what it brought.
        began_at: what the clock said when it began.
    """
    facts = Facts(error=ProbeError.CLOCK, requests=seen.facts.requests, bytes=seen.facts.bytes)
    return structs.replace(seen, facts=facts, sent_at=began_at, done_at=began_at)


def log_probe(order: ProbeOrder, seen: Probed) -> None:
    """Log a probe, by its keys."""
    log("probe").debug(
        "looked",
        case_id=order.case_id,
        url_key=order.url_key,
        vantage=order.vantage,
        target=order.target,
        error=seen.facts.error,
        status=seen.facts.status,
    )
