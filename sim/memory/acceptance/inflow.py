"""What scenarios about what comes in have to show: bursts, floods, and hotlines' own delays."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from schemas.closed_lists import CaseClass, Flag, NormVerdict, Result
from schemas.moments import HOUR_MS
from sim.memory.acceptance.expects import Checked, Expect, bounds
from sim.memory.acceptance.shown import ShownRun
from sim.memory.scenarios.casts import BURST_AT
from sim.oracle.evidence import SECTOR_NORM_S

_FLOODS: Final = "west"
_HOLDS: Final = "south"


def _names(shown: ShownRun) -> list[str]:
    return [line.hoster.id for line in shown.played.run_report.lines]


# --- burst


def _all_cases(shown: ShownRun) -> Checked:
    count = shown.played.world.plan.surges[0].count
    found, true = shown.now(BURST_AT).reported, len(shown.material(BURST_AT))
    lost, doubled = shown.played.lost, shown.played.doubled
    said = f"{found} cases of {true} URLs, {count} of them in the burst; {lost} lost"
    return Checked(found == true >= count and not lost and not doubled, said)


def _no_naming(shown: ShownRun) -> Checked:
    count = shown.played.world.plan.surges[0].count
    now = shown.now(BURST_AT)
    said = f"{now.not_naming} of {now.reported} feed no naming"
    return Checked(now.not_naming >= count and now.flags[Flag.SELF_REPORT] >= count, said)


def _no_alert(shown: ShownRun) -> Checked:
    days = (1.0, 1.5, 2.0)
    backlog = [shown.then(BURST_AT, shown.day(day)).backlog for day in days]
    told = [day for day in days if shown.growing(BURST_AT, shown.day(day))]
    said = f"{', '.join(map(str, backlog))} open on days 1, 1.5 and 2; alerts on {told or 'none'}"
    return Checked(backlog[0] > 10 and not told, said)


def _others_on_time(shown: ShownRun) -> Checked:
    others = [id for id in _names(shown) if id != BURST_AT]
    missed = sum(shown.now(id).unprobed for id in others)
    wrong = [id for id in others if shown.line(id).findings]
    return Checked(not missed and not wrong, f"{missed} not probed on time, {len(wrong)} wrong")


def _burst_removed(shown: ShownRun) -> Checked:
    """Check the bounds, or where they are a sample's estimate their 95 % interval."""
    line, norm = shown.line(BURST_AT), shown.now(BURST_AT).norm(SECTOR_NORM_S)
    found, true = line.measured.share_24h, line.truth.share_24h
    limits = norm.interval or found
    right = limits is not None and true is not None and limits[0] <= true[0] <= true[1] <= limits[1]
    sampled = f", 95 % {bounds(limits)}," if norm.interval else ""
    return Checked(right, f"in 24 h {bounds(found)}{sampled} for {bounds(true)}")


# --- flood


def _outcomes(shown: ShownRun, hotlines: Iterable[str]) -> Counter[tuple[Result, str]]:
    wanted = set(hotlines)
    outcomes = (one for one in shown.evidence.distinct_outcomes() if one.hotline in wanted)
    return Counter((one.result, str(one.reason or "")) for one in outcomes)


def _meant(shown: ShownRun, hotlines: Iterable[str]) -> Counter[tuple[Result, str]]:
    wanted = set(hotlines)
    plan = shown.played.world.plan
    events = shown.played.world.events(plan.start_at - 1, shown.evidence.told_until)
    mine = (event for event in events if event.hotline in wanted)
    return Counter((event.result, str(event.reason or "")) for event in mine)


def _flood_outcomes(shown: ShownRun) -> Checked:
    found, meant = _outcomes(shown, (_FLOODS,)), _meant(shown, (_FLOODS,))
    sums: Counter[Result] = Counter()
    for (result, _), n in found.items():
        sums[result] += n
    broken = shown.played.world.plan.surges[0].broken
    said = ", ".join(f"{sums[result]} {result.value}" for result in Result)
    enough = sums[Result.QUARANTINED] >= broken and sums[Result.DUPLICATE] > sums[Result.ACCEPTED]
    return Checked(found == meant and enough, said)


def _others_outcomes(shown: ShownRun) -> Checked:
    others = [desk.id for desk in shown.played.world.plan.hotlines if desk.id != _FLOODS]
    found, meant = _outcomes(shown, others), _meant(shown, others)
    return Checked(found == meant, f"{found.total()} records, each with its outcome")


