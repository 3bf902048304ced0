"""The orders: the probes whose slots are open, from every vantage that has no result."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, Protocol, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from schemas import codec, topics
from schemas.closed_lists import OPEN, Flag, Role, Target
from schemas.identity.ids import fraction, order_ids, probe_name
from schemas.moments import DAY_MS, Instant
from schemas.records.case import CaseSummary, UrlState
from schemas.records.processing import ProbeOrder
from schemas.records.reports import VantageId
from streams.case_class import class_at
from streams.norms.punctuality import slot_on_time
from streams.schedule import hidden_rechecks
from streams.schedule.called_slots import term_slots
from streams.schedule.control_slots import with_controls
from streams.schedule.get_comparisons import (
    has_differed,
    has_get_comparison,
    requests_of,
    was_cached,
)
from streams.schedule.order_room import OrderRoom, Turn, room_of
from streams.schedule.priority import REST_WAIT_MS
from streams.schedule.slots import due
from streams.schedule.steps import Slot
from streams.schedule.timing_wheel import Wheel

_REST: Final = Turn.REST  # looked up anew an enum's member costs 0.1 us
_SAMPLED: Final = Turn.SAMPLED
_NORM_SLOT: Final = Turn.NORM_SLOT


class ScheduledVantage(Protocol):
    """A vantage, as the settings name it."""

    @property
    def id(self) -> VantageId:
        """Its name."""
        ...

    @property
    def recheck(self) -> bool:
        """Whether it probes removed cases in hiding, and at nothing else."""
        ...


class ProbeLimits(Protocol):
    """What the settings say of probes: how many there may be, and which beside the timetable's."""

    @property
    def requests_per_minute(self) -> int:
        """How many requests politeness allows a vantage at a hoster in a minute."""
        ...

    @property
    def cross_check_share(self) -> float:
        """Of the probes that decide nothing, the part with a GET comparison, 0 to 1."""
        ...

    @property
    def recheck_share(self) -> float:
        """Of the removed cases, the part that is probed in hiding, 0 to 1."""
        ...


class Ordered(NamedTuple):
    """An order as it is written.

    Attributes:
        topic: name of its topic, without the run's prefix.
        key, value: raw bytes.
    """

    topic: str
    key: bytes
    value: bytes


class _Probe(NamedTuple):
    """A vantage and a target.

    Attributes:
        vantage, target: who probes what.
        topic: where its orders go.
        name: what it adds to their ids.
    """

    vantage: VantageId
    target: Target
    topic: str
    name: bytes


_Vantages: TypeAlias = Mapping[VantageId, Mapping[Target, _Probe]]


class _Call(Struct, frozen=True, gc=False):
    """Whom a slot calls.

    Attributes:
        vantages: who probes.
        asked: whose probes a removal has to rest on; a hidden re-check is none of them.
        noted_as: the id under which the wheel notes that it was ordered.
    """

    slot: Slot
    vantages: _Vantages
    asked: tuple[VantageId, ...]
    noted_as: str


