"""What scenarios about a whole field of hosters have to show: who has how much, who is how fast."""

from collections.abc import Sequence
from typing import Final

from schemas.closed_lists import OPEN, CaseClass, NormVerdict, Role
from schemas.moments import DAY_MS
from sim.memory.acceptance.expects import Checked, Expect, bounds, percent
from sim.memory.acceptance.shown import ShownRun
from sim.memory.scenarios.casts import DOMINANT, FROM, KINDS, TO
from sim.oracle.evidence import SECTOR_NORM_S
from sim.world.material import SECTOR_NORM_MS, Material
from streams.rollup.figures import HosterFigures, RemovalTimeReading, merged

SURE_MS: Final = 3 * DAY_MS
"""A move is known within three days: two daily resolutions, and its old address."""


def _share(items: Sequence[Material]) -> float:
    """Return the true share removed within the sector's norm, whatever was known when."""
    in_time = [i for i in items if (i.removal_ms() or SECTOR_NORM_MS + 1) <= SECTOR_NORM_MS]
    return len(in_time) / len(items)


# --- dominant


def _concentrated(shown: ShownRun) -> Checked:
    hosters = [line.hoster.id for line in shown.played.run_report.lines]
    counts = {id: shown.now(id).reported for id in hosters}
    total = sum(counts.values())
    first = counts[DOMINANT] / total
    index = sum((n / total) ** 2 for n in counts.values())
    right = 0.9 <= first <= 0.98 and max(counts.values()) == counts[DOMINANT]
    return Checked(right and index > 0.8, f"{percent(first)} of {total}, HHI {index:.2f}")


def _sampled(shown: ShownRun) -> Checked:
    now = shown.now(DOMINANT)
    sector = now.norm(SECTOR_NORM_S)
    (part,) = now.included
    share = part.sampled / part.cases
    right = now.inclusion == part.inclusion == 0.25 and 0.15 <= share <= 0.35
    return Checked(
        right and sector.n < sector.n_eligible, f"{sector.n} judged for {sector.n_eligible} cases"
    )


def _estimated(shown: ShownRun) -> Checked:
    items = [i for i in shown.material(DOMINANT) if i.noticed_at <= shown.as_of]
    truth, found = _share(items), shown.now(DOMINANT).norm(SECTOR_NORM_S).interval
    right = found is not None and found[0] <= truth <= found[1]
    return Checked(right, f"{bounds(found)} for {percent(truth)}")


def _others_unsampled(shown: ShownRun) -> Checked:
    others = [line for line in shown.played.run_report.lines if line.hoster.id != DOMINANT]
    missed = sum(shown.now(line.hoster.id).unprobed for line in others)
    whole = all(shown.now(line.hoster.id).inclusion == 1 for line in others)
    wrong = [line.hoster.id for line in others if line.findings]
    return Checked(whole and not wrong, f"{len(wrong)} of {len(others)} wrong, {missed} unprobed")


# --- split


def _whole_field(shown: ShownRun) -> Checked:
    items = [i for i in shown.played.world.material(shown.as_of) if i.noticed_at <= shown.as_of]
    truth, found = _share(items), shown.total().norm(SECTOR_NORM_S).bounds
    right = found is not None and found[0] <= truth <= found[1] and abs(truth - 0.4) < 0.1
    return Checked(right, f"{bounds(found)} for {percent(truth)}; published 40 %")


def _kind(shown: ShownRun, kind: str) -> HosterFigures:
    lines = shown.played.run_report.lines
    parts = [shown.now(line.hoster.id) for line in lines if line.hoster.id.startswith(kind)]
    return merged(kind, Role.HOSTING, shown.evidence.read_at, parts)


def _within_day(of: HosterFigures) -> float:
    return 1 - of.spans[RemovalTimeReading.CENSORED].curve().survival_at(DAY_MS)


def _kinds_apart(shown: ShownRun) -> Checked:
    fast, slow, middle = (_within_day(_kind(shown, kind)) for kind in ("fast", "slow", "middle"))
    said = f"fast {percent(fast)}, middle {percent(middle)}, slow {percent(slow)}"
    return Checked(fast > 0.8 and slow < 0.35 and slow < middle < fast, said)


def _kinds_counted(shown: ShownRun) -> Checked:
    total = shown.total().reported
    found = {kind: _kind(shown, kind).reported / total for kind, *_ in KINDS}
    right = all(abs(found[kind] - share) < 0.1 for kind, _, share, _ in KINDS)
    return Checked(right, ", ".join(f"{kind} {percent(n)}" for kind, n in found.items()))


