"""Seeded histories of one URL with records of all kinds, as intake and probes stamp them.

Mean length is about 40 records, the longest have 200. Nothing happens in one millisecond with
something else unless `ties` says so: which of two such things came first the rules do not say.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import ledger_events as make
from ledger_events import KEY, NORTH, SOUTH, at, place, placed
from msgspec import Struct
from msgspec.structs import replace
from random_observations import Told, plans, rechecks, stretch

from schemas.closed_lists import (
    Basis,
    CheckResult,
    Confidence,
    DecisionAction,
    Delivery,
    HotlineMode,
    Role,
)
from schemas.identity.ids import case_id
from schemas.moments import HOUR_MS

LENGTH_MAX: Final = 200
DAYS_MAX: Final = (3, 3, 12, 40, 450)
WITHIN: Final = (NORTH, SOUTH)
FREQUENT: Final = (DecisionAction.CONFIRM_BACKDATED, *[DecisionAction.REATTRIBUTE] * 3)


@dataclass(frozen=True, slots=True)
class Hotline:
    """What the registry says of a hotline."""

    id: str
    mode: HotlineMode
    feed_delay_s: int
    norms_s: tuple[int, ...]
    assesses: bool


@dataclass(slots=True)
class HistoryWorld:
    """What a history is drawn in.

    Attributes:
        change_h: when the registry changes; what changes is `change`.
        spots: (from when, whom the name leads to).
        leaves_h: when the name leaves for good, and both vantages see it; None = it does not.
    """

    chance: Random
    ties: bool
    hotlines: list[Hotline] = field(default_factory=list)
    change: str = ""
    change_h: float = 0.0
    spots: list[tuple[float, tuple[str, ...]]] = field(default_factory=list)
    last_h: float = 0.0
    leaves_h: float | None = None
    root: bool = False
    probed_h: list[float] = field(default_factory=list)

    def moment(self) -> float:
        """Return an hour at which somebody may say something: mostly between two probes."""
        if self.probed_h and self.chance.random() < 0.7:
            near = self.chance.choice(self.probed_h)
            return self.hours(near, near + self.chance.choice((0.1, 0.5, 2, 20)))
        return self.hours(0.5, max(self.last_h, 1))

    def hours(self, low: float, high: float) -> float:
        """Return an hour that nothing else has, unless ties are wanted."""
        drawn = self.chance.uniform(low, high)
        return round(drawn, 1) if self.ties else drawn

    def owner_when_sold(self, name: str, hours: float) -> str:
        """Return whose a hoster of a group is; one of them is sold, or goes on alone."""
        if name != "other" or hours < self.change_h:
            return "holding"
        return "big" if int(10 * self.change_h) % 2 else "other"

    def place(self, name: str, hours: float) -> Any:
        """Return where an address of a hoster is, as the registry has it at an hour."""
        role = Role.PROXY if name == "shield" else Role.HOSTING
        said: dict[str, Any] = {"role": role}
        hoster, group = name, name
        if hours >= self.change_h and self.change:
            if self.change == "owner" and name == "acme":
                group = "holding"
            if self.change == "joined" and name in ("acme", "other"):
                group = "holding"
            if self.change == "named" and name == "as64500":
                hoster = group = "acme"
                said["formerly"] = ("as64500",)
            if self.change == "at its address" and name == "as64500":
                hoster = group = "acme"
                said["address_key"] = "key-as64500"
        if self.change == "sold" and name in ("acme", "other"):
            group = self.owner_when_sold(name, hours)
        if hoster == "as64500":
            said["confidence"] = Confidence.FALLBACK
        made = place(hoster, group=group, role=role)
        return replace(made, **_known(made, said))


def _known(record: Struct, said: dict[str, Any]) -> dict[str, Any]:
    """Return what a record has a field for."""
    return {name: value for name, value in said.items() if name in record.__struct_fields__}


def with_stamps(one: tuple[Any, int], **said: Any) -> tuple[Any, int]:
    """Return a record with more of its fields set."""
    record, appended_at = one
    return replace(record, **_known(record, said)), appended_at


def random_history(chance: Random, *, ties: bool = False) -> Told:
    """Return records of one URL with their append times, in order of time."""
    world = _world(chance, ties=ties)
    told = [*_observed(world)]
    told += _resolved(world)
    told += [*_reported(world), *_noticed(world), *_said(world), *_decided(world)]
    if chance.random() < 0.3:
        told += chance.sample(told, len(told) // 5)  # what came twice
    if chance.random() < 0.1:
        told = [with_stamps(one, probing=False) for one in told]
    told.sort(key=lambda one: one[1])
    return told[:LENGTH_MAX]


def _world(chance: Random, *, ties: bool) -> HistoryWorld:
    world = HistoryWorld(chance, ties=ties)
    modes = [HotlineMode.DELIVERY] * 5 + [HotlineMode.SENT_ONLY, HotlineMode.ON_REPORT]
    for name in ("alpha", "beta"):
        delay_s = chance.choice((3_600, 3_600, 129_600))
        norms_s = chance.choice(((86_400, 172_800), (86_400, 172_800), (259_200,)))
        assesses = chance.random() < 0.8
        world.hotlines.append(Hotline(name, chance.choice(modes), delay_s, norms_s, assesses))
    world.change = chance.choice(
        ("", "", "", "", "owner", "joined", "named", "at its address", "sold", "sold")
    )
    world.change_h = world.hours(1, 100)
    world.root = chance.random() < 0.02
    world.last_h = 24 * chance.choice(DAYS_MAX) * chance.uniform(0.3, 1)
    first = chance.choice(("acme", "acme", "acme", "as64500", "unknown"))
    world.spots = [(0.0, (first,))]
    if chance.random() < 0.12:
        world.spots = [(0.0, ("shield", "acme"))]
    if chance.random() < 0.12:
        world.leaves_h = world.hours(5, 60)
        world.spots = [(0.0, (first,)), (world.leaves_h, chance.choice((("other",), ())))]
        return world
    hours = 0.0
    while chance.random() < 0.3:
        hours = world.hours(hours + 1, max(hours + 2, world.last_h))
        names = chance.choice(
            (("other",), ("acme",), ("acme", "other"), ("third",), (), ("shield", "other"))
        )
        world.spots.append((hours, names))
    return world


def _spot(world: HistoryWorld, hours: float) -> tuple[str, ...]:
    return [names for since, names in world.spots if since <= hours][-1]


def _resolved(world: HistoryWorld) -> Iterator[tuple[Any, int]]:
    """Give resolutions: of the stage for a report, and of the vantages at every change."""
    chance = world.chance
    if chance.random() < 0.05:
        return
    many = chance.random() < 0.03
    yield _resolution(world, world.hours(0, 0.4), "attribution", many=many)
    yield from _at_changes(world)
    for _ in range(chance.choice((0, 0, 1, 2, 6))):
        hours = world.hours(0.5, world.last_h + 1)
        yield _resolution(world, hours, chance.choice((*WITHIN, "attribution")))
    if chance.random() < 0.1:  # two answers that alternate
        first = world.hours(1, 30)
        for number in range(chance.choice((3, 5, 8))):
            name = ("other", "acme")[number % 2]
            hours = first + number * chance.choice((1, 2, 7)) + world.hours(0.01, 0.05)
            yield placed(hours, world.place(name, hours), vantage=NORTH)


def _at_changes(world: HistoryWorld) -> Iterator[tuple[Any, int]]:
    """Give the resolutions that a change brings about."""
    chance = world.chance
    if world.leaves_h is not None:
        for after_h in (0.05, 0.3, 26, 27):
            for vantage in WITHIN:
                hours = world.leaves_h + after_h + world.hours(0.01, 0.05)
                yield _resolution(world, hours, vantage)
    for since, _ in world.spots[1:]:
        step = chance.choice((1 / 6, 1 / 6, 1, 10, 30))
        for number in range(chance.choice((1, 2, 3, 4))):
            for vantage in chance.choice((WITHIN, WITHIN, (NORTH,))):
                if chance.random() < 0.85:
                    hours = since + step * number + world.hours(0.01, 0.05)
                    yield _resolution(world, hours, vantage)


def _resolution(world: HistoryWorld, hours: float, vantage: str, *, many: bool = False) -> Any:
    chance, names = world.chance, _spot(world, hours)
    if many:
        count = chance.choice((5, 8))
        return with_stamps(
            placed(hours, *[place(f"host{i}") for i in range(count)]), more=count == 8
        )
    if chance.random() < 0.04:
        made, when = placed(hours, vantage=vantage, nxdomain=True)
        return replace(made, nxdomain=False, answered=False), when
    places = [world.place(name, hours) for name in names]
    if "shield" in names:
        known = {"confidence": Confidence.STATEMENT, "behind": True}
        known["disclosed"] = chance.random() < 0.5
        places = [p if p.role is Role.PROXY else replace(p, **_known(p, known)) for p in places]
    if chance.random() < 0.03:
        places = [replace(p, contested=True) for p in places]
    return placed(hours, *places, vantage=vantage, nxdomain=not places)


def _observed(world: HistoryWorld) -> Iterator[tuple[Any, int]]:
    """Give observations in stretches: where the name leads, or at the old address."""
    chance, hours = world.chance, world.hours(0.2, 2)
    todo = [plan for _ in range(chance.choice((1, 1, 1, 1, 2))) for plan in plans(chance)]
    for number, plan in enumerate(todo):
        if world.leaves_h is not None and number > 0:
            hours = max(hours, world.leaves_h + chance.choice((0.1, 25, 26)))
        names = _spot(world, hours) or ("acme",)
        hoster = chance.choice(names)
        here = world.place(hoster, hours)
        where: dict[str, Any] = {
            "hoster": here.hoster,
            "role": here.role,
            "hosters": (here.hoster,) if _spot(world, hours) else (),
        }
        away = len(world.spots) > 1 and hours > world.spots[1][0]
        if away and (world.leaves_h is not None or chance.random() < 0.6):
            old = world.place(world.spots[0][1][0], hours)
            where |= {"hoster": old.hoster, "role": old.role, "old_address": True}
            where["hosters"] = tuple(names) if _spot(world, hours) else ()
            where["nxdomain"] = not where["hosters"]
        for then, told in stretch(chance, hours, where, plan, ties=world.ties):
            hours = then
            world.probed_h.append(hours)
            yield from told
        if chance.random() < 0.1:
            yield from rechecks(chance, hours, where)
        hours = max(hours, world.hours(hours, hours + 30)) if chance.random() < 0.3 else hours
        if chance.random() < 0.2:
            hours += chance.choice((20, 24, 100, 160, 170, 200, 400))
    world.last_h = max(world.last_h, hours)


def _reported(world: HistoryWorld) -> Iterator[tuple[Any, int]]:
    """Give reports, some of them long after the first."""
    chance = world.chance
    for number in range(chance.choice((1, 1, 1, 1, 2, 2, 3))):
        hotline = chance.choice(world.hotlines)
        said_h = world.hours(0, 0.3) if number == 0 else world.moment()
        if number and chance.random() < 0.3:
            said_h = world.hours(world.last_h, world.last_h + 300)
        relayed = chance.random() < 0.05
        received_h = said_h + _on_its_way(world, hotline)
        yield with_stamps(
            make.report(
                received_h,
                hotline=hotline.id,
                id=f"r{number}",
                seen=chance.choice((None, said_h, said_h - world.hours(0, 40))),
                mode=hotline.mode,
                self_report=chance.random() < 0.05,
                root=world.root,
                norms_s=hotline.norms_s,
                sector_norm_s=min(hotline.norms_s),
            ),
            reported_at=at(said_h),
            assesses=hotline.assesses and not relayed,
            relayed_from="unknown" if relayed else None,
        )


def _on_its_way(world: HistoryWorld, hotline: Hotline) -> float:
    if world.chance.random() < 0.6:
        return world.hours(0, 0.02)
    return world.hours(0, hotline.feed_delay_s / 3_600 * world.chance.choice((0.5, 1, 1.5)))


def _noticed(world: HistoryWorld) -> Iterator[tuple[Any, int]]:
    """Give notices and orders, delivered and not, some handed in late."""
    chance = world.chance
    for number in range(chance.choice((0, 1, 1, 1, 1, 2, 3, 4))):
        hotline = chance.choice(world.hotlines)
        order = chance.random() < 0.2
        term_s = chance.choice((3_600, 43_200, 43_200, None)) if order else None
        said_h = world.hours(-1, 5) if chance.random() < 0.6 else world.moment()
        if world.probed_h and chance.random() < 0.2:  # a norm ends near a probe
            ends_h = chance.choice(world.probed_h) - world.hours(-0.02, 0.12)
            said_h = ends_h - (term_s or chance.choice(hotline.norms_s)) / 3_600
        received_h = max(0.01, said_h) + _on_its_way(world, hotline)
        sent = [Delivery.SENT] * 5 if hotline.mode is HotlineMode.SENT_ONLY else []
        recipient = chance.choice(("acme",) * 6 + ("other", "as64500", "unknown", "shield"))
        group = recipient
        if world.change == "sold" and recipient in ("acme", "other"):
            group = world.owner_when_sold(recipient, said_h)
        elif world.change == "owner" and recipient == "acme" and said_h >= world.change_h:
            group = "holding"
        yield with_stamps(
            make.notice(
                said_h,
                received=received_h,
                hotline=hotline.id,
                recipient=recipient,
                group=group,
                result=chance.choice([Delivery.DELIVERED] * 5 + sent + [Delivery.BOUNCED]),
                basis=Basis.ORDER if order else Basis.NOTICE,
                reference=f"o{number}" if order else None,
                term_s=term_s,
                mode=hotline.mode,
                record_id=f"n{number}",
            ),
            norms_s=hotline.norms_s,
            feed_delay_s=hotline.feed_delay_s,
            backdated=at(received_h) - at(said_h) > hotline.feed_delay_s * 1_000,
        )


def _said(world: HistoryWorld) -> Iterator[tuple[Any, int]]:
    """Give withdrawals, checks and answers."""
    chance = world.chance
    for _ in range(chance.choice((0,) * 12 + (1, 1, 2))):
        yield make.withdrawal(world.moment(), hotline=chance.choice(world.hotlines).id)
    for _ in range(chance.choice((0, 0, 0, 1, 2))):
        hotline = chance.choice(world.hotlines)
        said_h = world.moment()
        late_h = _on_its_way(world, hotline)
        made, _ = make.check(
            said_h,
            chance.choice((*CheckResult, *(CheckResult.PRESENT, CheckResult.ABSENT) * 3)),
            hotline=hotline.id,
            who=chance.choice(("ann", "bob")),
        )
        received_at = at(said_h + late_h)
        yield with_stamps(
            (made, received_at),
            received_at=received_at,
            feed_delay_s=hotline.feed_delay_s,
            backdated=late_h * HOUR_MS > hotline.feed_delay_s * 1_000,
        )
    if chance.random() < 0.15:
        yield make.answer(world.moment())


def _decided(world: HistoryWorld) -> Iterator[tuple[Any, int]]:
    """Give decisions of all kinds, some of them taken back."""
    chance = world.chance
    if chance.random() > 0.2:
        return
    actions = [one for one in DecisionAction if one is not DecisionAction.REVOKE]
    for number in range(chance.choice((1, 1, 2))):
        hours = world.moment()
        action = chance.choice([*actions, *FREQUENT])
        hoster = chance.choice(("other", "other", "acme", "third"))
        about = case_id(KEY, chance.choice(("acme", "acme", "other")), Role.HOSTING, 0)
        yield with_stamps(
            make.decision(hours, action.value),
            hoster=hoster if action is DecisionAction.REATTRIBUTE else None,
            case_id=chance.choice(("", about)),
            id=f"d{number}",
        )
        if chance.random() < 0.3:
            taken_back = make.decision(world.hours(hours, hours + 20), "revoke")
            yield with_stamps(taken_back, revokes=f"d{number}", id=f"v{number}")