class Orders:
    """Makes orders for the vantages.

    Args:
        vantages: all; those that re-check are asked for nothing else, until one of them has seen
            a removed case online.
        limits: which share of the probes has a GET comparison, and of the removed cases is
            probed by hidden vantages.

    Attributes:
        room: how many orders a hoster has room for; what has none is left out.
    """

    def __init__(self, vantages: Sequence[ScheduledVantage], limits: ProbeLimits) -> None:
        self._limits = limits
        self.room = OrderRoom(limits.requests_per_minute)
        self._all: _Vantages = {vantage.id: _probes(vantage.id) for vantage in vantages}
        hidden = {vantage.id for vantage in vantages if vantage.recheck}
        self._usual = {id: probes for id, probes in self._all.items() if id not in hidden}
        self._hidden = {id: probes for id, probes in self._all.items() if id in hidden}
        self._asked = tuple(self._usual)

    def due(self, wheel: Wheel, state: UrlState, now: Instant) -> list[Ordered]:
        """Return the orders of slots that are open now, and put the URL on the wheel.

        Args:
            wheel: of the URL's partition; knows up to which slot orders went out.
            state: of the URL.
            now: the present instant.
        """
        sends: list[Ordered] = []
        ask_again: list[Instant] = []
        for case in state.cases:
            found, following = self._due(state, case, wheel, now)
            for call in found:
                sends += self._of_call(state, case, call, now)
                wheel.order(state.url_key, call.noted_as, call.slot.at)
            if following is not None:
                ask_again.append(following)
            elif class_at(case, now) not in OPEN:
                wheel.forget(state.url_key, case.case_id)
                wheel.forget(state.url_key, hidden_rechecks.noted_as(case))
        if ask_again:
            wheel.schedule(state.url_key, min(ask_again))
        return sends

    def carried(self, state: UrlState, now: Instant) -> Iterator[str]:
        """Yield the sealed texts that orders to come will carry, of cases with a slot to come.

        Args:
            state: of the URL.
            now: the present instant.
        """
        nothing_ordered = Wheel()
        for case in state.cases:
            found, following = self._due(state, case, nothing_ordered, now)
            if found or following is not None:
                yield state.sealed
                yield from filter(None, [_last_address(state, case)])

    def _due(
        self, state: UrlState, case: CaseSummary, wheel: Wheel, now: Instant
    ) -> tuple[Sequence[_Call], Instant | None]:
        """Return whom to call for what, in order of time for each, and when to ask again."""
        if Flag.NOT_PROBED in case.flags:
            return (), None
        url_key, own = state.url_key, case.case_id
        found, following = due(case, wheel.ordered_until(url_key, own) or now - DAY_MS, now)
        if not self._hidden:
            return [_Call(slot, self._usual, self._asked, own) for slot in found], following
        if hidden_rechecks.hidden_vantage_dissented(state.cases, case):
            return [_Call(slot, self._all, tuple(self._all), own) for slot in found], following
        apart = hidden_rechecks.noted_as(case)
        after = wheel.ordered_until(url_key, apart) or now - DAY_MS
        again, again_at = hidden_rechecks.due(case, self._limits.recheck_share, after, now)
        calls = [_Call(slot, self._usual, self._asked, own) for slot in found]
        calls += [_Call(slot, self._hidden, self._asked, apart) for slot in again]
        return calls, min((at for at in (following, again_at) if at is not None), default=None)

    def _of_call(
        self, state: UrlState, case: CaseSummary, call: _Call, now: Instant
    ) -> list[Ordered]:
        slot = with_controls(call.slot, state, case, call.vantages)
        answered = _answered(state, case, slot)
        probes = [
            of_vantage[target]
            for vantage, of_vantage in call.vantages.items()
            for target in slot.targets
            if (vantage, target) not in answered
        ]
        get_comparison = has_get_comparison(case, slot, self._limits.cross_check_share)
        get_comparison = get_comparison or has_differed(state.fingerprints)
        get_comparison = get_comparison or was_cached(state.tracks, state.fingerprints)
        is_norm_slot = _is_norm_slot(case, slot)
        requests = _requests_of(slot.targets, get_comparison)
        turn = _turn(case, is_norm_slot=is_norm_slot)
        until = slot.not_after if case.sampling.sampled else min(slot.not_after, now + REST_WAIT_MS)
        if not probes or not self.room.admits(room_of(state, case), turn, requests, until, now):
            return []
        ids = order_ids(case.case_id, slot.at, [probe.name for probe in probes])
        first = ProbeOrder(
            order_id=ids[0],
            url_key=state.url_key,
            case_id=case.case_id,
            hoster=case.probed_at[0],
            role=case.role,
            vantage=probes[0].vantage,
            target=probes[0].target,
            slot_at=slot.at,
            not_before=slot.at,
            not_after=slot.not_after,
            asked=call.asked,
            sealed=state.sealed,
            address=_last_address(state, case),
            salt=f"{fraction(case.case_id, 'salt', slot.at):.12f}"[2:],
            sampled=case.sampling.sampled,
            bracket=is_norm_slot,
            cross_check=get_comparison,
        )
        key = case.probed_at[0].encode()
        made = [first]
        for probe, id in zip(probes[1:], ids[1:], strict=True):
            made.append(replace(first, order_id=id, vantage=probe.vantage, target=probe.target))
        return [
            Ordered(probe.topic, key, codec.ORDER.encode(order))
            for probe, order in zip(probes, made, strict=True)
        ]


def _probes(vantage: VantageId) -> dict[Target, _Probe]:
    """Return the probes of a vantage."""
    topic = topics.PROBES.named(vantage)
    return {
        target: _Probe(vantage, target, topic, probe_name(vantage, target)) for target in Target
    }


@lru_cache(maxsize=64)
def _requests_of(targets: tuple[Target, ...], get_comparison: bool) -> int:
    """Return how many requests of one vantage the probes of a slot take."""
    return sum(requests_of(target, get_comparison=get_comparison) for target in targets)


def _turn(case: CaseSummary, *, is_norm_slot: bool) -> Turn:
    if not case.sampling.sampled:
        return _REST
    return _NORM_SLOT if is_norm_slot else _SAMPLED


def _is_norm_slot(case: CaseSummary, slot: Slot) -> bool:
    """Return whether a slot stands beside a norm, or beside an order's own term."""
    at_norm = case.noticed_at is not None and slot_on_time(case.noticed_at, slot.at, 0) > 0
    return at_norm or (bool(case.order_terms) and slot in term_slots(case))


def _last_address(state: UrlState, case: CaseSummary) -> str:
    """Return the sealed address the newest attribution gives for a case; empty = none does.

    What is behind a proxy is asked for at the proxy's newest address.
    """
    owner = {*case.probed_at}
    proxy = ""
    for made in reversed(state.attributions):
        for i in made.placement_indexes:
            place = state.placements[i]
            if place.role is case.role and not owner.isdisjoint((place.group, place.hoster)):
                return (place.behind and proxy) or place.address
            if place.role is Role.PROXY and not proxy:
                proxy = place.address
    return ""


def _answered(state: UrlState, case: CaseSummary, slot: Slot) -> set[tuple[str, Target]]:
    """Return the vantages and targets of a slot that have a result."""
    if not state.tracks:
        return set()
    return {
        (track.vantage, track.target)
        for track in state.tracks
        if track.hoster == case.probed_at[0] and track.role is case.role
        for observation in track.observations
        if observation.slot_at == slot.at
    }
