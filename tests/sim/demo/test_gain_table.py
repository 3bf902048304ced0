"""The table of what each hoster gains: which of many hosters it shows."""

from dataclasses import replace

from perfect_pipeline import evidence, key_of

from schemas.moments import DAY_MS
from sim.demo import screen
from sim.live.cast import cast
from sim.oracle.findings import OracleFinding
from sim.oracle.oracle import Oracle
from sim.world.hosters import ALL
from sim.world.world import WORLD_START, Plan, World

AS_OF = WORLD_START + 5 * DAY_MS


def test_a_table_of_many_hosters_shows_the_wrong_ones_and_the_busiest():
    """Lines that do not fit are counted, and none of them is one of which something is wrong."""
    hosters = cast(ALL, screen.LINES_MAX + 10)
    world = World(Plan(seed=2, port=18_080, hosters=hosters))
    whole = evidence(world, AS_OF)
    lines = Oracle(world=world, key_of=key_of).judge(whole).lines
    least = min(lines, key=lambda line: line.truth.reported)
    wrong = [
        replace(line, findings={OracleFinding.LOST: 1}) if line is least else line for line in lines
    ]
    kept = [line.hoster.id for line in screen.shown(wrong)]
    assert len(kept) == screen.LINES_MAX
    assert least.hoster.id in kept
    assert kept == [line.hoster.id for line in wrong if line.hoster.id in set(kept)]
    assert "10 more hosters" in screen.caption("", wrong)
