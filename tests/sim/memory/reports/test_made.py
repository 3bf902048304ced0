"""A report of a world that was played through all stages."""

from dataclasses import replace

from schemas.closed_lists import NormVerdict
from schemas.moments import DAY_MS
from sim.memory.broker.clock import SPEED
from sim.memory.reports.field import COHORT, JUDGED, NORM_S, REQUEST
from sim.memory.reports.made import play
from sim.memory.reports.truth import happened
from sim.world.hotline_habits import PLAIN
from sim.world.world import Tempo
from streams.report.cohort import Cohort
from streams.report.figures.counted import counted
from streams.report.hosters_of_report import share_of

PROMPT, SLOW = JUDGED[0], JUDGED[1]
DAY = Cohort(COHORT.from_at, COHORT.from_at + DAY_MS, NORM_S)


def test_bounds_hold_what_happened() -> None:
    """One day of two hosters, watched for a month: every case is published, and judged right."""
    scenario = replace(
        REQUEST.scenario,
        hosters=(PROMPT, SLOW),
        hotlines=PLAIN,
        tempo=Tempo(busy_days=1, busy=1, quiet=0, opens=False),
        speed=64 * SPEED,
    )
    played = play(replace(REQUEST, scenario=scenario, cohort=DAY), 4)
    material = played.world.material(DAY.as_of)
    assert len(played.report.cases) == len(material) > 2
    assert all(case.verdict is not None for case in played.report.cases)
    assert played.report.positions
    true = happened(material, DAY)
    for hoster, share in true.items():
        own = [case for case in played.report.cases if case.hoster == hoster]
        found = share_of(counted(own, NORM_S))
        assert found.surely.share <= share <= found.possibly.share
    said = {case.verdict for case in played.report.cases}
    assert said <= set(NormVerdict)
