"""Laws of what a sighting has to be like to be backed (3.3)."""

import pytest
from ledger_events import (
    CONTROL,
    ONLINE,
    SOUTH,
    at,
    check,
    class_of,
    observation,
    slot,
    slots,
    told,
)

from schemas.closed_lists import CheckResult, Flag, NormVerdict, Target
from schemas.records.facts import Facts

OTHER = Facts(status=200, type="text/html", length=70_000)


@pytest.mark.parametrize(
    ("control_h", "late"), [(2, False), (5.5, True), (54.4, True), (55.5, False)]
)
def test_a_sighting_is_backed_by_a_control_of_its_vantage_within_25_hours(control_h, late):
    """Before or after it, another answer of the made-up path; else it is not late (3.3)."""
    seen = [observation(2, ONLINE), observation(30, ONLINE)]
    case = told(*seen, observation(control_h, CONTROL, target=Target.MADE_UP_PATH))
    assert (case.verdicts[0] is NormVerdict.LATE) is late


def test_another_vantage_s_control_backs_nothing():
    """The control has to be of the vantage that saw it (3.3)."""
    case = told(
        observation(2, ONLINE),
        observation(30, ONLINE),
        observation(30, CONTROL, SOUTH, target=Target.MADE_UP_PATH),
    )
    assert NormVerdict.LATE not in case.verdicts


def test_another_shape_than_before_the_notice_is_not_backed():
    """It keeps the case open, and makes it late only while a check `present` stands (3.3, 3.5)."""
    seen = [slot(0.5, ONLINE), slot(4, OTHER), slot(30, OTHER)]
    case = told(*seen)
    assert class_of(case, 31) == "online"
    assert case.last_seen_at == at(30) + 100
    assert NormVerdict.LATE not in case.verdicts
    assert Flag.UNPROVEN in case.flags
    vouched = told(*seen, check(5, CheckResult.PRESENT))
    assert vouched.verdicts[0] is NormVerdict.LATE
    assert Flag.UNPROVEN not in vouched.flags
    taken_back = told(*seen, check(5, CheckResult.PRESENT), check(10))
    assert NormVerdict.LATE not in taken_back.verdicts


def test_the_first_sighting_after_the_notice_is_what_others_are_like():
    """Where nothing was seen before the notice (3.3)."""
    assert told(slots([2, 30], OTHER)).verdicts[0] is NormVerdict.LATE


def test_what_took_the_place_of_the_material_before_the_notice_is_not_what_others_are_like():
    """Removed before the notice, and shown as a 200 of another shape since: never late (3.3)."""
    seen = [slots([0.1, 0.3], ONLINE), slots([0.5, 0.8, 2, 30, 60], OTHER)]
    case = told(*seen)
    assert NormVerdict.LATE not in case.verdicts
    assert Flag.UNPROVEN in case.flags


def test_shapes_that_come_and_go_before_the_notice_are_all_what_others_are_like():
    """A site that varies is measured like any other."""
    seen = [slot(0.1, ONLINE), slot(0.3, OTHER), slot(0.5, ONLINE), slot(30, OTHER)]
    assert told(*seen).verdicts[0] is NormVerdict.LATE
