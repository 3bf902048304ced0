"""Which inclusion probability a dominant hoster needs, from its open cases and the limit.

Politeness allows a hoster so many requests a minute. The timetables of its open cases say how many
are planned in each minute, a probe with a GET comparison being two; with probability p the sample
asks for p times as many. They wait in a queue that is served at LOAD of the limit, worked out
minute by minute as if requests were a liquid. The highest p is suggested at which two waits hold. A
probe around a norm, which goes before all others, waits at most ON_TIME_MS. Any probe of the sample
waits at most WAIT_MS. What LOAD leaves is for chance: a sample is some cases larger or smaller than
expected, and a probe takes its time. It is also for cases outside the sample, of which some are
probed too.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Final

from schemas.closed_lists import Target
from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.records.case import CaseSummary
from schemas.records.registry import InclusionEntry
from schemas.records.reports import HosterId
from streams.norms.punctuality import ON_TIME_MS, slot_on_time
from streams.schedule.get_comparisons import has_get_comparison, requests_of
from streams.schedule.slots import slots
from streams.schedule.steps import WINDOW_MIN_MS

LOAD: Final = 0.8
"""Of the limit, what the probes of a sample may take."""

WAIT_MS: Final = WINDOW_MIN_MS
"""The shortest window a probe has."""

SAMPLED_MIN: Final = 50
"""Cases in a sample at least, if need be beyond the limit: shares of fewer say little."""

PLANNED_H: Final = 50
"""Hours of a timetable that count: past the last norm probes are a day apart, their windows
long."""

KEPT: Final = 0.2
"""A probability that differs from the suggested one by less than this part stays: each change makes
one more group of cases with a weight of its own."""

_OVERFLOW: Final = "overflow"
"""Where the rest of a URL's hosters stands: no hoster, and no entry is looked up for it."""

_HALVINGS: Final = 20
"""Of the span in which the probability lies: to a millionth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionSuggestion:
    """What is suggested for a hoster.

    Attributes:
        hoster: its id.
        open: its open cases.
        planned: requests planned in its busiest hour.
        allowed: requests that the limit allows in an hour.
        probability: of inclusion; 1 = every case is in the sample.
        held: what the registry says now; 1 = nothing.
        tight: the sample asks for more than there is room for, because it would be too small.
        seed: of the sample.
    """

    hoster: HosterId
    open: int
    planned: int
    allowed: int
    probability: float
    held: float
    tight: bool
    seed: str

    @property
    def sampled(self) -> int:
        """How many of the open cases are expected in a sample of this probability."""
        return round(self.open * self.probability)


def suggest(
    cases: Mapping[HosterId, Sequence[CaseSummary]],
    held: Mapping[HosterId, InclusionEntry],
    per_minute: float,
    share: float = 0.0,
) -> list[InclusionSuggestion]:
    """Return a suggestion for each hoster that needs one or has an entry, sorted by hoster.

    Args:
        cases: the open cases of each hoster, in whatever role.
        held: the entries that hold, by hoster.
        per_minute: requests that politeness allows a hoster in a minute.
        share: of the probes that need no GET comparison, which have one all the same.
    """
    found = []
    for hoster in sorted((cases.keys() | held.keys()) - {_OVERFLOW}):
        of_hoster = cases.get(hoster, ())
        entry = held.get(hoster)
        if entry is None and len(of_hoster) <= ON_TIME_MS / MINUTE_MS * per_minute * LOAD:
            continue  # all at one moment would still be on time
        one = _suggestion(hoster, _planned(of_hoster, share), len(of_hoster), entry, per_minute)
        if entry is not None or one.probability < 1:
            found.append(one)
    return found


def _suggestion(
    hoster: HosterId,
    asked: tuple[Counter[int], Counter[int]],
    count: int,
    entry: InclusionEntry | None,
    per_minute: float,
) -> InclusionSuggestion:
    at_norms, planned = asked
    served = per_minute * LOAD
    fits = _highest(at_norms, planned, served)
    least = min(1.0, SAMPLED_MIN / count) if count else 0.0
    before = entry.probability if entry is not None else 1.0
    wanted = _rounded(max(fits, least))
    return InclusionSuggestion(
        hoster=hoster,
        open=count,
        planned=_busiest_hour(planned),
        allowed=round(60 * per_minute),
        probability=before if abs(wanted - before) < KEPT * before and before < 1 else wanted,
        held=before,
        tight=fits < least,
        seed=entry.seed if entry is not None else hoster,
    )


def _planned(cases: Sequence[CaseSummary], share: float) -> tuple[Counter[int], Counter[int]]:
    """Return how many requests around norms, and how many at all, are planned in which minute."""
    at_norms: Counter[int] = Counter()
    planned: Counter[int] = Counter()
    for case in cases:
        noticed_at = case.noticed_at
        until = (case.opened_at if noticed_at is None else noticed_at) + PLANNED_H * HOUR_MS
        for slot in slots(case):
            if slot.at > until:
                break
            minute = slot.at // MINUTE_MS
            get_comparison = has_get_comparison(case, slot, share)
            planned[minute] += sum(
                requests_of(t, get_comparison=get_comparison) for t in slot.targets
            )
            if noticed_at is not None and slot_on_time(noticed_at, slot.at, 0):
                urls = slot.targets.count(Target.URL)
                at_norms[minute] += urls * requests_of(Target.URL, get_comparison=get_comparison)
    return at_norms, planned


def _highest(at_norms: Counter[int], planned: Counter[int], served: float) -> float:
    """Return the highest probability at which nothing waits too long."""
    low, high = 0.0, 1.0
    if _waits_ms(planned, high, served) <= WAIT_MS and _waits_ms(at_norms, high, served) <= (
        ON_TIME_MS
    ):
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        fits = _waits_ms(planned, middle, served) <= WAIT_MS
        if fits and _waits_ms(at_norms, middle, served) <= ON_TIME_MS:
            low = middle
        else:
            high = middle
    return low


def _waits_ms(arriving: Counter[int], part: float, served: float) -> float:
    """Return how long the last request of the worst minute waits.

    Args:
        arriving: requests by minute.
        part: of them that come.
        served: a minute.
    """
    waiting = worst = 0.0
    before = 0
    for minute, probes in sorted(arriving.items()):
        waiting = max(0.0, waiting - (minute - before) * served) + part * probes
        worst = max(worst, waiting)
        before = minute
    return worst / served * MINUTE_MS


def _busiest_hour(planned: Counter[int]) -> int:
    minutes = sorted(planned)
    most = running = first = 0
    for minute in minutes:
        running += planned[minute]
        while minutes[first] <= minute - 60:
            running -= planned[minutes[first]]
            first += 1
        most = max(most, running)
    return most


def _rounded(probability: float) -> float:
    """Return it with two digits that count, rounded down."""
    if probability >= 1:
        return 1.0
    scale = 10.0 ** (floor(log10(probability)) - 1) if probability > 0 else 1.0
    return round(floor(probability / scale) * scale, 12)
