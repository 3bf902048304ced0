"""Lays what was measured beside what is true, and says what is wrong.

The demo is right only if every accepted report is accounted for, every URL is one case at its
hoster with the notice's own time, every removal that could have been confirmed is, nothing else
is, every (L, R] contains the true removal, no norm verdict contradicts the truth, and no hoster
that obstructs gains a removal.
"""

import itertools
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from schemas.case import CaseSummary
from schemas.moments import HOUR_MS, Instant
from schemas.reasons import NormVerdict, Result, Role
from sim.behaviour import OBSTRUCTS
from sim.evidence import Evidence, counts
from sim.hosters import SimHoster
from sim.material import Material
from sim.truth import Standing, median_ms, standing
from sim.world import World

TIMETABLE_H: Final = (
    *(0, 0.25, 0.5, 0.9, 1.1, 2, 4, 8, 11.5, 12.5, 18, 23.5, 24.5, 30, 36, 47.5, 48.5),
    *(day * 24 for day in range(3, 43)),  # daily to day 42
    *(day * 24 for day in range(49, 91, 7)),  # weekly to day 90
    *(day * 24 for day in range(120, 401, 30)),  # monthly to day 400
)
"""Hours after notice at which a URL is looked at (DESIGN 3.6), kept apart from the code judged."""

SPREAD: Final = 0.05
"""Slots are spread by at most this share of the step."""

CONFIRMED_MS: Final = HOUR_MS
"""Three looks over 30 min confirm a removal; an hour after the slot it is known."""


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
    """

    world: World
    key_of: Callable[[Material], str]

    def judge(self, evidence: Evidence) -> Sentence:
        """Return what is measured, what is true, and what is wrong."""
        material = self.world.material(evidence.told_until)
        found: Counter[Finding] = Counter()
        for item in material:
            url = evidence.urls.get(self.key_of(item))
            found.update(_examine(item, url.cases if url else (), evidence))
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
        low, high = median_bracket(material, evidence)
        fits = _within(measured.median_s, low, high)
        return Line(hoster=hoster, measured=measured, truth=truth, median_fits=fits)


def _examine(item: Material, cases: Sequence[CaseSummary], evidence: Evidence) -> Iterator[Finding]:
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
    if not removed and noticed and known_by(item) <= evidence.as_of:
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


def next_look_ms(delay_ms: int) -> int:
    """Return the latest time after notice of the first look at or after a delay."""
    place = min(bisect_left(TIMETABLE_H, delay_ms / HOUR_MS), len(TIMETABLE_H) - 2)
    place = max(place, 1)
    before, slot, after = TIMETABLE_H[place - 1 : place + 2]
    return int((slot + SPREAD * max(slot - before, after - slot)) * HOUR_MS)


def known_by(item: Material) -> Instant:
    """Return the instant by which a removal must be confirmed; far away where there is none."""
    delay_ms = item.removal_ms()
    if delay_ms is None:
        return _NEVER
    return item.noticed_at + next_look_ms(delay_ms) + CONFIRMED_MS


_NEVER: Final[Instant] = 1 << 62


def median_bracket(
    material: Sequence[Material], evidence: Evidence
) -> tuple[float | None, float | None]:
    """Return bounds of a median that was measured right, in seconds; None = not reached.

    A removal is measured at the first look after it, and what is there is watched until the
    last look. So removals are taken at once or at the next look, the newest of them as known or
    not yet, the others as watched until now or until the last look; the bounds are the least
    and the most of the medians.
    """
    as_of = evidence.as_of
    noticed = [item for item in material if item.noticed_at <= evidence.told_until]
    medians = [
        median_ms([_span(item, as_of, reading) for item in noticed])
        for reading in itertools.starmap(_Reading, itertools.product((False, True), repeat=3))
    ]
    reached = [median for median in medians if median is not None]
    low = min(reached) / 1_000 if reached else None
    return low, max(reached) / 1_000 if len(reached) == len(medians) else None


class _Reading(NamedTuple):
    """One way to read the truth off the looks: how late, and how much of it."""

    late: bool  # removals count from the next look
    known: bool  # only removals that must be known by now count
    brief: bool  # what has no end was watched until the last look only


def _span(item: Material, as_of: Instant, reading: _Reading) -> tuple[int, bool]:
    """Return how long an item lasted after notice, and whether that was its end."""
    delay_ms = item.removal_ms()
    counts_from = known_by(item) if reading.known else item.removed_at
    if delay_ms is not None and counts_from is not None and counts_from <= as_of:
        return (next_look_ms(delay_ms) + CONFIRMED_MS if reading.late else delay_ms), True
    end_ms = as_of - item.noticed_at
    if not reading.brief:
        return end_ms, False
    return _last_look_ms(end_ms if delay_ms is None else min(end_ms, delay_ms)), False


def _last_look_ms(span_ms: int) -> int:
    """Return a time after notice by which the last look before a span's end was, at the least."""
    place = bisect_left(TIMETABLE_H, span_ms / HOUR_MS) - 2  # the slot before may be spread past
    return int(TIMETABLE_H[max(place, 0)] * HOUR_MS)


def _within(median_s: float | None, low: float | None, high: float | None) -> bool:
    if median_s is None:
        return high is None
    return low is not None and low <= median_s and (high is None or median_s <= high)
