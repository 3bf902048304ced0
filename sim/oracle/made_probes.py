"""The probes that were made at a URL, and what follows from them: the oracle's own reading.

A machine that is busy misses probes, and in quick time a second is an hour. So what must be known
is asked of the probes that stand in the ledger and not of the timetable: where probes were missed
a figure may be wider, and is never wrong. Written apart from `streams/lifecycle`.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto
from typing import Final, NamedTuple, TypeAlias

from schemas.closed_lists import NO_PROBE, Target
from schemas.moments import MINUTE_MS, Instant
from schemas.records.case import UrlState
from schemas.records.case_observations import TRAIT_CANARY_OK
from schemas.records.facts import Observation
from sim.world.material import Material
from verify.method_10.gone import suffice

BESIDE_MS: Final = 35 * MINUTE_MS
"""A control that was probed together with a probe: in its slot, or the next ones of a doubt."""


class Gone(Enum):
    """What a hoster answers in the place of what it removed, by how much it takes to know it."""

    PLAIN = auto()  # "not found", "gone" or a refusal: it says so itself
    LED_AWAY = auto()  # its home page, which controls have to explain
    LIKENED = auto()  # what it answers at any path, from which what was there has to differ


class Made(NamedTuple):
    """One probe.

    Attributes:
        hoster: for whose case.
        vantage: who probed.
        target: the URL or a control.
        slot_at: what it was planned for.
        sent_at, done_at: the request was sent, the answer was complete.
        answered: there was an answer, whatever it said.
    """

    hoster: str
    vantage: str
    target: Target
    slot_at: Instant
    sent_at: Instant
    done_at: Instant
    answered: bool


_Controls: TypeAlias = Mapping[tuple[str, Target], Sequence[tuple[Instant, Instant]]]
"""When the controls of a vantage were sent, and for which slot, in order, by target."""


def probes_made(state: UrlState) -> tuple[Made, ...]:
    """Return the probes of a URL, in order of their ends."""
    found = []
    for track in state.tracks:
        for observation in track.observations:
            error = state.fingerprints[observation.print].error
            if error in NO_PROBE or not observation.traits & TRAIT_CANARY_OK:
                continue
            sent_at = observation.slot_at + observation.sent_ms
            done_at = sent_at + observation.done_ms
            found.append(
                Made(
                    track.hoster,
                    track.vantage,
                    track.target,
                    observation.slot_at,
                    sent_at,
                    done_at,
                    answered=error is None,
                )
            )
    return tuple(sorted(found, key=_by_end))


def probes_written(facts: Iterable[object]) -> tuple[Made, ...]:
    """Return the same from what was written of a URL, whatever a state has kept of it.

    Args:
        facts: records of the ledger.
    """
    found = {
        Made(
            fact.hoster,
            fact.vantage,
            fact.target,
            fact.slot_at,
            fact.sent_at,
            fact.done_at,
            answered=fact.facts.error is None,
        )
        for fact in facts
        if isinstance(fact, Observation) and fact.canary_ok and fact.facts.error not in NO_PROBE
    }
    return tuple(sorted(found, key=_by_end))


def placed_at(state: UrlState) -> Mapping[str, Instant]:
    """Return when a URL's name was first found to lead to each hoster."""
    found: dict[str, Instant] = {}
    for made in state.attributions:
        for hoster in {state.placements[index].hoster for index in made.placement_indexes}:
            found[hoster] = min(made.at, found.get(hoster, made.at))
    return found


def _by_end(probe: Made) -> tuple[Instant, Instant, str, Target]:
    return probe.done_at, probe.sent_at, probe.vantage, probe.target


