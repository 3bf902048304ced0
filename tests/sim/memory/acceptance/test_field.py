"""A whole field: the checks hold of a pipeline without fault, and each finds what it is there for.

The whole scenarios are played in tests/sim/memory/scenarios/test_catalogue.py.
"""

import pytest
from msgspec.structs import replace as changed
from perfect_pipeline import failed, shown, with_evidence

from schemas.closed_lists import CaseClass
from schemas.records.case import Phase
from sim.memory.acceptance.field import DOMINANT_ACCEPTANCE, SPLIT_ACCEPTANCE
from sim.memory.scenarios.casts import DOMINANT

CONCENTRATED, SAMPLED, _, UNSAMPLED = DOMINANT_ACCEPTANCE
_, COUNTED, APART, FLATTERS = SPLIT_ACCEPTANCE


@pytest.fixture(scope="module")
def split():
    return shown("split", 2.5)


@pytest.fixture(scope="module")
def dominant():
    return shown("dominant", 2.5)


def with_cases(before, of):
    """Return what is shown where each case was changed; None = it is not there."""
    urls = {
        key: changed(url, cases=tuple(new for case in url.cases if (new := of(case)) is not None))
        for key, url in before.evidence.urls.items()
    }
    return with_evidence(before, urls=urls)


def test_kinds_that_are_measured_as_they_are_pass(split):
    """Each has its share of the field and its own pace, and closed cases alone flatter the slow."""
    assert failed(split, (COUNTED, APART, FLATTERS)) == []


def test_kinds_of_one_pace_fail(split):
    """Slow hosters that are shown as quick as the fast ones are none."""

    def quick(case):
        if not case.hoster.startswith("slow") or case.noticed_at is None:
            return case
        phases = (Phase(case.reported_at, CaseClass.REMOVED),)
        gone_at = case.noticed_at + 1
        return changed(case, last_seen_at=case.noticed_at, gone_at=gone_at, phases=phases)

    assert failed(with_cases(split, quick), (COUNTED, APART)) == [APART.says]


def test_closed_cases_flatter_nobody_where_all_are_closed(split):
    """What is estimated is then what closed cases say, and the check does not hold."""

    def closed(case):
        return case if case.gone_at or not case.hoster.startswith("slow") else None

    assert failed(with_cases(split, closed), (FLATTERS,)) == [FLATTERS.says]


def test_a_kind_whose_cases_are_missing_fails(split):
    """Its share of the field is the one that its reports have."""
    fewer = with_cases(split, lambda case: None if case.hoster.startswith("slow") else case)
    with pytest.raises(ZeroDivisionError):  # there is not one slow case to be flattered
        FLATTERS.check(fewer)
    assert COUNTED.says in failed(fewer, (COUNTED,))


def test_a_field_with_one_dominant_hoster_is_told_from_one_without(dominant):
    """The check reads who has how much, and not who is in the registry."""
    assert failed(dominant, (CONCENTRATED, UNSAMPLED)) == []
    even = with_cases(dominant, lambda case: None if case.hoster == DOMINANT else case)
    assert failed(even, (CONCENTRATED,)) == [CONCENTRATED.says]


def test_a_dominant_hoster_that_is_not_sampled_fails(dominant):
    """Where each case is judged, none stands for others."""
    assert failed(dominant, (SAMPLED,)) == [SAMPLED.says]
