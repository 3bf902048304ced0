"""Who takes part in a live world: the hosters of a scenario, fewer of them, or thousands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Final

from schemas.records.registry import HosterEntry, InclusionEntry, Registry
from sim.world.behaviour import Behaviour
from sim.world.hosters import NETWORK_FIRST, SimHoster

MOST: Final = 10_000
"""Each has a socket that listens, and machines let a process have some 20,000 files at most; the
networks from 127.40.0.0/16 on have room for 55,000."""

_COPIES_FROM: Final = 256
"""Their place in the address plan, behind all that scenarios have."""


def cast(hosters: Sequence[SimHoster], number: int | None) -> tuple[SimHoster, ...]:
    """Return so many hosters at which something is reported, and those that names lead to.

    Fewer than there are means of every behaviour the first, then of every one the second, and so
    on; more means the same ones again under other names and addresses.

    Args:
        hosters: of the scenario.
        number: how many, `MOST` at most; None = those.
    """
    if number is None:
        return tuple(hosters)
    reported = [hoster for hoster in hosters if hoster.weight]
    fewer = number < len(reported)
    chosen = _of_every_kind(reported)[:number] if fewer else reported
    owners = {hoster.id: hoster.group for hoster in hosters}
    chosen = [*chosen, *_copies(reported, number - len(reported), owners)]
    needed = {id for hoster in chosen for id in (hoster.second, hoster.through)}
    needed -= {hoster.id for hoster in chosen}
    return (*chosen, *(hoster for hoster in hosters if hoster.id in needed))


def _of_every_kind(hosters: Iterable[SimHoster]) -> list[SimHoster]:
    met: dict[Behaviour, int] = {}
    turns: list[tuple[int, int, SimHoster]] = []
    for hoster in hosters:
        met[hoster.behaviour] = met.get(hoster.behaviour, 0) + 1
        turns.append((met[hoster.behaviour], len(turns), hoster))
    return [hoster for _, _, hoster in sorted(turns, key=lambda turn: turn[:2])]


def _copies(
    hosters: Sequence[SimHoster], number: int, owners: Mapping[str, str]
) -> list[SimHoster]:
    """Return so many more, each of the owner to whose other hoster its names move."""
    numbers = count(_COPIES_FROM)
    found: list[SimHoster] = []
    for n in range(max(number, 0)):
        like, place = hosters[n % len(hosters)], next(numbers)
        again = n // len(hosters) + 2
        owner = like.group or owners.get(like.second, "")
        found.append(replace(like, id=f"{like.id}{again}", number=place, group=owner))
    return found


def entries(known: Iterable[Registry], cast: Sequence[SimHoster]) -> list[Registry]:
    """Return the registry of a cast.

    Args:
        known: the registry of the scenario it was taken from.
        cast: who takes part.
    """
    taking_part = {hoster.id for hoster in cast}
    about = HosterEntry | InclusionEntry
    found = [e for e in known if not isinstance(e, about) or e.id in taking_part]
    there = {entry.id for entry in found if isinstance(entry, HosterEntry)}
    return [*found, *(hoster.entry() for hoster in cast if hoster.id not in there)]


def networks(cast: Sequence[SimHoster]) -> tuple[str, ...]:
    """Return the networks of a cast and of the canary: all that a live monitor may connect to."""
    seconds = {NETWORK_FIRST, *(int(hoster.network.split(".")[1]) for hoster in cast)}
    return tuple(f"127.{second}.0.0/16" for second in sorted(seconds))
