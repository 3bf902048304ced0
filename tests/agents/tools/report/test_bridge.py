"""A period by two methods, under the names of the publication."""

import csv
from pathlib import Path

import msgspec
import numpy as np
import pytest
from reported import DAY, drawn

from agents.errors import UserError
from agents.tools.report.bridge import (
    Bridge,
    Publication,
    bridge_csv,
    bridged,
    changed_csv,
    changed_in,
)
from agents.tools.report.reading.two_methods import ByTwo, ChangedCase
from streams.report.cohort import Cohort
from streams.report.hosters_of_report import judged
from streams.report.published_case import public_verdict

COHORT = Cohort(0, 90 * DAY, 86_400)


def hashed(purpose: str, text: str) -> str:
    """Stand in for the keyed hash."""
    return f"{purpose}-{len(text):06}"


def changed(number: int, hoster: str) -> ChangedCase:
    """Return a case that differs."""
    return ChangedCase(
        case=f"{number:04}",
        hoster=hoster,
        rule="2.1 to 2.10" if number % 3 else "4.3",
        about="the clock" if number % 3 else "the flag single_vantage",
        what="noticed at",
        first="2026-01-01T00:00:00Z",
        second='none, "so to speak"',
    )


@pytest.fixture
def bridge() -> Bridge:
    """A hoster that either method judges, one that the second does alone, and one of few cases."""
    chance = np.random.default_rng(3)
    slow, fast, few = (drawn(chance, name, 0.5, 20, 2.5) for name in ("slow", "fast", "few"))
    whole = [
        msgspec.structs.replace(one, verdict=public_verdict(one, COHORT.norm_s))
        for one in (*slow, *fast, *few[:5])
    ]
    first = [one for one in whole if one.hoster != "fast" or one.case < "fast-2"]
    two = ByTwo(first=first, second=whole, changed=[changed(n, "slow") for n in range(9, 0, -1)])
    names = {"slow": "slow", "fast": "fast"}
    return bridged(two, ("9", "10"), Publication(COHORT, 0.8, names, hashed))


def test_each_method_has_the_figures_of_a_report_by_it(bridge: Bridge) -> None:
    """A method that does not judge a hoster gives no figure of it; who has no name gets none."""
    rows = {row.hoster: row for row in bridge.rows}
    assert rows.keys() == {"slow", "fast", "hoster-publication/"}
    assert rows["slow"].first == rows["slow"].second
    slow, fast, few = (rows[name] for name in ("slow", "fast", "hoster-publication/"))
    assert slow.first is not None
    assert slow.first.bounds is not None
    assert fast.first is not None
    assert fast.first.bounds is fast.first.late is None
    assert fast.second is not None
    assert fast.second.bounds is not None
    assert few.second is not None
    assert few.second.in_time is None


def test_rules_are_counted_and_all_cases_told(bridge: Bridge) -> None:
    """The rule that changed the most cases comes first, and cases by their names."""
    assert [(one.rule, one.cases) for one in bridge.rules] == [("2.1 to 2.10", 6), ("4.3", 3)]
    assert [one.case for one in bridge.changed] == [f"{n:04}" for n in range(1, 10)]


def test_the_files_have_all_of_it(bridge: Bridge, tmp_path: Path) -> None:
    """A figure has a column for each method; the cases come back as they were."""
    rows = list(csv.DictReader(bridge_csv(bridge).splitlines()))
    slow = next(row for row in rows if row["hoster"] == "slow")
    assert slow["n_9"] == slow["n_10"] != ""
    assert slow["share_low_9"] == slow["share_low_10"] != ""
    fast = next(row for row in rows if row["hoster"] == "fast")
    assert (fast["late_9"], fast["share_high_9"]) == ("", "")
    file = tmp_path / "cases.csv"
    file.write_text(changed_csv(bridge))
    assert changed_in(file) == bridge.changed
    file.write_text("nothing\n1\n")
    with pytest.raises(UserError, match="cannot be read"):
        changed_in(file)


def test_who_has_no_case_by_a_method_has_empty_cells() -> None:
    """It is not the same as none in time."""
    chance = np.random.default_rng(3)
    two = ByTwo(first=drawn(chance, "slow", 0.5, 20, 2.5), second=[])
    found = bridged(two, ("9", "10"), Publication(COHORT, 0.8, {"slow": "slow"}, hashed))
    assert found.rows[0].second is None
    (row,) = csv.DictReader(bridge_csv(found).splitlines())
    assert row["n_10"] == row["late_10"] == ""
    assert judged(two.first, COHORT.norm_s, 0.8).rows[0].n == int(row["n_9"])
