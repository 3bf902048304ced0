"""Laws of what a hoster's page is rendered from."""

from cases import START, at, case
from msgspec.structs import replace

from schemas.closed_lists import CaseClass, Flag, NormVerdict, Role
from schemas.moments import DAY_MS
from schemas.records.case import CaseSummary
from streams.norms.maturity import AUTHORITY_ORDER
from streams.rollup.case_figures import figures
from streams.rollup.case_table import CaseTable, UrlCases
from streams.rollup.figures import RemovalTimeReading
from streams.views.backlog import READINGS
from streams.views.case_list import HosterCases
from streams.views.hoster_view import READINGS_MIN, HosterView, hoster_view
from streams.views.view import View

MIDNIGHT = (DAY_MS - START % DAY_MS) / 3_600_000
"""Hours from the start of the tests' world to its first midnight."""


def made(cases: list[CaseSummary], hours: float) -> HosterView:
    table = CaseTable()
    for number, one in enumerate(cases):
        table.put(number.to_bytes(16), UrlCases((None,), (one,)), at(hours))
    groups = table.groups()
    parts = tuple(
        figures(*group, (one for one in cases if one.role is group[1]), at(hours))
        for group in groups
    )
    roles = {role: table.held(("alpha", role)) for _, role in groups}
    view = View(ready=True, as_of=at(hours), figures=parts)
    return hoster_view("alpha", view, HosterCases(roles=roles))


def test_roles_stand_side_by_side_and_are_never_added():
    """Each has its own backlog, which ends at its own present figure."""
    found = made([case(), case(), case(role=Role.PROXY)], 100)
    assert [(part.figures.role, part.backlog[-1].backlog) for part in found.roles] == [
        (Role.HOSTING, 2),
        (Role.PROXY, 1),
    ]
    assert all(part.backlog[-1].at == at(100) for part in found.roles)


def test_empty_readings_before_the_first_case_are_left_out():
    """A few are always there; a case as old as the window shows all of it."""
    (young,) = made([case()], MIDNIGHT + 24 * 20 + 1).roles
    assert [day.backlog for day in young.backlog] == [0] + [1] * 22
    (newest,) = made([case(reported=99.5, noticed=99.5)], 100).roles
    assert len(newest.backlog) == READINGS_MIN + 1
    (old,) = made([case()], MIDNIGHT + 24 * 60).roles
    assert len(old.backlog) == READINGS


def test_curves_say_nothing_beyond_the_longest_time_watched():
    """What is unavailable is watched to this day, or ended when it became so."""
    (part,) = made([case(CaseClass.UNAVAILABLE, noticed=0, seen=2, since=5)], 50).roles
    assert part.reach_ms[RemovalTimeReading.CENSORED] == at(50) - at(0)
    assert part.reach_ms[RemovalTimeReading.EVENT] == at(5) - at(0)
    assert part.curves[RemovalTimeReading.EVENT].ended == 1


def test_an_order_whose_term_runs_is_not_due_yet():
    """It is counted beside the norms, until its own term is over."""
    told = replace(
        case(seen=1), order_verdict=NormVerdict.UNDETERMINED, order_due_at=at(60), norms_s=(86_400,)
    )
    for hours, running in ((20, {86_400: 1, AUTHORITY_ORDER: 1}), (59, {AUTHORITY_ORDER: 1})):
        assert dict(made([told], hours).roles[0].running) == running
    assert not made([told], 60).roles[0].running
    unprobed = replace(told, flags=(Flag.NOT_PROBED,))
    assert not made([unprobed], 20).roles[0].running
