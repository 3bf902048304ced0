"""The lognormal fit: against R's survreg, against a known truth, at its edges."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from streams.statistics.report.interval_censored import Interval
from streams.statistics.report.lognormal import fitted

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "r" / "fixtures.json").read_text()
)["intervals"]


def intervals_of(case: dict[str, Any]) -> list[Interval]:
    """Return a data set of R's as intervals."""
    ends = [None if end is None else round(end) for end in case["right"]]
    return [(round(start), end) for start, end in zip(case["left"], ends, strict=True)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: len(case["left"]))
def test_the_lognormal_fit_agrees_with_r(case: dict[str, Any]) -> None:
    """Location and spread are those of survreg with dist = "lognormal"."""
    found = fitted({"all": [(one, 1.0) for one in intervals_of(case)]})
    assert found is not None
    assert found.location["all"] == pytest.approx(case["location"][0], abs=1e-4)
    assert found.spread == pytest.approx(case["spread"][0], abs=1e-4)


def test_groups_have_locations_of_their_own() -> None:
    """Two groups of a known truth are told apart."""
    chance = np.random.default_rng(3)
    truth = {"fast": 3.0, "slow": 5.0}
    groups = {
        name: [((int(t), int(t) + 1), 1.0) for t in np.exp(chance.normal(mean, 1.0, 400))]
        for name, mean in truth.items()
    }
    found = fitted(groups)
    assert found is not None
    for name, mean in truth.items():
        assert found.location[name] == pytest.approx(mean, abs=0.15)
        assert found.share_within(name, np.exp(mean)) == pytest.approx(0.5, abs=0.06)
    assert found.spread == pytest.approx(1.0, abs=0.06)


def test_without_an_end_there_is_no_fit() -> None:
    """Cases that are all still there fit any slowness; an empty group is left out."""
    assert fitted({"a": [((5, None), 1), ((7, None), 1)]}) is None
    found = fitted({"a": [((0, 4), 1), ((2, None), 1), ((1, 3), 1)], "none": []})
    assert found is not None
    assert list(found.location) == ["a"]


def test_a_weight_is_as_many_cases() -> None:
    """A case of a sample that stands for three fits as three do."""
    once = fitted({"a": [((0, 4), 3), ((2, None), 1), ((8, 9), 2)]})
    each = fitted({"a": [((0, 4), 1)] * 3 + [((2, None), 1)] + [((8, 9), 1)] * 2})
    assert once is not None
    assert once == each
