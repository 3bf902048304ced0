"""Seeded histories of a URL whose controls were mostly missed, silent or like it."""

from collections.abc import Iterator
from random import Random

from histories import OTHER, SOFT
from ledger_events import (
    BOTH,
    DEAD,
    GONE,
    LIMITED,
    ONLINE,
    REFUSED,
    check,
    notice,
    observation,
    placed,
    report,
)

from schemas.closed_lists import Basis, CheckResult, Target
from schemas.records.facts import Facts

CHALLENGE = Facts(status=200, challenge=True)
CONTROLS = (GONE, REFUSED, SOFT, ONLINE, DEAD, DEAD, LIMITED, CHALLENGE)
STEPS_H = (0.17, 0.25, 1, 6, 12, 24, 30)


def unbacked(chance: Random) -> list[tuple[object, int]]:
    """Return records of one URL with their append times, in order of time but for a few."""
    told = [report(seen=chance.choice([None, 0])), placed(), notice(chance.choice([0.5, 1, 20]))]
    if chance.random() < 0.3:
        term_s = chance.choice([3_600, 40_000])
        told.append(notice(2, basis=Basis.ORDER, reference="x", term_s=term_s))
    if chance.random() < 0.2:
        told.append(check(round(chance.uniform(3, 90), 1), chance.choice(list(CheckResult))))
    if chance.random() < 0.3:
        told.append(notice(round(chance.uniform(60, 120), 1)))
    told += _observations(chance)
    late = {i for i in range(len(told)) if chance.random() < 0.05}
    return [told[i] for i in sorted(range(len(told)), key=lambda i: (i in late, told[i][1]))]


def _observations(chance: Random) -> Iterator[tuple[object, int]]:
    """Give observations in stretches that each see one thing, controls with a few of them."""
    hours = 1.0
    for _ in range(chance.choice([1, 1, 2, 4])):
        seen = chance.choice([SOFT, SOFT, ONLINE, ONLINE, OTHER, GONE, LIMITED])
        often = chance.choice([0, 0.1, 0.3, 0.7])
        drawn = [chance.choice(CONTROLS) for _ in range(chance.choice([1, 1, 2]))]
        controls = chance.choice([drawn, drawn, [seen, DEAD]])
        for _ in range(chance.choice([3, 5, 9])):
            hours = round(hours + chance.choice(STEPS_H), 2)
            for vantage in BOTH[: chance.choice([1, 2, 2])]:
                said = {"canary_ok": chance.random() > 0.06}
                yield observation(hours, seen, vantage, **said)
                for target in (Target.MADE_UP_PATH, Target.ROOT):
                    if chance.random() < often:
                        then = hours + chance.choice([0, 0, 0.02])
                        yield observation(
                            then, chance.choice(controls), vantage, target=target, **said
                        )
