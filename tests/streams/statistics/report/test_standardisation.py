"""Kitagawa's decomposition and direct standardisation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.statistics.report.standardisation import StratumShare, change, overall, standardised

STRATA = st.dictionaries(
    st.sampled_from("abcd"),
    st.builds(StratumShare, st.integers(1, 50), st.integers(0, 100).map(lambda p: p / 100)),
    min_size=1,
)


def test_a_table_by_hand() -> None:
    """Cases move from the fast to the slow, both as before: all of it is mix."""
    before = {"fast": StratumShare(80, 0.9), "slow": StratumShare(20, 0.4)}
    after = {"fast": StratumShare(50, 0.9), "slow": StratumShare(50, 0.4)}
    found = change(before, after)
    assert found is not None
    assert (found.before, found.after) == (pytest.approx(0.8), pytest.approx(0.65))
    assert (found.mix, found.rate) == (pytest.approx(-0.15), pytest.approx(0))
    slower = change(before, {"fast": StratumShare(80, 0.8), "slow": StratumShare(20, 0.3)})
    assert slower is not None
    assert (slower.mix, slower.rate) == (pytest.approx(0), pytest.approx(-0.1))


@given(STRATA, STRATA)
def test_mix_and_rate_are_the_whole_change(
    before: dict[str, StratumShare], after: dict[str, StratumShare]
) -> None:
    """Nothing is left over, and the way back has the other sign."""
    found, back = change(before, after), change(after, before)
    assert found is not None
    assert back is not None
    assert found.mix + found.rate == pytest.approx(overall(after) - overall(before))
    assert (back.mix, back.rate) == (pytest.approx(-found.mix), pytest.approx(-found.rate))


def test_standardised_to_all_cases() -> None:
    """A hotline that had the hard cases is not the slower for it; strata it lacks are left out."""
    everybody = {"easy": 80.0, "hard": 20.0}
    own = {"easy": StratumShare(10, 0.9), "hard": StratumShare(90, 0.5)}
    assert overall(own) == pytest.approx(0.54)
    assert standardised(own, everybody) == pytest.approx(0.82)
    assert standardised({"easy": StratumShare(3, 0.9)}, everybody) == pytest.approx(0.9)
    assert standardised({"other": StratumShare(3, 0.9)}, everybody) is None
    assert change({}, own) is None