def _counted_once(shown: ShownRun) -> Checked:
    found = sum(len(url.cases) for url in shown.evidence.urls.values())
    true = len(shown.played.world.material(shown.evidence.told_until))
    return Checked(found == true, f"{found} cases of {true} URLs")


def _hours(shown: ShownRun, hotline: str) -> float:
    """Return a hotline's mean delay from report to notice, in hours."""
    total = shown.total().delays.get(hotline)
    return total.sum_ms / max(1, sum(total.counts)) / HOUR_MS if total else 0.0


def _delays_apart(shown: ShownRun) -> Checked:
    delays = {desk.id: _hours(shown, desk.id) for desk in shown.played.world.plan.hotlines}
    said = ", ".join(f"{id} {hours:.1f} h" for id, hours in delays.items())
    return Checked(0 < max(delays.values()) < 1, said)


# --- hotlines


def _held_back(shown: ShownRun) -> Checked:
    delays = {desk.id: _hours(shown, desk.id) for desk in shown.played.world.plan.hotlines}
    said = ", ".join(f"{id} {hours:.1f} h" for id, hours in delays.items())
    others = max(hours for id, hours in delays.items() if id != _HOLDS)
    return Checked(delays[_HOLDS] > 4 and others < 2, said)


def _clocks(shown: ShownRun) -> Checked:
    cases = [case for id in _names(shown) for case in shown.cases(id)]
    flagged = Counter(flag for case in cases for flag in case.flags)
    awaiting = sum(shown.outcome(case) is CaseClass.AWAITING for case in cases)
    wanted = (Flag.MISDIRECTED, Flag.BOUNCED, Flag.BACKDATED)
    said = ", ".join(f"{flagged[flag]} {flag.value}" for flag in wanted)
    return Checked(all(flagged[flag] for flag in wanted) and awaiting > 0, said)


def _withdrawn(shown: ShownRun) -> Checked:
    """Check the class of what was withdrawn; after R it stays removed, so not all of it is."""
    until = shown.evidence.told_until
    items = shown.played.world.material(until)
    all_of_it = sum(item.withdrawn(until) for item in items)
    least = sum(item.cancelled(until) for item in items)
    urls = [url.cases for url in shown.evidence.urls.values() if url.cases]
    found = sum(all(shown.outcome(c) is CaseClass.WITHDRAWN for c in cases) for cases in urls)
    some = sum(any(shown.outcome(c) is CaseClass.WITHDRAWN for c in cases) for cases in urls)
    return Checked(
        0 < least <= found == some <= all_of_it,
        f"{found} URLs withdrawn; in truth {least} while they were there,"
        f" {all_of_it - least} after their removal",
    )


def _untold(shown: ShownRun) -> Checked:
    cases = [case for url in shown.evidence.urls.values() for case in url.cases]
    untold = [case for case in cases if case.noticed_at is None]
    judged = sum(set(case.verdicts) - {NormVerdict.UNDETERMINED} != set() for case in untold)
    return Checked(bool(untold) and not judged, f"{len(untold)} without a notice, {judged} judged")


BURST_ACCEPTANCE: Final = (
    Expect(says="every report of the burst is one case", check=_all_cases),
    Expect(says="what a hoster reports itself names nobody", check=_no_naming),
    Expect(says="a burst that is worked off is no alert", check=_no_alert),
    Expect(says="the others are probed on time, and nothing is wrong", check=_others_on_time),
    Expect(says="its own share in 24 h is right", check=_burst_removed),
)
FLOOD_ACCEPTANCE: Final = (
    Expect(says="each of its records has the outcome it must have", check=_flood_outcomes),
    Expect(says="so have the other hotlines'", check=_others_outcomes),
    Expect(says="every URL is one case, however often it came", check=_counted_once),
    Expect(says="nobody's delay from report to notice is longer for it", check=_delays_apart),
)
HOTLINES_ACCEPTANCE: Final = (
    Expect(says="a desk with office hours takes hours, the others minutes", check=_held_back),
    Expect(says="what bounced, went astray or came late is flagged", check=_clocks),
    Expect(says="withdrawn reports are no cases of anybody's", check=_withdrawn),
    Expect(says="nobody is judged who was not told", check=_untold),
)
