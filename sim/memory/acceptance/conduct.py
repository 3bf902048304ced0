"""What scenarios about hosters and vantages that misbehave have to show."""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from schemas.closed_lists import CaseClass, Role
from schemas.moments import DAY_MS, HOUR_MS
from schemas.records.case import CaseSummary
from schemas.records.facts import Attribution, Observation
from sim.memory.acceptance.expects import Checked, Expect, bounds
from sim.memory.acceptance.shown import ShownRun
from sim.memory.scenarios.casts import CLOAKED, OBSTRUCTING, SILENT, SILENT_FROM
from sim.oracle.alerts import not_measurable, removes_nothing
from sim.oracle.evidence import SECTOR_NORM_S
from streams.lifecycle.events.event_union import Happened
from streams.rollup.case_figures import figures
from streams.rollup.figures import RemovalTimeReading
from streams.rollup.row_interning import rows

_REFUSING_URL: Final = "nettle"
_KEEPS: Final = "heath"


def _others(shown: ShownRun, but: Iterable[str]) -> list[str]:
    lines = shown.played.run_report.lines
    return [line.hoster.id for line in lines if line.hoster.id not in but]


def _named(ids: Iterable[str]) -> str:
    return ", ".join(sorted(ids)) or "nobody"


# --- silent


def _growth_alerted(shown: ShownRun) -> Checked:
    days = [SILENT_FROM + late for late in (1.0, 1.5, 2.0)]
    told = next((day for day in days if shown.growing(SILENT, shown.day(day))), None)
    before = shown.growing(SILENT, shown.day(SILENT_FROM))
    at = shown.day(days[-1] if told is None else told)
    others = [id for id in _others(shown, (SILENT,)) if shown.growing(id, at)]
    said = f"on day {told}, of others: {_named(others)}"
    return Checked(told is not None and not before and not others, said)


def _silence_alerted(shown: ShownRun) -> Checked:
    due = {id for id in _all(shown) if removes_nothing(shown.now(id))}
    early = removes_nothing(shown.then(SILENT, shown.day(SILENT_FROM + 2)))
    now = shown.now(SILENT)
    said = f"{_named(due)}: {now.backlog} open, {now.overdue} of them overdue"
    return Checked(due == {SILENT} and not early, said)


def _backlog_counted(shown: ShownRun) -> Checked:
    line = shown.line(SILENT)
    said = f"{line.measured.backlog} open, in truth {line.truth.backlog}"
    return Checked(line.measured.backlog == line.truth.backlog, said)


def _silence_is_lateness(shown: ShownRun) -> Checked:
    old = [item for item in shown.material(SILENT) if item.late(DAY_MS, shown.as_of)]
    late = shown.now(SILENT).norm(SECTOR_NORM_S).late
    return Checked(late >= 0.9 * len(old), f"{late:.0f} late, in truth {len(old)}")


def _all(shown: ShownRun) -> list[str]:
    return _others(shown, ())


# --- obstructing


def _unmeasurable(shown: ShownRun) -> Checked:
    due = {id for id in _all(shown) if not_measurable(shown.now(id))}
    return Checked(due == set(OBSTRUCTING), _named(due))


def _no_reward(shown: ShownRun) -> Checked:
    removed = sum(shown.now(id).removed for id in OBSTRUCTING)
    in_time = sum(shown.now(id).norm(SECTOR_NORM_S).in_time for id in OBSTRUCTING)
    return Checked(not removed and not in_time, f"{removed} removed, {in_time:.0f} in time")


def _two_readings(shown: ShownRun) -> Checked:
    now = shown.now(OBSTRUCTING[0])
    ended, online = (now.estimate(reading).p50_ms for reading in RemovalTimeReading)
    said = f"median {(ended or 0) / HOUR_MS:.1f} h if taken as ended, not reached if as online"
    return Checked(ended is not None and ended < DAY_MS and online is None, said)


def _refuses_url_alone(shown: ShownRun) -> Checked:
    line, now = shown.line(_REFUSING_URL), shown.now(_REFUSING_URL)
    true = line.truth.share_24h
    found = now.norm(SECTOR_NORM_S)
    late = found.late <= line.truth.late_24h
    right = late and now.unavailable == 0 and now.removed > 0
    said = f"{now.removed} removed, in 24 h {bounds(found.bounds)} for {bounds(true)}"
    return Checked(right, said)


# --- method


def by_one_vantage(happened: Happened) -> Sequence[Happened]:
    """Return a record as a monitor that takes one vantage's word would have it.

    The product leaves undetermined what a single vantage saw end, or announced ones alone. So that
    vantage's observations stand twice here, as those of two vantages that do not say who they are.
    """
    record, at = happened
    if isinstance(record, Observation):
        if record.vantage != "announced":
            return ()
        one = replace(record, asked=("announced", "quiet"), announced=False)
        twin = replace(one, vantage="quiet", order_id=record.order_id[::-1])
        return (one, at), (twin, at)
    if isinstance(record, Attribution) and record.vantage in ("quiet", "hidden"):
        return ()
    return (happened,)


