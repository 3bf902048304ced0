"""Seeded observations of a URL: hosts that change, hide, take turns and lie in their headers."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

from ledger_events import NORTH, SOUTH, WEST, observation
from msgspec.structs import replace

from schemas.closed_lists import ProbeError, Target
from schemas.records.facts import Facts

Told = list[tuple[Any, int]]

HIDDEN = "hidden"
VANTAGES = ((NORTH, SOUTH), (NORTH, SOUTH), (NORTH, SOUTH), (NORTH, SOUTH, WEST), (NORTH,))

VIDEO = Facts(status=200, type="video/mp4", length=5_000_000, etag_key="a")
PAGE = Facts(status=200, type="text/html", length=900, etag_key="p")
MISSING = Facts(status=404, type="text/html", length=150)
ROOT = Facts(status=200, type="text/html", length=20_000, etag_key="r")
TIMEOUT = Facts(error=ProbeError.TIMEOUT)

ADVERSE = (
    replace(VIDEO, cached=True),
    replace(VIDEO, cached=True, age_s=1_728_000),
    replace(VIDEO, cached=True, age_s=3_600),
    replace(VIDEO, age_s=90_000),
    replace(VIDEO, length=None, etag_key=""),
    replace(VIDEO, length=9_000_000, etag_key="z"),
    replace(VIDEO, status=206, method="GET", head_status=404),
    replace(MISSING, method="GET", head_status=200),
    replace(MISSING, type="video/mp4", length=5_000_000, etag_key="a"),
    replace(ROOT, to_root=True, hops=1, location_key="/"),
    replace(ROOT, to_root=True, left_host=True, hops=1, location_key="e"),
    replace(PAGE, parked=True),
    replace(PAGE, placeholder=True, hops=1, location_key="removed"),
    replace(PAGE, suspended=True),
    replace(PAGE, challenge=True),
    Facts(status=451),
    Facts(error=ProbeError.RESET),
    Facts(error=ProbeError.BLOCKED_POLICY),
    Facts(error=ProbeError.CLOCK),
    Facts(error=ProbeError.MISSED_POLITENESS),
    Facts(error=ProbeError.BLOCKED_POLICY_HOP),
)
PLAIN = (
    *(VIDEO,) * 5,
    *(MISSING,) * 5,
    PAGE,
    Facts(status=410),
    Facts(status=403, type="text/html", length=90),
    Facts(status=429),
    Facts(status=503),
    TIMEOUT,
    TIMEOUT,
)
CONTROLS = (
    *((MISSING, ROOT),) * 8,
    (PAGE, PAGE),
    (TIMEOUT, TIMEOUT),
    (Facts(status=503), ROOT),
    (MISSING, Facts(status=403)),
    (VIDEO, ROOT),
    None,
    None,
)
STEPS_H = (1 / 6, 1 / 6, 1 / 6, 0.25, 0.3, 1, 2, 6, 12, 24, 24, 48, 50)


def behaviour(chance: Random) -> Callable[[str], Facts]:
    """Return what a host answers a vantage for a while."""
    one = chance.choice(ADVERSE if chance.random() < 0.25 else PLAIN)
    two = chance.choice(ADVERSE if chance.random() < 0.3 else PLAIN)
    return chance.choice(
        [
            lambda _: one,
            lambda _: one,
            lambda _: one,
            lambda _: chance.choice((one, two)),
            lambda vantage: one if vantage == NORTH else two,
            lambda vantage: two if vantage == SOUTH else one,
            lambda vantage: MISSING if vantage == NORTH else VIDEO,
        ]
    )


class Plan(NamedTuple):
    """A stretch of slots: what the host answers (None = drawn), how often, for whom."""

    facts: Facts | None = None
    step_h: float | None = None
    slots: int = 3
    dead: bool = False
    vantages: tuple[str, ...] = (NORTH, SOUTH)


def plans(chance: Random) -> list[Plan]:
    """Return what a host does: it removes, falls silent, loses its name, or anything."""
    gone = chance.choice((MISSING,) * 5 + (PAGE, Facts(status=451), Facts(status=410)))
    there = Plan(VIDEO, chance.choice((0.5, 2, 8)), chance.choice((1, 2, 3)))
    removed = Plan(gone, chance.choice((0.2, 0.2, 0.3)), chance.choice((3, 4, 5, 6)))
    back = Plan(chance.choice((VIDEO, VIDEO, PAGE)), 0.5, 2)
    silent = Plan(TIMEOUT, chance.choice((12.0, 24.0, 24.0)), chance.choice((9, 15)), dead=True)
    nameless = Plan(Facts(error=ProbeError.NXDOMAIN), 0.2, 5)
    changed = Plan(chance.choice((replace(VIDEO, length=90_000), PAGE)), chance.choice(STEPS_H), 4)
    wild = [Plan(slots=chance.choice((1, 2, 3, 4))) for _ in range(chance.choice((1, 2, 3)))]
    drawn = chance.choice(
        (
            *([there, removed],) * 5,
            [there, removed, back],
            [there, removed, back, removed],
            [removed],
            [there, silent],
            [there, silent, back],
            [there, nameless],
            [there, changed],
            [there, changed, changed],
            [there, removed, changed],
            *(wild,) * 4,
            [there, *wild],
            [*wild, removed],
        )
    )
    vantages = chance.choice(VANTAGES)
    return [plan._replace(vantages=vantages) for plan in drawn]


def stretch(
    chance: Random, hours: float, where: dict[str, Any], plan: Plan, *, ties: bool
) -> Iterator[tuple[float, Told]]:
    """Give (hour, observations) of some slots in which a host behaves alike.

    Args:
        chance: where all is drawn from.
        hours: when it begins.
        where: of the observations: hoster, role, whom the name leads to.
        plan: what it does.
        ties: several things may happen in one millisecond.
    """
    drawn, facts = behaviour(chance), plan.facts
    answers = drawn if facts is None else lambda _: facts
    step = plan.step_h or chance.choice(STEPS_H)
    vantages = plan.vantages if chance.random() < 0.9 else chance.choice(VANTAGES)
    sound = chance.choice(CONTROLS) if facts is None else (PAGE if facts is PAGE else MISSING, ROOT)
    controls = (TIMEOUT, TIMEOUT) if plan.dead else sound
    for _ in range(plan.slots):
        hours += step * chance.choice((1, 1, 1, 0.9))
        told: Told = []
        for number, vantage in enumerate(vantages):
            if chance.random() < 0.03:
                continue  # no observation came of the slot
            said = _said(chance, vantages, where)
            late_ms = 0 if ties else 4_000 + 9_000 * number + chance.randrange(8_000)
            told.append(_shifted(observation(hours, answers(vantage), vantage, **said), late_ms))
            if chance.random() < 0.02:  # the same order came to a second result
                again = observation(hours, chance.choice(PLAIN), vantage, **said)
                told.append(_shifted(again, late_ms + 700))
            if controls is not None and chance.random() < 0.5:
                said = _said(chance, vantages, where)
                for target, beside in zip(
                    (Target.MADE_UP_PATH, Target.ROOT), controls, strict=True
                ):
                    late_ms = 0 if ties else chance.randrange(1, 3_000)
                    told.append(
                        _shifted(
                            observation(hours, beside, vantage, target=target, **said), late_ms
                        )
                    )
        yield hours, told


def _said(chance: Random, vantages: Sequence[str], where: dict[str, Any]) -> dict[str, Any]:
    said = {"asked": tuple(vantages), **where, "canary_ok": chance.random() > 0.04}
    if chance.random() < 0.003:
        said["late_h"] = 25
    return said


def _shifted(one: tuple[Any, int], ms: int) -> tuple[Any, int]:
    seen, appended_at = one
    moved = replace(seen, sent_at=seen.sent_at + ms, done_at=seen.done_at + ms)
    return moved, appended_at + ms


def rechecks(chance: Random, hours: float, where: dict[str, Any]) -> Told:
    """Return observations of a vantage that is not asked."""
    facts = chance.choice(PLAIN)
    said = {"asked": (NORTH, SOUTH), **where, "announced": False}
    ms = 30_000 + chance.randrange(9_000)
    return [
        _shifted(observation(hours, facts, HIDDEN, **said), ms),
        _shifted(observation(hours, MISSING, HIDDEN, target=Target.MADE_UP_PATH, **said), ms + 11),
    ]
