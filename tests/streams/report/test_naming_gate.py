"""The naming gate: who may be judged, and how many incidents are missing."""

import pytest
from reported import case

from streams.report.naming_gate import Gate, NamingReason, gate


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (Gate(cases=30, incidents=15, days=3, largest=9), None),
        (Gate(cases=29, incidents=15, days=3, largest=3), NamingReason.TOO_FEW_CASES),
        (Gate(cases=30, incidents=14, days=3, largest=3), NamingReason.TOO_FEW_INCIDENTS),
        (Gate(cases=30, incidents=15, days=2, largest=3), NamingReason.TOO_FEW_DAYS),
        (Gate(cases=30, incidents=15, days=3, largest=10), NamingReason.ONE_INCIDENT),
        (Gate(cases=0, incidents=0, days=0, largest=0), NamingReason.TOO_FEW_CASES),
    ],
)
def test_each_condition_closes_the_gate(found: Gate, reason: NamingReason | None) -> None:
    """30 cases, 15 incidents, 3 days, and no incident over 30 % of the cases."""
    assert found.reason is reason


@pytest.mark.parametrize(
    "found",
    [
        Gate(cases=30, incidents=15, days=3, largest=9),
        Gate(cases=20, incidents=15, days=3, largest=3),
        Gate(cases=100, incidents=15, days=3, largest=61),
        Gate(cases=40, incidents=2, days=1, largest=31),
        Gate(cases=0, incidents=0, days=0, largest=0),
    ],
)
def test_the_missing_incidents_open_it_and_fewer_do_not(found: Gate) -> None:
    """With so many more incidents of one case, each on a day of its own, it is judged."""

    def after(more: int) -> Gate:
        return Gate(found.cases + more, found.incidents + more, found.days + more, found.largest)

    missing = found.missing_incidents
    assert after(missing).reason is None
    assert missing == 0 or after(missing - 1).reason is not None


def test_the_gate_is_counted_from_the_cases() -> None:
    """Incidents and UTC days of notice are distinct ones."""
    cases = [case(1, incident="a"), case(2, incident="a", day=1), case(3, incident="b", day=1)]
    assert gate(cases) == Gate(cases=3, incidents=2, days=2, largest=2)