def _in_day(shown: ShownRun, cases: Iterable[CaseSummary]) -> tuple[int, tuple[float, float]]:
    at = shown.evidence.read_at
    found = figures("all", Role.HOSTING, rows(cases, at), at).norm(SECTOR_NORM_S)
    return found.n, found.bounds or (0.0, 1.0)


def _both(shown: ShownRun, ids: Iterable[str]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the bounds of hosters' share in 24 h by the old method and by the new one."""
    wanted = set(ids)
    old = [case for case in shown.refolded(by_one_vantage) if case.hoster in wanted]
    new = [case for id in wanted for case in shown.cases(id)]
    return _in_day(shown, old)[1], _in_day(shown, new)[1]


def _flattered(shown: ShownRun) -> Checked:
    old, new = _both(shown, CLOAKED)
    said = f"{bounds(old)} before, {bounds(new)} after; in truth none"
    return Checked(old[0] > 0.5 and new[0] <= 0.1, said)


def _unchanged(shown: ShownRun) -> Checked:
    old, new = _both(shown, _others(shown, CLOAKED))
    near = abs(old[0] - new[0]) < 0.05 and abs(old[1] - new[1]) < 0.05
    return Checked(near, f"{bounds(old)} before, {bounds(new)} after")


def _bridged(shown: ShownRun) -> Checked:
    """The fall of the whole field's share is the one of those who cloak, and nobody's conduct."""
    old, new = _both(shown, _all(shown))
    cases = {id: len(shown.cases(id)) for id in _all(shown)}
    hidden = sum(cases[id] for id in CLOAKED) / sum(cases.values())
    cloaked_old, cloaked_new = _both(shown, CLOAKED)
    explained = hidden * (cloaked_old[0] - cloaked_new[0])
    fell = old[0] - new[0]
    said = f"fell by {100 * fell:.1f} percentage points, who feigns explains {100 * explained:.1f}"
    return Checked(fell > 0.1 and abs(fell - explained) < 0.05, said)


def _same_cases(shown: ShownRun) -> Checked:
    old = len(shown.refolded(by_one_vantage))
    new = sum(len(url.cases) for url in shown.evidence.urls.values())
    return Checked(old == new, f"{old} cases before, {new} after")


# --- liar


def _nothing_ended(shown: ShownRun) -> Checked:
    removed = shown.now(_KEEPS).removed
    suspect = shown.now(_KEEPS).classes[CaseClass.SUSPECT]
    said = f"{removed} removed at a hoster that removes nothing, {suspect} in question"
    return Checked(removed == 0, said)


def _no_false_end(shown: ShownRun) -> Checked:
    true = sum(line.truth.removed for line in shown.played.run_report.lines)
    found = sum(line.measured.removed for line in shown.played.run_report.lines)
    return Checked(0 < found <= true, f"{found} removed, in truth {true}")


def _shares_right(shown: ShownRun) -> Checked:
    wrong = [
        line.hoster.id
        for line in shown.played.run_report.lines
        if (found := line.measured.share_24h) is not None
        and (true := line.truth.share_24h) is not None
        and not (found[0] <= true[0] + 1e-9 and true[1] <= found[1] + 1e-9)
    ]
    return Checked(not wrong, f"wrong of {_named(wrong)}")


def _doubt_shown(shown: ShownRun) -> Checked:
    doubted = sum(
        shown.outcome(case) in (CaseClass.SUSPECT, CaseClass.DOUBTED, CaseClass.UNAVAILABLE)
        or any(p.case_class in (CaseClass.SUSPECT, CaseClass.DOUBTED) for p in case.phases)
        for id in _all(shown)
        for case in shown.cases(id)
    )
    return Checked(doubted > 0, f"{doubted} cases were in question")


SILENT_ACCEPTANCE: Final = (
    Expect(
        says="within two days its backlog's growth raises an alert, and nobody else's",
        check=_growth_alerted,
    ),
    Expect(
        says="after a week its silence raises an alert, and nobody else's", check=_silence_alerted
    ),
    Expect(says="its backlog is what it is in truth", check=_backlog_counted),
    Expect(says="nine of ten that stayed past 24 h are late", check=_silence_is_lateness),
)
OBSTRUCTING_ACCEPTANCE: Final = (
    Expect(
        says="an alert says that they are not measurable, and nobody else is", check=_unmeasurable
    ),
    Expect(says="nothing is removed there, and nothing in time", check=_no_reward),
    Expect(says="survival is published twice, and the two differ", check=_two_readings),
    Expect(
        says="who refuses the removed URL alone is available, and late no more than in truth",
        check=_refuses_url_alone,
    ),
)
METHOD_ACCEPTANCE: Final = (
    Expect(says="one vantage believes who feigns removal, a hidden one does not", check=_flattered),
    Expect(says="the others' figures are the same by both methods", check=_unchanged),
    Expect(says="the field's share falls by what feigning explains", check=_bridged),
    Expect(says="both methods count the same cases", check=_same_cases),
)
LIAR_ACCEPTANCE: Final = (
    Expect(says="nothing ends where nothing was removed", check=_nothing_ended),
    Expect(says="no more is removed than in truth, and not nothing", check=_no_false_end),
    Expect(says="the bounds of every share in 24 h contain the truth", check=_shares_right),
    Expect(says="what the vantages disagree on is in question", check=_doubt_shown),
)
