"""A hoster's list against the notices of the ledger."""

import random

from hypothesis import given
from hypothesis import strategies as st

from schemas.moments import HOUR_MS, MINUTE_MS
from streams.dossier import reconcile
from streams.dossier.reconcile import TOLERANCE_MS, LedgerNotice, ListLine, reconciled


def notices(number: int, urls: int) -> list[LedgerNotice]:
    """Return notices of some URLs, a day apart where a URL has several."""
    return [
        LedgerNotice(f"{n % urls:032x}", n * 24 * HOUR_MS, f"reports.v1/0/{n}", "alpha")
        for n in range(number)
    ]


def test_a_thousand_lines_are_exact() -> None:
    """50 missing, 30 extra, 20 shifted, the others within the tolerance, in any order."""
    chance = random.Random(4)
    told = notices(970 + 50, urls=1_020)
    chance.shuffle(told)
    missing, shifted, rest = told[:50], told[50:70], told[70:]
    moved = [
        (one, one.at + chance.choice((-1, 1)) * (TOLERANCE_MS + 1 + n * HOUR_MS))
        for n, one in enumerate(shifted)
    ]
    near = [(one, one.at + chance.randint(-TOLERANCE_MS, TOLERANCE_MS)) for one in rest]
    listed = [ListLine(one.url_key, at, n) for n, (one, at) in enumerate(moved + near, 1)]
    extra = [ListLine(f"{n:032x}", n, 2_000 + n) for n in range(5_000, 5_030)]
    lines = [*listed, *extra]
    chance.shuffle(lines)
    assert len(lines) == 1_000
    found = reconciled(told, lines)
    assert set(found.missing) == set(missing)
    assert set(found.extra) == set(extra)
    assert {one for one, _ in found.shifted} == set(shifted)
    assert {one for one, _ in found.agreed} == set(rest)
    assert [one.at for one in found.missing] == sorted(one.at for one in missing)


def test_notices_of_one_url_are_paired_with_the_lines_nearest_in_time() -> None:
    """A line is no proof of two notices, nor a notice of two lines."""
    told = [LedgerNotice("a", hour * HOUR_MS, f"n{hour}", "alpha") for hour in (0, 10, 20)]
    lines = [ListLine("a", 10 * HOUR_MS + MINUTE_MS, 1), ListLine("a", 20 * HOUR_MS - 1, 2)]
    found = reconciled(told, lines)
    assert [(one.record, line.number) for one, line in found.agreed] == [("n10", 1), ("n20", 2)]
    assert [one.record for one in found.missing] == ["n0"]
    assert reconciled(told[:1], [*lines, lines[0]]).extra == [lines[0], lines[1]]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40))),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40))),
)
def test_each_notice_and_each_line_is_told_once(mine: list, theirs: list) -> None:
    """Whatever stands in them; and as many as can be paired are."""
    told = [LedgerNotice(key, at * MINUTE_MS, f"n{n}", "alpha") for n, (key, at) in enumerate(mine)]
    lines = [ListLine(key, at * MINUTE_MS, n) for n, (key, at) in enumerate(theirs)]
    found = reconciled(told, lines)
    pairs = found.agreed + found.shifted
    assert sorted([one for one, _ in pairs] + found.missing) == sorted(told)
    assert sorted([line for _, line in pairs] + found.extra) == sorted(lines)
    for key in "ab":
        counts = [sum(one.url_key == key for one in some) for some in (told, lines)]
        assert sum(one.url_key == key for one, _ in pairs) == min(counts)


def test_a_url_with_very_many_notices_is_paired_in_order_of_time(monkeypatch) -> None:
    """The work stays bounded, and nothing is lost."""
    monkeypatch.setattr(reconcile, "PAIRS_MAX", 3)
    told = [LedgerNotice("a", hour * HOUR_MS, f"n{hour}", "alpha") for hour in range(4)]
    found = reconciled(told, [ListLine("a", hour * HOUR_MS, hour) for hour in range(4)])
    assert len(found.agreed) == 4
