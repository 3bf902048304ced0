"""What comes in: the checks hold of a pipeline without fault, and each finds what it is there for.

The whole scenarios are played in tests/sim/memory/scenarios/test_catalogue.py.
"""

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed
from perfect_pipeline import failed, key_of, shown, with_evidence

from schemas.closed_lists import NormVerdict, Result
from sim.memory.acceptance.inflow import BURST_ACCEPTANCE, FLOOD_ACCEPTANCE, HOTLINES_ACCEPTANCE
from sim.memory.scenarios.casts import BURST_AT

FATES, OTHERS, ONCE = FLOOD_ACCEPTANCE[:3]
UNTOLD = HOTLINES_ACCEPTANCE[3]


@pytest.fixture(scope="module")
def flooded():
    return shown("flood", 2.0)


def test_a_flood_that_is_taken_as_it_must_be_passes(flooded):
    """Its records and the others' have their outcomes, and each URL is one case."""
    assert failed(flooded, (FATES, OTHERS, ONCE)) == []


@pytest.mark.parametrize(("floods", "fails"), [(True, FATES), (False, OTHERS)])
def test_a_record_without_its_fate_fails_the_check_of_its_hotline(flooded, floods, fails):
    """Neither check reads the other's records."""
    outcomes = list(flooded.evidence.outcomes)
    one = next(o for o in outcomes if (o.hotline == "west") is floods)
    fewer = with_evidence(flooded, outcomes=[o for o in outcomes if o is not one])
    assert failed(fewer, (FATES, OTHERS)) == [fails.says]
    other = changed(one, result=Result.SET_ASIDE)
    otherwise = with_evidence(flooded, outcomes=[other if o is one else o for o in outcomes])
    assert failed(otherwise, (FATES, OTHERS)) == [fails.says]


def test_a_case_too_many_fails(flooded):
    """A repetition that opened a second case would count twice."""
    urls = dict(flooded.evidence.urls)
    key = next(iter(urls))
    urls[key] = changed(urls[key], cases=urls[key].cases * 2)
    assert failed(with_evidence(flooded, urls=urls), (ONCE,)) == [ONCE.says]


def test_a_report_of_a_burst_that_is_no_case_fails():
    """Not one of them may be missing, and nothing else may make up for it."""
    whole = BURST_ACCEPTANCE[0]
    burst = shown("burst", 1.2)
    assert failed(burst, (whole,)) == []
    lost = next(key_of(item) for item in burst.material(BURST_AT))
    urls = {key: url for key, url in burst.evidence.urls.items() if key != lost}
    assert failed(with_evidence(burst, urls=urls), (whole,)) == [whole.says]


def test_who_was_not_told_and_is_judged_fails():
    """A verdict without a clock is one too many."""
    busy = shown("hotlines", 1.0)
    assert failed(busy, (UNTOLD,)) == []
    urls = dict(busy.evidence.urls)
    key = next(key for key, url in urls.items() if url.cases[0].noticed_at is None)
    judged = changed(urls[key].cases[0], verdicts=(NormVerdict.LATE,))
    urls[key] = changed(urls[key], cases=(judged,))
    played = replace(busy.played, evidence=replace(busy.evidence, urls=urls))
    assert failed(replace(busy, played=played), (UNTOLD,)) == [UNTOLD.says]
