"""What lifecycle orders: the looks whose slots are open, from every vantage that has no result."""

from collections.abc import Sequence
from typing import Final

from agents.config import VantageSettings
from agents.engine.stage import Send
from agents.wheel import Wheel
from schemas import codec, topics
from schemas.case import CaseSummary, UrlState
from schemas.flow import ProbeOrder
from schemas.ids import fraction, order_id
from schemas.moments import DAY_MS, Instant
from schemas.reasons import OPEN, Target
from streams import lifecycle
from streams.schedule import Slot, due

_TARGETS: Final = {target: f',"target":"{target.value}",'.encode() for target in Target}


class Orders:
    """Makes orders for the vantages.

    Args:
        vantages: all that are asked.
    """

    def __init__(self, vantages: Sequence[VantageSettings]) -> None:
        self._asked = {vantage.id: topics.PROBES.named(vantage.id) for vantage in vantages}

    def due(self, wheel: Wheel, state: UrlState, now: Instant) -> list[Send]:
        """Return the orders of slots that are open now, and put the URL on the wheel.

        Args:
            wheel: of the URL's partition; knows up to which slot orders went out.
            state: of the URL.
            now: the present instant.
        """
        sends: list[Send] = []
        ask_again: list[Instant] = []
        for case in state.cases:
            after = wheel.ordered_until(state.url_key, case.case_id) or now - DAY_MS
            found, following = due(case, after, now)
            for slot in found:
                sends += self._of_slot(state, case, slot)
            if found:
                wheel.order(state.url_key, case.case_id, found[-1].at)
            if following is not None:
                ask_again.append(following)
            elif lifecycle.class_at(case, now) not in OPEN:
                wheel.forget(state.url_key, case.case_id)
        if ask_again:
            wheel.ask(state.url_key, min(ask_again))
        return sends

    def _of_slot(self, state: UrlState, case: CaseSummary, slot: Slot) -> list[Send]:
        address = _last_address(state, case)
        salt = f"{fraction(case.case_id, 'salt', slot.at):.12f}"[2:]
        sends = []
        key = case.hoster.encode()
        answered = _answered(state, case, slot)
        for vantage, topic in self._asked.items():
            wanted = [target for target in slot.targets if (vantage, target) not in answered]
            if not wanted:
                continue
            order = ProbeOrder(
                order_id=order_id(case.case_id, slot.at, vantage, wanted[0]),
                url_key=state.url_key,
                case_id=case.case_id,
                hoster=case.hoster,
                role=case.role,
                vantage=vantage,
                target=wanted[0],
                slot_at=slot.at,
                not_before=slot.at,
                not_after=slot.not_after,
                asked=tuple(self._asked),
                sealed=state.sealed,
                address=address,
                salt=salt,
                sampled=case.sampled,
            )
            sends += [Send(topic, key, value) for value in _encoded(order, wanted)]
        return sends


def _encoded(order: ProbeOrder, targets: Sequence[Target]) -> list[bytes]:
    """Return an order encoded for each target, its own first: they differ in it and in their id.

    Within a text a quote is escaped, so the bytes that are replaced are the field and no text.
    """
    raw = codec.ORDER.encode(order)
    field = _TARGETS[order.target]
    found = [raw]
    for target in targets[1:]:
        own = order_id(order.case_id, order.slot_at, order.vantage, target)
        found.append(
            raw.replace(order.order_id.encode(), own.encode(), 1).replace(
                field, _TARGETS[target], 1
            )
        )
    return found


def _last_address(state: UrlState, case: CaseSummary) -> str:
    """Return the sealed address the newest attribution gives for a case; empty = none does."""
    for made in reversed(state.attributions):
        for place in (state.placements[i] for i in made.places):
            if place.role is case.role and case.group in (place.group, place.hoster):
                return place.address
    return ""


def _answered(state: UrlState, case: CaseSummary, slot: Slot) -> set[tuple[str, Target]]:
    """Return the vantages and targets of a slot that have a result."""
    if not state.tracks:
        return set()
    return {
        (track.vantage, track.target)
        for track in state.tracks
        if track.hoster == case.hoster and track.role is case.role
        for look in track.looks
        if look.slot_at == slot.at
    }
