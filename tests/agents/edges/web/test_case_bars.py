"""Laws of the bars of all cases."""

from dataclasses import replace

from pages import VIEW

from agents.edges.web.case_bars import case_distribution, flow
from schemas.closed_lists import OPEN, CaseClass, Role
from streams.rollup.windows import Window, WindowEvent

TOTAL = next(one for one in VIEW.totals if one.role is Role.HOSTING)


def test_a_bar_has_every_case_once_and_what_is_not_known_apart() -> None:
    """Its parts join without a gap; unavailable cases are in the part that is hatched."""
    parts = case_distribution(TOTAL)
    assert sum(part.count for part in parts) == TOTAL.reported
    assert [part.low for part in parts][1:] == [part.high for part in parts][:-1]
    assert abs(parts[-1].high - 100) < 1e-9
    kinds = {part.kind: part.count for part in parts}
    assert kinds["gone"] == TOTAL.classes[CaseClass.REMOVED]
    unknown = (CaseClass.UNAVAILABLE, CaseClass.DOUBTED, CaseClass.SUSPECT)
    assert kinds["unknown"] == sum(TOTAL.classes[one] for one in unknown) > 0
    assert kinds["there"] + kinds["unknown"] + kinds["waiting"] == sum(
        TOTAL.classes[one] for one in OPEN
    )
    nothing = replace(TOTAL, classes=dict.fromkeys(CaseClass, 0))
    assert case_distribution(nothing) == []


def test_what_happened_is_of_the_last_24_hours() -> None:
    """Each kind of event by its count there; nothing is a bar of no width."""
    found = {one.kind: one for one in flow(TOTAL)}
    assert {kind: one.count for kind, one in found.items()} == {
        event.value: TOTAL.windows[event][Window.DAY] for event in WindowEvent
    }
    assert max(one.high for one in found.values()) == 100
    assert found["reappeared"].high == 0
