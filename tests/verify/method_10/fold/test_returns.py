"""Laws of 3.1 and 3.6: what follows an end."""

import pytest
from ledger_events import GONE, NORTH, ONLINE, notice, place, placed, report, slots
from second_reading import hour, only, read, verdicts

from schemas.closed_lists import CaseClass

OPEN = [report(seen=0), placed(), notice(1.0), slots([1.1, 2, 4], ONLINE)]
GONE_AT_5 = slots([5.2, 5.5, 5.8], GONE)


@pytest.mark.parametrize(
    ("back", "returns", "verdict"),
    [(20, 0, "undetermined"), (40, 1, "in_time"), (160, 1, "in_time")],
)
def test_a_return_within_a_day_voids_the_removal_and_later_the_verdict_stands(
    back, returns, verdict
):
    """Within 7 d it is the same case."""
    seen = slots([back, back + 0.5], ONLINE)
    case = only(*OPEN, GONE_AT_5, seen, hours=back + 1)
    assert (len(case.returns), case.case_class) == (returns, CaseClass.ONLINE)
    assert verdicts(case)[24] == verdict


def test_a_return_after_a_week_is_a_new_case():
    """It is a reappearance of the old one, and it counts for no naming."""
    found = read(*OPEN, GONE_AT_5, slots([200, 201], ONLINE), hours=202)
    assert [(case.case_class.value, case.naming) for case in found] == [
        ("removed", True),
        ("awaiting", False),
    ]


def test_a_second_verdict_runs_from_the_notice_or_the_first_sighting():
    """Whichever is later; the first verdict stands."""
    again = [notice(40, hotline="beta"), slots([45, 60, 80], ONLINE)]
    case = only(*OPEN, GONE_AT_5, *again, hours=81)
    assert verdicts(case)[24] == "in_time"
    late = dict(zip(case.norms_s, case.again_verdicts, strict=True))[86_400]
    assert (late.value, case.overdue) == ("late", True)


@pytest.mark.parametrize(
    ("back_h", "outcomes"),
    [
        pytest.param(60, {0: CaseClass.ONLINE}, id="the removal is void"),
        pytest.param(150, {0: CaseClass.ONLINE}, id="the same case"),
        pytest.param(500, {0: CaseClass.MOVED, 500: CaseClass.AWAITING}, id="another case"),
    ],
)
def test_a_name_that_leads_back_opens_the_case_again(back_h, outcomes):
    """Two resolutions of one vantage say so, as at the beginning; no return is counted (1.7)."""
    away = {"old_address": True, "hosters": ("other",)}
    left = [placed(h, place("other"), vantage=v) for h in (20, 40) for v in ("north", "south")]
    back = [placed(back_h + h, vantage=NORTH) for h in (0, 1)]
    found = read(*OPEN, left, slots([46, 46.3, 46.6, 46.9], GONE, **away), back, hours=back_h + 2)
    acme = [case for case in found if case.hoster == "acme"]
    assert {round(hour(case.opened_at)): case.case_class for case in acme} == outcomes
    assert all(case.returns == () for case in acme)