def _naive_flatters(shown: ShownRun) -> Checked:
    """The mean of what is closed leaves the slow out, and would make the field seem fast."""
    slow = _kind(shown, "slow")
    ended = [case for line in shown.played.run_report.lines for case in shown.cases(line.hoster.id)]
    closed = [c for c in ended if c.hoster.startswith("slow") and c.gone_at and c.noticed_at]
    quick = [c for c in closed if (c.gone_at or 0) - (c.noticed_at or 0) <= DAY_MS]
    naive, right = len(quick) / len(closed), _within_day(slow)
    return Checked(
        naive > right + 0.1, f"closed alone {percent(naive)}, estimated {percent(right)}"
    )


# --- displacement


def _months(shown: ShownRun) -> Checked:
    """Hold the product's cases by month and country against where things were reported."""
    seats = {h.id: h.country for h in shown.played.world.plan.hosters}
    true: dict[int, dict[str, int]] = {}
    for item in shown.played.world.material(shown.evidence.told_until):
        month = (item.heard_at - shown.day(0)) // (30 * DAY_MS)
        held = true.setdefault(month, {FROM: 0, TO: 0})
        held[seats[item.hoster]] += 1
    found = shown.by_month()
    same = all(found[month].get(c, 0) == n for month in true for c, n in true[month].items())
    shares = [found[m].get(FROM, 0) / sum(found[m].values()) for m in sorted(true)]
    falls = shares[0] > 0.65 and shares[-1] < 0.4
    return Checked(same and falls, "from " + ", ".join(percent(share) for share in shares))


def _moved(shown: ShownRun) -> Checked:
    left = [
        item
        for item in shown.material("ivory")
        if item.left_at is not None and item.left_at < shown.as_of - SURE_MS
    ]
    cases = shown.cases_of(lambda item: item in left)
    ended = sum(shown.outcome(c) is CaseClass.MOVED for c in cases if c.hoster == "ivory")
    begun = sum(shown.outcome(c) in OPEN for c in cases if c.hoster != "ivory")
    said = f"{len(left)} left: {ended} ended as moved, {begun} begun and open"
    return Checked(0 < len(left) == ended == begun, said)


def _moved_verdicts(shown: ShownRun) -> Checked:
    moved = [c for c in shown.cases("ivory") if shown.outcome(c) is CaseClass.MOVED]
    in_time = sum(NormVerdict.IN_TIME in case.verdicts for case in moved)
    return Checked(bool(moved) and not in_time, f"{in_time} of {len(moved)} in time")


def _backlogs(shown: ShownRun) -> Checked:
    lines = [line.hoster for line in shown.played.run_report.lines]

    def open_in(country: str, day: float) -> int:
        ids = [hoster.id for hoster in lines if hoster.country == country]
        return sum(shown.then(id, shown.day(day)).backlog for id in ids)

    there = [open_in(TO, day) for day in (30, 60, 90)]
    here = [open_in(FROM, day) for day in (30, 60, 90)]
    said = f"{TO} {there}, {FROM} {here} open on days 30, 60 and 90"
    return Checked(there[2] > 2 * there[0] and here[2] < there[2] / 2, said)


DOMINANT_ACCEPTANCE: Final = (
    Expect(says="one hoster has 94 % of the reports", check=_concentrated),
    Expect(says="a quarter of its cases stands for all of them", check=_sampled),
    Expect(says="the truth lies in the interval of its share in 24 h", check=_estimated),
    Expect(says="the others are counted whole, and nothing is wrong", check=_others_unsampled),
)
SPLIT_ACCEPTANCE: Final = (
    Expect(
        says="the bounds of the share in 24 h contain the truth, about 40 %", check=_whole_field
    ),
    Expect(says="24 %, 66 % and 10 % of the URLs are at the three kinds", check=_kinds_counted),
    Expect(
        says="fast above 80 % within 24 h, slow below 35 %, the others between", check=_kinds_apart
    ),
    Expect(says="closed cases alone would flatter the slow by 10 points", check=_naive_flatters),
)
DISPLACEMENT_ACCEPTANCE: Final = (
    Expect(says="each month's cases are counted in the country they are in", check=_months),
    Expect(says="what moved for good ended there and is open where it went", check=_moved),
    Expect(says="no move is a removal in time", check=_moved_verdicts),
    Expect(says="in the end the backlog lies in the second country", check=_backlogs),
)