def confirmed_gone_at(
    item: Material, probes: Sequence[Made], vantages: Sequence[str], shown: Gone = Gone.PLAIN
) -> Instant | None:
    """Return R of the removal that the probes must have confirmed; None = they need not have.

    A probe that was under way when it was removed may have seen it there; what was over before
    that probe was tells of no removal.

    Args:
        item: what was probed; its removal is the truth.
        probes: in order of their ends.
        vantages: those that have to agree.
        shown: what its hoster answers in its place.
    """
    if item.removed_at is None:
        return None
    until = item.back_at
    under_way = (
        probe.done_at for probe in probes if probe.answered and _begins(probe, item.removed_at)
    )
    since_at = max(under_way, default=item.removed_at)
    during = [
        probe
        for probe in probes
        if probe.answered
        and probe.sent_at >= item.removed_at
        and (until is None or probe.done_at < until)
    ]
    controls = _controls(during)
    gone = [
        probe
        for probe in during
        if probe.target is Target.URL
        and probe.done_at > since_at
        and _says_so(probe, controls, shown)
    ]
    said = {vantage: [probe for probe in gone if probe.vantage == vantage] for vantage in vantages}
    if not all(suffice(probes) for probes in said.values()):
        return None
    if shown is Gone.LIKENED and not set(vantages) <= _compared(item, probes):
        return None
    return max(probes[0].done_at for probes in said.values())


def _begins(probe: Made, before: Instant) -> bool:
    return probe.target is Target.URL and probe.sent_at < before


def _controls(probes: Iterable[Made]) -> _Controls:
    found: dict[tuple[str, Target], list[tuple[Instant, Instant]]] = defaultdict(list)
    for probe in probes:
        if probe.target is not Target.URL:
            found[probe.vantage, probe.target].append((probe.sent_at, probe.slot_at))
    for times in found.values():
        times.sort()
    return found


def _says_so(probe: Made, controls: _Controls, shown: Gone) -> bool:
    """Return whether its vantage probed both controls beside it, where an answer of "here it
    is" has to be explained in its slot or soon after it.
    """
    for target in (Target.MADE_UP_PATH, Target.ROOT):
        times = controls.get((probe.vantage, target), ())
        first = bisect_left(times, (probe.sent_at - BESIDE_MS,))
        after = bisect_left(times, (probe.sent_at + BESIDE_MS + 1,))
        if not any(
            shown is Gone.PLAIN or 0 <= slot_at - probe.slot_at <= BESIDE_MS
            for _, slot_at in times[first:after]
        ):
            return False
    return True


def _compared(item: Material, probes: Sequence[Made]) -> set[str]:
    """Return the vantages that saw it there and a made-up path beside it, so know them apart."""
    there = [probe for probe in probes if probe.answered and is_there(item, probe)]
    return {
        probe.vantage
        for probe in there
        if probe.target is Target.URL
        and any(
            other.target is Target.MADE_UP_PATH
            and other.vantage == probe.vantage
            and abs(other.sent_at - probe.sent_at) <= BESIDE_MS
            for other in there
        )
    }


def seen_there(
    item: Material, probes: Iterable[Made], vantages: Iterable[str], after: Instant
) -> bool:
    """Return whether every vantage made a probe after an instant at which it was there all along.

    Args:
        item: what was probed.
        probes: the probes.
        vantages: who must have seen it.
        after: probes sent before it do not count.
    """
    saw = {
        probe.vantage
        for probe in probes
        if probe.answered
        and probe.target is Target.URL
        and probe.sent_at >= after
        and is_there(item, probe)
    }
    return set(vantages) <= saw


def is_there(item: Material, probe: Made) -> bool:
    """Return whether it was there all the time that a probe took."""
    from_at, until = probe.sent_at, probe.done_at
    spans = ((begun_at, until if end is None else end) for begun_at, end in item.absences())
    return item.online(from_at) and not any(a <= until and from_at <= b for a, b in spans)


def suffices(probes: Sequence[Made], vantages: Iterable[str]) -> bool:
    """Return whether probes that agree settle what a URL is: enough of them, of every vantage."""
    asked = [probe for probe in probes if probe.target is Target.URL]
    return all(suffice([one for one in asked if one.vantage == vantage]) for vantage in vantages)


def sent_at_of(gone_at: Instant, probes: Iterable[Made]) -> Instant:
    """Return when the probe was sent whose end is R; R itself where it is nobody's."""
    return min((probe.sent_at for probe in probes if probe.done_at == gone_at), default=gone_at)
