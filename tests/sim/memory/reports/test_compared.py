"""A report of a world beside the truth about its hosters."""

from dataclasses import replace

from reported import case

from agents.tools.report.publication import PeriodReport
from schemas.moments import DAY_MS, HOUR_MS
from sim.memory.reports.compared import compared
from sim.memory.reports.field import COHORT, JUDGED, NORM_S, REQUEST, THRESHOLD, WORLD
from sim.memory.reports.made import PlayedReport
from sim.memory.reports.truth import happened
from sim.world.world import World
from streams.report.hosters_of_report import judged
from streams.report.judged_minimum import NamingReason

FIRST_DAY = COHORT.from_at // DAY_MS


def test_a_row_has_what_is_said_and_what_is_true() -> None:
    """Of each hoster; the plain median is of what is closed when the period ends."""
    world = World(replace(WORLD.plan(1, 80), incidents=REQUEST.incidents))
    last = (COHORT.to_at - COHORT.from_at) / HOUR_MS
    cases = [
        case(number, hoster=one.id, incident=f"{one.id}/{number}", day=FIRST_DAY + number % 5)
        for one in JUDGED
        for number in range(40)
    ]
    late = [
        case(number, hoster=JUDGED[0].id, incident=f"x/{number}", day=FIRST_DAY, gone=last + 1)
        for number in range(40, 200)
    ]
    found = [*cases, *late]
    report = PeriodReport(COHORT, THRESHOLD, {}, found, judged(found, NORM_S, THRESHOLD))
    result = compared(7, PlayedReport(world, report), 1.5)
    true = happened(world.material(COHORT.as_of), COHORT)
    assert (result.seed, result.cases, result.cpu_s) == (7, 40 * len(JUDGED) + 160, 1.5)
    assert [row.hoster for row in result.hosters] == [one.id for one in JUDGED]
    assert [row.happened for row in result.hosters] == [true[one.id] for one in JUDGED]
    assert {row.plain_h for row in result.hosters} == {2.0}
    assert result.hosters[1].reason is NamingReason.NOT_BELOW
    assert result.hosters[1].bounds == (1.0, 1.0)
