"""Who takes part in the scenarios."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sim.world.behaviour import Behaviour
from sim.world.delays import (
    ABROAD_2023,
    DE_2019,
    NEVER,
    NL_DOMINANT_2020,
    NL_FAST,
    NL_MIDDLE,
    NL_SLOW,
    WITHIN_HOURS,
    DelayMixture,
)
from sim.world.hosters import ALL, HosterChange, SimHoster

_BY_ID: Final = {hoster.id: hoster for hoster in ALL}


def few(**weights: float) -> Sequence[SimHoster]:
    """Return some hosters of the world with other weights, by their ids."""
    return tuple(replace(_BY_ID[id], weight=weight) for id, weight in weights.items())


# --- one hoster with nearly everything

DOMINANT: Final = "fjord"
DOMINANT_SHARE: Final = 0.94
"""NForce in the Netherlands of 2020 (KvK: 174,652 of 185,000 links)."""


def dominant() -> Sequence[SimHoster]:
    """Return a field with one hoster that has 94 % of what is reported."""
    others = few(amber=2, birch=2, cedar=2, nettle=1, heath=1, iris=1)
    rest = sum(hoster.weight for hoster in others)
    weight = rest * DOMINANT_SHARE / (1 - DOMINANT_SHARE)
    return (*few(fjord=weight), *others)


# --- the Netherlands of 2022

KINDS: Final = (
    ("fast", 16, 0.24, NL_FAST),
    ("slow", 16, 0.66, NL_SLOW),
    ("middle", 7, 0.10, NL_MIDDLE),
)
"""Kind, hosters, share of the URLs and law, of the 39 hosters that were found in 2022."""

_FIELD_FIRST: Final = 101


def split() -> Sequence[SimHoster]:
    """Return the split field of 2022: 39 hosters, fast, slow and few between."""
    found: list[SimHoster] = []
    for kind, many, share, delay_mixture in KINDS:
        for place in range(many):
            found.append(
                SimHoster(
                    id=f"{kind}{place + 1:02}",
                    number=_FIELD_FIRST + len(found),
                    behaviour=Behaviour.MIXED,
                    delay_mixture=delay_mixture,
                    weight=share / many,
                )
            )
    return tuple(found)


# --- a hoster that goes silent

SILENT: Final = "birch"
SILENT_FROM: Final = 1


def silent() -> Sequence[SimHoster]:
    """Return a field in which a prompt hoster stops to answer after the first day."""
    change = HosterChange(day=SILENT_FROM, delay_mixture=NEVER)
    quiet = tuple(replace(hoster, changes=(change,)) for hoster in few(birch=6))
    return (*quiet, *few(amber=3, cedar=1, nettle=1, maple=1))


# --- one country empties into another

FROM: Final = "XA"
TO: Final = "XB"
_MONTHLY: Final = ((0, 0.8), (30, 0.5), (60, 0.2))
"""Day and share of the first country: in a quarter what the Netherlands and Bulgaria did in a year
(29 % to 11 %, 9 % to 28 % of the material, 2024 to 2025)."""


def displaced() -> Sequence[SimHoster]:
    """Return hosters in two countries whose customers go from one to the other in a quarter."""
    here = tuple(
        _country(41 + n, id, FROM, delay_mixture) for n, (id, delay_mixture) in enumerate(_HERE)
    )
    there = tuple(
        _country(51 + n, id, TO, delay_mixture) for n, (id, delay_mixture) in enumerate(_THERE)
    )
    leaves = tuple(
        replace(hoster, seat=FROM, weight=0.15, second=_THERE[0][0]) for hoster in few(ivory=1)
    )
    return (*here, *there, *leaves)


_HERE: Final = (("atlas", NL_DOMINANT_2020), ("brook", DE_2019), ("cove", WITHIN_HOURS))
_THERE: Final = (("delta", ABROAD_2023), ("ester", ABROAD_2023), ("fen", NL_SLOW))


def _country(number: int, id: str, seat: str, delay_mixture: DelayMixture) -> SimHoster:
    shares = [(day, share if seat == FROM else 1 - share) for day, share in _MONTHLY]
    return SimHoster(
        id=id,
        number=number,
        behaviour=Behaviour.SLOW,
        delay_mixture=delay_mixture,
        weight=shares[0][1] / 3,
        seat=seat,
        changes=tuple(HosterChange(day=day, weight=share / 3) for day, share in shares[1:]),
    )


# --- hosters that hide

OBSTRUCTING: Final = ("jade", "kelp")


def obstructing() -> Sequence[SimHoster]:
    """Return a field in which two hosters show nothing, and one refuses the removed URL alone."""
    return few(jade=4, kelp=3, amber=2, birch=2, nettle=3, maple=1)


CLOAKED: Final = ("moss",)


def cloaked() -> Sequence[SimHoster]:
    """Return a field in which one hoster feigns removal to the monitor's known addresses."""
    return few(moss=4, amber=2, birch=3, cedar=2, nettle=1, heath=1)


PLAIN: Final = few(amber=3, birch=3, cedar=2, dune=1, nettle=1, maple=1, heath=2)
"""Honest hosters, and one that does nothing."""

BURST_AT: Final = "birch"
"""Who reports its own finds, and removes them like others'."""
