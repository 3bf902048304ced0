"""When gone observations confirm an end, and of what kind (rules 4.1, 4.2, 4.11 and 4.12)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol

from schemas.closed_lists import CaseClass, Verdict
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, Instant
from verify.method_10.observations import JudgedObservation

PROBES_MIN: Final = 3
SPAN_MS: Final = 30 * MINUTE_MS
CANARY_MS: Final = HOUR_MS
DARK_MS: Final = 7 * DAY_MS
DARK_PROBES_MIN: Final = 6
DARK_GAP_MS: Final = 49 * HOUR_MS


class TimedProbe(Protocol):
    """A probe: the slot it was planned for, and when its answer was complete."""

    @property
    def slot_at(self) -> Instant:
        """When it was planned."""
        ...

    @property
    def done_at(self) -> Instant:
        """When its answer was complete."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A confirmed end: what it is, R, and how it was seen."""

    case_class: CaseClass
    gone_at: Instant
    announced_only: bool
    single_vantage: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedVantages:
    """The vantages that were asked, at an instant.

    Attributes:
        vantages: all of them.
        required: those whose canary answered within the hour.
        inconclusive: those that have said neither online nor gone since the newest sighting.
    """

    vantages: frozenset[str]
    required: frozenset[str]
    inconclusive: frozenset[str]


def required_vantages(
    asked: Collection[str], canaries: Mapping[str, Instant], at: Instant
) -> frozenset[str]:
    """Return the vantages asked whose canary answered within the hour (rule 4.2)."""
    return frozenset(v for v in asked if at - CANARY_MS <= canaries.get(v, -1) <= at)


def confirmed_end(
    run: Sequence[JudgedObservation], asked: AskedVantages, *, left: bool
) -> Confirmed | None:
    """Return the end that the gone observations since the newest sighting confirm (rule 4.1).

    Args:
        run: the gone observations since the newest sighting, in order.
        asked: who was asked.
        left: the name no longer leads to the owner.
    """
    no_name = [s for s in run if _nameless(s)]
    here = [s for s in run if not s.observation.old_address and not _nameless(s)]
    found = None
    if any(s.observation.old_address for s in no_name):
        found = _enough(CaseClass.DNS_ENDED, no_name, asked)
    at_the_old_address = [s for s in run if not _nameless(s)]
    if found is None and left and len(at_the_old_address) > len(here):
        found = _enough(CaseClass.MOVED, at_the_old_address, asked)
    return found or _enough(CaseClass.REMOVED, here, asked)


def _nameless(observation: JudgedObservation) -> bool:
    """Return whether the name did not exist."""
    at_the_old_address = observation.observation.old_address and observation.observation.nxdomain
    return observation.judgement.verdict is Verdict.DNS_GONE or at_the_old_address


def _enough(
    case_class: CaseClass, observations: Sequence[JudgedObservation], asked: AskedVantages
) -> Confirmed | None:
    """Return the end that observations of one kind confirm; None = not yet (4.1 to 4.3, 4.9)."""
    by_vantage = {v: [s for s in observations if s.who == v] for v in asked.required}
    have = {v: mine for v, mine in by_vantage.items() if suffice([s.observation for s in mine])}
    wanting = asked.required - have.keys()
    single = len(asked.vantages) == 1
    if not have or (len(asked.required) < 2 and not single):
        return None
    if wanting and not (
        len(asked.required) >= 3
        and len(wanting) == 1
        and wanting <= asked.inconclusive
        and in_different_networks(have.values())
    ):
        return None
    return Confirmed(
        case_class=case_class,
        gone_at=max(mine[0].at for mine in have.values()),
        announced_only=all(s.observation.announced for mine in have.values() for s in mine),
        single_vantage=single,
    )


def suffice(probes: Sequence[TimedProbe]) -> bool:
    """Return whether probes of one vantage that agree suffice: 3 slots over 30 min (rule 4.1).

    Args:
        probes: of the vantage, in the order in which their answers were complete.
    """
    slots = {probe.slot_at for probe in probes}
    return len(slots) >= PROBES_MIN and probes[-1].done_at - probes[0].done_at >= SPAN_MS


def in_different_networks(observations: Collection[Sequence[JudgedObservation]]) -> bool:
    """Return whether no AS number is that of two vantages, and none is unknown (rule 4.2)."""
    numbers = [{s.observation.asn for s in mine} for mine in observations]
    every = [number for mine in numbers for number in mine]
    return 0 not in every and len(every) == len(set(every))


def url_refused_to_all(refused: Sequence[JudgedObservation]) -> bool:
    """Return whether an unannounced vantage is refused the URL alone too (rule 4.8)."""
    return any(not s.observation.announced for s in refused)


def dark_since(
    dead: Sequence[JudgedObservation],
    controls: Sequence[JudgedObservation],
    required: Collection[str],
    now: Instant,
) -> Instant | None:
    """Return since when the host is dark (rule 4.11); None = it is not.

    A vantage's canary is healthy if it answered within the hour, as for a removal.

    Args:
        dead: the unreachable observations since the host last showed life.
        controls: the observations of its controls since then.
        required: the vantages asked whose canary is healthy; empty = too few.
        now: the instant of the newest observation.
    """
    if not dead or not required or now - dead[0].at < DARK_MS:
        return None
    if not controls or any(one.alive for one in controls):
        return None
    began_at = dead[0].at
    for vantage in required:
        mine = [s for s in dead if s.who == vantage]
        if len({s.observation.slot_at for s in mine}) < DARK_PROBES_MIN:
            return None
        times = [began_at, *(s.at for s in mine), now]
        if any(later - sooner > DARK_GAP_MS for sooner, later in pairwise(times)):
            return None
    return began_at
