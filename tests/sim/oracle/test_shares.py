"""A hoster's figures together: one more or less than can be explained is found, and no other."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as replace_struct
from perfect_pipeline import evidence, key_of

from schemas.closed_lists import CaseClass
from schemas.moments import DAY_MS, HOUR_MS
from schemas.records.case import Phase
from sim.oracle.findings import OracleFinding
from sim.oracle.oracle import Oracle
from sim.oracle.shares import shares
from sim.oracle.subject import first_case
from sim.oracle.truth import standing
from sim.world.world import WORLD_START, Plan, World

AS_OF = WORLD_START + 4 * DAY_MS
NOTHING = {OracleFinding.BETTER_SHARE: 0, OracleFinding.WORSE_SHARE: 0, OracleFinding.UNCOUNTED: 0}


@pytest.fixture(scope="module")
def sides():
    """Return what is published of a hoster that keeps much, the truth, and its URLs."""
    world = World(Plan(seed=11, port=18_080))
    whole = evidence(world, AS_OF, probes=True)
    hoster = next(hoster for hoster in world.plan.hosters if hoster.id == "heath")
    mine = [item for item in world.material(AS_OF) if item.hoster == hoster.id]
    oracle = Oracle(world=world, key_of=key_of)
    truth = standing(mine, AS_OF, AS_OF)
    subjects = [oracle._subject(item, hoster, whole) for item in mine]
    return whole.measured(hoster.id), truth, subjects


def test_what_is_right_is_no_finding(sides):
    """The figures of a pipeline without fault are as good as the truth."""
    measured, truth, subjects = sides
    assert truth.matured > 2
    assert truth.overdue > 2
    assert shares((measured, truth, truth), subjects) == NOTHING


def test_one_case_too_good_is_found(sides):
    """A share is a count over the matured, so one more of them is as much better."""
    measured, truth, subjects = sides
    low, high = measured.share_24h
    better = replace(measured, share_24h=(low + 1 / truth.matured, high))
    assert shares((better, truth, truth), subjects)[OracleFinding.BETTER_SHARE] == 1
    half = replace(measured, share_24h=(low + 0.4 / truth.matured, high))
    assert shares((half, truth, truth), subjects)[OracleFinding.BETTER_SHARE] == 0


@pytest.mark.parametrize("outcome", [CaseClass.WITHDRAWN, CaseClass.REMOVED])
def test_what_was_withdrawn_before_its_removal_was_found_is_in_no_share(sides, outcome):
    """The other cases' share is the better for it, and by no more."""
    measured, truth, subjects = sides
    late = next(subject for subject in subjects if subject.item.late(DAY_MS, AS_OF))
    removed_at = late.item.clock_at + DAY_MS + HOUR_MS
    item = replace(late.item, removed_at=removed_at, withdrawn_at=removed_at + HOUR_MS)
    case = replace_struct(first_case(late), phases=(Phase(item.withdrawn_at, outcome),))
    taken_back = replace(late, item=item, cases=(case,))
    others = [taken_back if one is late else one for one in subjects]
    half = replace(truth, share_24h=(0.5, 0.5), matured=2)
    whole = replace(measured, share_24h=(1.0, 1.0))
    found = shares((whole, half, half), others)[OracleFinding.BETTER_SHARE]
    assert found == (outcome is not CaseClass.WITHDRAWN)


def test_one_case_called_late_too_many_is_found(sides):
    """Late ones are counted against those that are late in truth."""
    measured, truth, subjects = sides
    worse = replace(measured, late_24h=truth.late_24h + 1)
    assert shares((worse, truth, truth), subjects)[OracleFinding.WORSE_SHARE] == 1


@pytest.mark.parametrize("elsewhere", ["", "unseen", "dark"])
def test_an_overdue_case_is_missed_unless_it_is_counted_elsewhere(sides, elsewhere):
    """What nobody saw since its norm, and what is dark, are figures of their own."""
    measured, truth, subjects = sides
    counted = measured.overdue + measured.unseen + measured.dark
    few = {"overdue": 0, "unseen": 0, "dark": 0} | ({elsewhere: counted} if elsewhere else {})
    found = shares((replace(measured, **few), truth, truth), subjects)
    assert found[OracleFinding.UNCOUNTED] == (0 if elsewhere else truth.overdue)


def test_where_nothing_has_matured_nothing_is_asked(sides):
    """There is no share to be better or worse than."""
    measured, truth, subjects = sides
    none = replace(truth, share_24h=None)
    assert shares((measured, none, none), subjects) == {}
    assert shares((replace(measured, share_24h=None), truth, truth), subjects) == {}
