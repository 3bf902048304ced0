"""What the columns of a published case say of a norm."""

from typing import Any

import pytest
from reported import HOUR, case

from schemas.closed_lists import CaseClass, NormVerdict, Role
from streams.report.published_case import (
    first_class,
    has_told_end,
    is_eligible,
    is_matured,
    public_verdict,
)

DAY_S = 86_400


@pytest.mark.parametrize(
    ("columns", "verdict"),
    [
        ({"seen": 10, "gone": 24}, "in_time"),
        ({"seen": 23, "gone": 25}, "undetermined"),
        ({"seen": 24.05, "gone": 25}, "undetermined"),  # within what clocks differ
        ({"seen": 24.1, "gone": 25}, "late"),
        ({"seen": 24.1, "gone": None, "case_class": CaseClass.ONLINE}, "late"),
        ({"seen": 24.1, "gone": 25, "backed": False}, "undetermined"),
        ({"seen": 24.1, "gone": 25, "flags": ("unobserved",)}, "undetermined"),
        ({"seen": 24.1, "gone": 25, "flags": ("cloaked",)}, "undetermined"),
        ({"seen": 3, "gone": 4, "flags": ("announced_only",)}, "undetermined"),
        ({"seen": 3, "gone": 4, "flags": ("single_vantage",)}, "undetermined"),
        ({"seen": 3, "gone": 4, "case_class": CaseClass.DARK}, "undetermined"),
        ({"seen": 3, "gone": 4, "case_class": CaseClass.MOVED}, "undetermined"),
        ({"seen": 30, "gone": 40, "case_class": CaseClass.DARK}, "late"),
        ({"seen": 3, "gone": 4, "case_class": CaseClass.DARK, "back_at": 40 * HOUR}, "in_time"),
        (
            {"seen": 3, "gone": 4, "case_class": CaseClass.DARK, "flags": ("removed_first",)},
            "in_time",
        ),
        ({"seen": 3, "gone": 4, "flags": ("moved_first",)}, "undetermined"),
        ({"seen": None, "gone": 5}, "in_time"),
        ({"seen": None, "gone": None, "case_class": CaseClass.UNAVAILABLE}, "undetermined"),
        ({"seen": 40, "gone": 50, "verdict": NormVerdict.IN_TIME}, "in_time"),  # the column rules
        (
            {"seen": 3, "gone": 4, "verdict": NormVerdict.LATE, "flags": ("cloaked",)},
            "undetermined",
        ),
    ],
)
def test_the_verdict_follows_from_the_instants(columns: dict[str, Any], verdict: str) -> None:
    """In time by R, late by a backed L more than 5 min past the norm, else undetermined."""
    assert public_verdict(case(1, **columns), DAY_S) == verdict


@pytest.mark.parametrize("flag", ["moved_first", "removed_first"])
def test_what_was_taken_back_ended_so(flag: str) -> None:
    """Whatever its flags say of an end before."""
    taken_back = case(1, case_class=CaseClass.WITHDRAWN, withdrawn_at=40 * HOUR, flags=(flag,))
    assert first_class(taken_back) is CaseClass.WITHDRAWN


def test_no_verdict_on_orders_without_the_column() -> None:
    """A file does not carry the terms of orders."""
    assert public_verdict(case(1, seen=1, gone=2), None) is None
    assert public_verdict(case(1, verdict=NormVerdict.LATE), None) is NormVerdict.LATE


@pytest.mark.parametrize(
    ("columns", "matured"),
    [
        ({"as_of": None}, True),
        ({"as_of": 24 * HOUR}, True),
        ({"as_of": 24 * HOUR - 1}, False),
        ({"seen": 3, "gone": 4, "case_class": CaseClass.MOVED}, False),
        ({"seen": 3, "gone": 30, "case_class": CaseClass.MOVED}, True),
        ({"seen": 30, "gone": None, "case_class": CaseClass.MOVED}, True),
        ({"seen": None, "gone": None, "case_class": CaseClass.MOVED}, False),
        ({"seen": 3, "gone": 4, "case_class": CaseClass.MOVED, "back_at": 40 * HOUR}, True),
        ({"seen": 3, "gone": 4, "case_class": CaseClass.ONLINE, "flags": ("moved_first",)}, False),
        ({"seen": 3, "gone": 30, "case_class": CaseClass.ONLINE, "flags": ("moved_first",)}, True),
    ],
)
def test_a_case_counts_when_its_norm_has_run_out(columns: dict[str, Any], matured: bool) -> None:
    """noticed_at + N <= as_of, and it had not moved before."""
    assert is_matured(case(1, **columns), DAY_S) is matured


@pytest.mark.parametrize(
    "columns",
    [
        {"role": Role.PROXY},
        *({"case_class": one} for one in (CaseClass.NEVER_ONLINE, CaseClass.WITHDRAWN)),
        *({"case_class": one} for one in (CaseClass.EXCLUDED, CaseClass.GONE_BEFORE_NOTICE)),
        *({"flags": (one,)} for one in ("self_report", "contested", "no_delivery_proof")),
        *({"flags": (one,)} for one in ("overflow", "behind_proxy")),
    ],
)
def test_what_counts_for_no_naming(columns: dict[str, Any]) -> None:
    """Other roles, cases that no norm applies to, and flagged ones are left out."""
    assert is_eligible(case(1, seen=1, gone=2))
    assert not is_eligible(case(1, seen=1, gone=2, **columns))


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"case_class": CaseClass.MOVED}, True),
        ({"case_class": CaseClass.WITHDRAWN}, True),
        ({"case_class": CaseClass.EXCLUDED}, False),
        ({"case_class": CaseClass.WITHDRAWN, "role": Role.PROXY}, False),
        ({"case_class": CaseClass.WITHDRAWN, "flags": ("self_report",)}, False),
    ],
)
def test_whose_ends_are_told(columns: dict[str, Any], told: bool) -> None:
    """Of what may count for naming, and of what would but for its withdrawal."""
    assert has_told_end(case(1, **columns)) is told
