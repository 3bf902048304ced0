"""What differs is named, field by field and count by count; what is the same is not."""

from dataclasses import replace

import pytest
from verify_cases import CASE

from verify.compared.compare import (
    CASE_FIELDS,
    FOREIGN,
    Difference,
    cases_differ,
    figures_differ,
    key_of,
)
from verify.compared.record import Figures, RemovalEstimate

KEY = "0123456789abcdef0123456789abcdef"
GROUP = ("acme", "hosting")


def whats(mine, theirs) -> list[str]:
    return [one.what for one in cases_differ(KEY, mine, theirs)]


def test_equal_cases_differ_in_nothing() -> None:
    """However many they are."""
    other = replace(CASE, case_id="other")
    assert whats([CASE, other], [other, CASE]) == []


@pytest.mark.parametrize("name", ["rechecked", "gone_at", "naming", "flags", "verdicts"])
def test_a_field_that_differs_is_named(name: str) -> None:
    """And no other."""
    other = {"rechecked": 9, "gone_at": 9, "naming": False, "flags": ("split",), "verdicts": ()}
    assert name in CASE_FIELDS
    assert whats([CASE], [replace(CASE, **{name: other[name]})]) == [name]


def test_a_case_that_one_side_lacks_is_named() -> None:
    """So is one that a side has twice."""
    (lost,) = cases_differ(KEY, [CASE], [])
    assert (lost.what, lost.ledger, lost.published) == ("case", "there", "")
    assert "cases of one id" in whats([CASE], [CASE, CASE])


def figures(**said) -> dict:
    return {GROUP: Figures(**({"counts": {"reported": 5}, "removals": {}} | said))}


def test_counts_must_be_the_same_and_none_is_nought() -> None:
    """A hoster that one side lacks has none."""
    assert list(figures_differ(figures(), figures())) == []
    assert list(figures_differ(figures(counts={"removed": 0}), figures(counts={}))) == []
    (found,) = figures_differ(figures(), {})
    assert (found.what, found.ledger, found.published) == ("reported", "5", "0")


@pytest.mark.parametrize(
    ("theirs", "differs"), [(100, False), (102, False), (103, True), (None, True)]
)
def test_quantiles_may_differ_by_a_little(theirs: int | None, differs: bool) -> None:
    """Published ones are read off buckets."""
    mine = RemovalEstimate(n=5, ended=5, p50_ms=100, p90_ms=None)
    other = replace(mine, p50_ms=theirs)
    found = list(
        figures_differ(figures(removals={"open": mine}), figures(removals={"open": other}))
    )
    assert [one.what for one in found] == (["open p50_ms"] if differs else [])


def test_nothing_foreign_is_printed() -> None:
    """What is no key, no id and no hoster's name stands as a mark."""
    assert key_of(KEY.encode()) == KEY
    assert key_of(b"http://secret.example/") == FOREIGN
    shown = Difference(what="x", ledger="", published="", url_key="http://secret.example/")
    assert "secret" not in repr(shown)
