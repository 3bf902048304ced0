"""What lifecycle orders: the looks whose slots are open, from every vantage that has no result."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from agents.config import ProbeSettings, VantageSettings
from agents.engine.stage import Send
from agents.wheel import Wheel
from schemas import codec, topics
from schemas.case import CaseSummary, UrlState
from schemas.flow import ProbeOrder
from schemas.ids import fraction, order_id
from schemas.ledger import VantageId
from schemas.moments import DAY_MS, Instant
from schemas.reasons import OPEN, Target
from streams import lifecycle, recheck
from streams.brackets import looked
from streams.crosscheck import has_differed, is_crossed
from streams.schedule import Slot, due

_TARGETS: Final = {target: f',"target":"{target.value}",'.encode() for target in Target}

_Topics: TypeAlias = Mapping[VantageId, str]


class _Call(NamedTuple):
    """Whom a slot calls.

    Attributes:
        vantages: who looks, with their topics.
        asked: whose looks a removal has to rest on; a hidden re-check is none of them.
    """

    slot: Slot
    vantages: _Topics
    asked: _Topics


class Orders:
    """Makes orders for the vantages.

    Args:
        vantages: all; those that re-check are asked for nothing else, until one of them has seen
            a removed case online.
        probe: which share of the looks is checked by GET, and of the removed cases in hiding.
    """

    def __init__(
        self, vantages: Sequence[VantageSettings], probe: ProbeSettings | None = None
    ) -> None:
        self._probe = probe or ProbeSettings()
        self._all = {vantage.id: topics.PROBES.named(vantage.id) for vantage in vantages}
        hidden = {vantage.id for vantage in vantages if vantage.recheck}
        self._asked = {id: topic for id, topic in self._all.items() if id not in hidden}
        self._hidden = {id: topic for id, topic in self._all.items() if id in hidden}

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
            found, following = self._due(state, case, after, now)
            for call in found:
                sends += self._of_call(state, case, call)
            if found:
                until = max(call.slot.at for call in found)
                wheel.order(state.url_key, case.case_id, until)
            if following is not None:
                ask_again.append(following)
            elif lifecycle.class_at(case, now) not in OPEN:
                wheel.forget(state.url_key, case.case_id)
        if ask_again:
            wheel.ask(state.url_key, min(ask_again))
        return sends

    def _due(
        self, state: UrlState, case: CaseSummary, after: Instant, now: Instant
    ) -> tuple[Sequence[_Call], Instant | None]:
        """Return whom to call for what, and when to ask again."""
        found, following = due(case, after, now)
        if not self._hidden:
            return [_Call(slot, self._asked, self._asked) for slot in found], following
        if recheck.is_out(state.cases, case):
            return [_Call(slot, self._all, self._all) for slot in found], following
        again, again_at = recheck.due(case, self._probe.recheck_share, after, now)
        calls = [_Call(slot, self._asked, self._asked) for slot in found]
        calls += [_Call(slot, self._hidden, self._asked) for slot in again]
        return calls, min((at for at in (following, again_at) if at is not None), default=None)

    def _of_call(self, state: UrlState, case: CaseSummary, call: _Call) -> list[Send]:
        slot = call.slot
        address = _last_address(state, case)
        salt = f"{fraction(case.case_id, 'salt', slot.at):.12f}"[2:]
        crossed = is_crossed(case, slot, self._probe.cross_check_share) or has_differed(
            state.fingerprints
        )
        sends = []
        key = case.hoster.encode()
        noticed_at = case.noticed_at
        is_bracket = noticed_at is not None and looked(noticed_at, slot.at, 0) > 0
        answered = _answered(state, case, slot)
        for vantage, topic in call.vantages.items():
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
                asked=tuple(call.asked),
                sealed=state.sealed,
                address=address,
                salt=salt,
                sampled=case.sampled,
                bracket=is_bracket,
                cross_check=crossed,
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
