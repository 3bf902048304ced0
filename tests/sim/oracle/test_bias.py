"""The stated bound on the bias of estimates: right evidence lies within it, wrong does not."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as struct_replace
from perfect_pipeline import evidence, key_of

from schemas.closed_lists import CaseClass
from schemas.moments import DAY_MS, HOUR_MS
from schemas.records.case import Phase
from sim.oracle.bias import JUDGED, Bias, bias, biased
from sim.oracle.findings import OracleFinding
from sim.oracle.oracle import Oracle
from sim.world.hosters import REPORTED
from sim.world.world import WORLD_START, Plan, World

AS_OF = WORLD_START + 4 * DAY_MS
HOSTERS = [hoster for hoster in REPORTED if hoster.behaviour in JUDGED]


@pytest.fixture(scope="module")
def world():
    return World(Plan(seed=11, port=18_080))


@pytest.fixture(scope="module")
def whole(world):
    return evidence(world, AS_OF, probes=True)


def subjects(world, hoster, found):
    oracle = Oracle(world=world, key_of=key_of)
    return [
        oracle._subject(i, hoster, found) for i in world.material(AS_OF) if i.hoster == hoster.id
    ]


def changed(whole, material, change):
    """Return the evidence with a change to the case of each of some URLs."""
    urls = dict(whole.urls)
    for item in material:
        url = urls[key_of(item)]
        cases = (struct_replace(url.cases[0], **change(url.cases[0])), *url.cases[1:])
        urls[key_of(item)] = struct_replace(url, cases=cases)
    return replace(whole, urls=urls)


@pytest.mark.parametrize("hoster", HOSTERS, ids=lambda hoster: hoster.id)
def test_what_is_measured_right_lies_within_the_bound(world, whole, hoster):
    """The estimate, the truth and the bound hang together, and the bound contains the truth."""
    mine = subjects(world, hoster, whole)
    found = bias(hoster, mine, whole)
    assert found.holds
    assert found.low <= found.truth <= found.high
    assert biased(hoster, mine, whole) == {OracleFinding.BIASED: 0}


def test_removals_that_are_told_too_early_are_outside(world, whole):
    """A slow hoster whose removals are all put within an hour seems fast, and is found."""
    slow = next(hoster for hoster in HOSTERS if hoster.id == "cedar")
    material = [item for item in world.material(AS_OF) if item.hoster == slow.id]

    def early(case):
        at = (case.noticed_at or case.reported_at) + HOUR_MS
        return {"gone_at": at, "phases": (Phase(at, CaseClass.REMOVED),)}

    found = changed(whole, material, early)
    assert biased(slow, subjects(world, slow, found), found) == {OracleFinding.BIASED: 1}


def test_removals_that_are_not_told_are_outside(world, whole):
    """A prompt hoster whose removals are all called sightings of days later is found."""
    prompt = next(hoster for hoster in HOSTERS if hoster.id == "amber")
    material = [item for item in world.material(AS_OF) if item.hoster == prompt.id]

    def there(_):
        phases = (Phase(0, CaseClass.ONLINE),)
        return {"gone_at": None, "first_end": None, "last_seen_at": AS_OF, "phases": phases}

    found = changed(whole, material, there)
    assert biased(prompt, subjects(world, prompt, found), found) == {OracleFinding.BIASED: 1}


def test_the_bound_is_closed():
    """On its edge an estimate holds, beyond it it does not."""
    edge = Bias(n=10, estimate=0.4, truth=0.5, naive=None, low=0.4, high=0.6)
    assert edge.holds
    assert edge._replace(estimate=0.6).holds
    assert not edge._replace(estimate=0.39).holds
    assert not edge._replace(estimate=0.61).holds
