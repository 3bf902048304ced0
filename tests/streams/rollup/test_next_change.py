"""Until when figures stay as they are, if nothing new arrives."""

import pytest
from cases import ON_TIME, START, at, case

from schemas.closed_lists import CaseClass, Role
from schemas.records.case_observations import BLOCKED, NOTHING
from streams.norms.measurability import LONG_MS, around
from streams.norms.punctuality import next_due
from streams.rollup.case_figures import figures
from streams.rollup.case_table import CaseTable, UrlCases, flat
from streams.rollup.incremental_figures import FiguresByGroup
from streams.rollup.next_change import counts_until
from streams.rollup.windows import WIDEST_MS

GROUP = ("alpha", Role.HOSTING)


def key(number: int) -> bytes:
    return number.to_bytes(16, "big")


HIDES = case(CaseClass.UNAVAILABLE, norm_probes=BLOCKED)
PROBED = case(norm_probes=ON_TIME)
NORM_H = 24
TURNS = {
    "a class begins": (case(CaseClass.REMOVED, seen=3, gone=5), at(5)),
    "it begins to be": (case(reported=2, noticed=2), at(2)),
    "it is told": (case(CaseClass.ONLINE, noticed=3, since=1), at(3)),
    "it is late": (PROBED, at(NORM_H) + 1),
    "a probe is missed": (case(norm_probes=NOTHING), next_due(START, START)),
    "it was unavailable for long": (case(CaseClass.UNAVAILABLE, since=2), at(2) + LONG_MS),
    "it was hidden at its norm": (HIDES, around(START, START, HIDES.norm_s).until),
    "it is four weeks old": (PROBED, START + WIDEST_MS),
}
"""Cases, and an instant at which time alone makes figures another."""


@pytest.mark.parametrize("kind", TURNS)
def test_each_turn_is_noticed(kind):
    """What time makes another is counted anew at that very instant, and an agenda says when."""
    told, turn_at = TURNS[kind]
    table = CaseTable()
    for number in range(10):
        other = told if number == 0 else case(number=number, noticed=None)
        table.put(key(number), UrlCases((1,), (other,)), START - 1)
    figures_by_group = FiguresByGroup(table)
    for now in (turn_at - 1, turn_at):
        (step,) = figures_by_group.prepare([GROUP], now)
        found = figures_by_group.moved(step)
        assert found == figures(*GROUP, flat(table.snapshot(GROUP)), now)
    assert step.all is None
    assert key(0) in step.due
    assert counts_until([told], turn_at - 1) == turn_at
