"""The demo's screen: it fits a terminal and says what is wrong."""

import io

from msgspec.structs import replace as struct_replace
from perfect_pipeline import evidence, key_of
from rich.console import Console

from schemas.moments import DAY_MS, HOUR_MS
from sim.demo import gain_table, screen
from sim.oracle.oracle import Oracle
from sim.world.hosters import REPORTED
from sim.world.world import WORLD_START, Plan, World

AS_OF = WORLD_START + 5 * DAY_MS


def test_the_table_fits_a_terminal_and_says_what_is_wrong():
    """Every hoster is a line within 80 columns; a finding is named in the summary."""
    world = World(Plan(seed=2, port=18_080))
    whole = evidence(world, AS_OF)
    oracle = Oracle(world=world, key_of=key_of)
    console = Console(width=80, file=io.StringIO())
    console.print(screen.live(oracle.judge(whole).lines, 30 * HOUR_MS, ["note"]))
    console.print(gain_table.table(oracle.judge(whole).lines))
    lines = console.file.getvalue().splitlines()
    assert lines[0] == "day 1, hour 6 of the practice world"
    for hoster in REPORTED:
        assert sum(line.split()[:1] == [hoster.id] for line in lines) == 2
    assert not any("…" in line for line in lines)
    assert "measured and true agree" in screen.verdict(oracle.judge(whole))
    item = world.material(AS_OF)[0]
    case = whole.urls[key_of(item)].cases[0]
    wrong = struct_replace(case, hoster="unknown")
    whole.urls[key_of(item)] = struct_replace(whole.urls[key_of(item)], cases=(wrong,))
    said = screen.verdict(oracle.judge(whole))
    assert any("another hoster" in line for line in said)
    assert "measured and true differ" in said
