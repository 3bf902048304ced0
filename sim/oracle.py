"""Lays what was measured beside what is true, and says what is wrong.

The demo is right only if every accepted report is accounted for, every URL is one case at its
hoster with the notice's own time, every removal that could have been confirmed is, nothing else
is, every (L, R] contains the true removal, no norm verdict contradicts the truth, and no hoster
that obstructs gains a removal.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from schemas.case import CaseSummary
from schemas.moments import Instant
from schemas.reasons import NormVerdict, Result, Role
from sim.behaviour import OBSTRUCTS
from sim.evidence import Evidence, counts
from sim.hosters import SimHoster
from sim.looks import known_by, last_look_ms
from sim.material import Material
from sim.outages import Outages
from sim.truth import Standing, median_ms, standing
from sim.world import World


class Finding(StrEnum):
    """What can be wrong."""

    INTAKE = "records met another fate than they should have"
    UNACCOUNTED = "accepted reports stand in no case and are not pending"
    LOST = "reported URLs without a case"
    MISPLACED = "cases at another hoster, in another role, or more than one for a URL"
    NOTICED = "cases with another time of notice than the hotline's"
    UNSEEN_REMOVAL = "true removals not found an hour after the next look"
    FALSE_REMOVAL = "cases called removed that are still there"
    WRONG_INTERVAL = "intervals (L, R] that do not contain the true removal"
    WRONG_VERDICT = "norm verdicts that contradict the truth"
    REWARDED = "removals credited to a hoster that obstructs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One hoster, measured and in truth.

    Attributes:
        median_fits: the measured median lies within one step of the timetable of the truth.
    """

    hoster: SimHoster
    measured: Standing
    truth: Standing
    median_fits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What the oracle says of a run.

    Attributes:
        fates: records by result and reason.
        unaccounted: accepted reports that are nowhere.
        findings: how often what is wrong; empty = all is right.
        lines: per hoster.
    """

    fates: Mapping[tuple[Result, str], int]
    unaccounted: int
    findings: Mapping[Finding, int]
    lines: Sequence[Line]

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """Judges a run in one world.

    Attributes:
        world: the truth.
        key_of: the url_key of a URL, by the demo's own key file.
        outages: when the monitor was not there; a look planned for such a time is not asked for.
    """

    world: World
    key_of: Callable[[Material], str]
    outages: Outages = field(default_factory=Outages)

    def judge(self, evidence: Evidence) -> Sentence:
        """Return what is measured, what is true, and what is wrong."""
        material = self.world.material(evidence.told_until)
        found: Counter[Finding] = Counter()
        for item in material:
            url = evidence.urls.get(self.key_of(item))
            cases = url.cases if url else ()
            found.update(_examine(item, cases, evidence, known_by(item, self.outages)))
        by_id = {hoster.id: hoster for hoster in self.world.plan.hosters}
        for url in evidence.urls.values():
            for case in url.cases:
                hoster = by_id.get(case.hoster)
                obstructs = hoster is not None and hoster.behaviour in OBSTRUCTS
                found[Finding.REWARDED] += obstructs and evidence.removed(case)
        fates = counts(evidence.fates())
        found[Finding.UNACCOUNTED] += evidence.unaccounted()
        found[Finding.INTAKE] += (fates - self._sent(evidence)).total()
        found[Finding.INTAKE] += (self._sent(evidence) - fates).total()
        return Sentence(
            fates=fates,
            unaccounted=evidence.unaccounted(),
            findings={finding: n for finding, n in sorted(found.items()) if n},
            lines=[
                self._line(hoster, [m for m in material if m.hoster == hoster.id], evidence)
                for hoster in self.world.plan.hosters
            ],
        )

    def _sent(self, evidence: Evidence) -> Counter[tuple[Result, str]]:
        events = self.world.events(self.world.plan.start_at - 1, evidence.told_until)
        return Counter((event.result, event.reason or "") for event in events)

    def _line(self, hoster: SimHoster, material: Sequence[Material], evidence: Evidence) -> Line:
        truth = standing(material, evidence.as_of, evidence.told_until)
        measured = evidence.measured(hoster.id)
        low, high = median_bracket(material, evidence, self.outages)
        fits = _within(measured.median_s, low, high)
        return Line(hoster=hoster, measured=measured, truth=truth, median_fits=fits)


def _examine(
    item: Material, cases: Sequence[CaseSummary], evidence: Evidence, known_at: Instant
) -> Iterator[Finding]:
    if not cases:
        yield Finding.LOST
        return
    if len(cases) > 1 or cases[0].hoster != item.hoster or cases[0].role is not Role.HOSTING:
        yield Finding.MISPLACED
        return
    case = cases[0]
    noticed = item.noticed_at <= evidence.told_until
    if case.noticed_at != (item.noticed_at if noticed else None):
        yield Finding.NOTICED
    removed = evidence.removed(case)
    if removed and not item.gone(evidence.as_of):
        yield Finding.FALSE_REMOVAL
    if not removed and noticed and known_at <= evidence.as_of:
        yield Finding.UNSEEN_REMOVAL
    ends = {case.first_end} | ({(case.last_seen_at, case.gone_at)} if removed else set())
    for end in ends - {None}:
        if end is not None and not _contains(end, item.removed_at):
            yield Finding.WRONG_INTERVAL
    for norm_s, verdict in zip(case.norms_s, case.verdicts, strict=False):
        if _contradicts(verdict, item, 1_000 * norm_s, evidence.read_at):
            yield Finding.WRONG_VERDICT


def _contains(end: tuple[Instant | None, Instant | None], removed_at: Instant | None) -> bool:
    last_seen_at, gone_at = end
    if removed_at is None or gone_at is None or removed_at > gone_at:
        return False
    return last_seen_at is None or last_seen_at < removed_at


def _contradicts(verdict: NormVerdict, item: Material, norm_ms: int, at: Instant) -> bool:
    match verdict:
        case NormVerdict.IN_TIME:
            return not item.in_time(norm_ms, at)
        case NormVerdict.LATE:
            return not item.late(norm_ms, at)
        case NormVerdict.UNDETERMINED:
            return False


def median_bracket(
    material: Sequence[Material], evidence: Evidence, outages: Outages
) -> tuple[float | None, float | None]:
    """Return bounds of a median that was measured right, in seconds; None = not reached.

    A removal is measured at the first look after it, and what is there is watched until the
    last look. So removals are taken at once or at the next look, the newest of them as known or
    not yet, the others as watched until now or until the last look; the bounds are the least
    and the most of the medians.
    """
    noticed = [
        _Watched(item, evidence.as_of, known_by(item, outages))
        for item in material
        if item.noticed_at <= evidence.told_until
    ]
    medians = [
        median_ms([_span(watched, reading, outages) for watched in noticed])
        for reading in itertools.starmap(_Reading, itertools.product((False, True), repeat=3))
    ]
    reached = [median for median in medians if median is not None]
    low = min(reached) / 1_000 if reached else None
    return low, max(reached) / 1_000 if len(reached) == len(medians) else None


class _Watched(NamedTuple):
    """A URL at an instant, and by when its removal must be known."""

    item: Material
    as_of: Instant
    known_at: Instant


class _Reading(NamedTuple):
    """One way to read the truth off the looks: how late, and how much of it."""

    late: bool  # removals count from the next look
    known: bool  # only removals that must be known by now count
    brief: bool  # what has no end was watched until the last look only


def _span(watched: _Watched, reading: _Reading, outages: Outages) -> tuple[int, bool]:
    """Return how long an item lasted after notice, and whether that was its end."""
    item, as_of, known_at = watched
    delay_ms = item.removal_ms()
    counts_from = known_at if reading.known else item.removed_at
    if delay_ms is not None and counts_from is not None and counts_from <= as_of:
        return (known_at - item.noticed_at if reading.late else delay_ms), True
    end_ms = as_of - item.noticed_at
    if not reading.brief:
        return end_ms, False
    span_ms = end_ms if delay_ms is None else min(end_ms, delay_ms)
    return last_look_ms(span_ms, item.noticed_at, outages), False


def _within(median_s: float | None, low: float | None, high: float | None) -> bool:
    if median_s is None:
        return high is None
    return low is not None and low <= median_s and (high is None or median_s <= high)
