"""The closed lists: values are labels and columns, and the sets of classes fit each other."""

import inspect
import re
from enum import StrEnum

import pytest

from schemas import closed_lists
from schemas.closed_lists import (
    BACKLOG,
    NO_PROBE,
    OPEN,
    CaseClass,
    Expected,
    Grade,
    NormVerdict,
    ProbeError,
    Target,
)

ON_THE_WIRE = {
    Expected.UNAVAILABLE: "barred",
    Grade.OWNER_CHANGED: "statement",
    ProbeError.CONNECTION_REFUSED: "refused",
    ProbeError.RATE_LIMITED_HOP: "crowded_hop",
    Target.MADE_UP_PATH: "random",
}
"""Values that are written already and keep an older word; the glossary explains them."""

LISTS = [one for _, one in inspect.getmembers(closed_lists, inspect.isclass) if one is not StrEnum]


@pytest.mark.parametrize("closed", LISTS, ids=lambda one: one.__name__)
def test_a_value_can_be_a_label(closed: type[StrEnum]) -> None:
    """It is its name in lower case or an older word of the wire, of letters and `_`, and short."""
    assert [one.value for one in closed] == [
        ON_THE_WIRE.get(one, one.name.lower()) for one in closed
    ]
    assert all(re.fullmatch("[a-z]+(_[a-z]+)*", one) and len(one) <= 24 for one in closed)


def test_a_backlog_is_what_is_open_and_told() -> None:
    """Every class of a backlog is open; only of an awaiting case was the hoster not told."""
    assert {CaseClass.AWAITING} == OPEN - BACKLOG
    assert BACKLOG < OPEN < set(CaseClass)


def test_a_case_that_ended_is_not_open() -> None:
    """Removed, moved and withdrawn cases are none of a backlog."""
    assert not OPEN & {CaseClass.REMOVED, CaseClass.MOVED, CaseClass.DARK, CaseClass.WITHDRAWN}


def test_what_came_to_no_probe_says_nothing_of_a_server() -> None:
    """A server's own failures are probes; that a turn or a true clock was missing is none."""
    assert ProbeError.TIMEOUT not in NO_PROBE
    assert ProbeError.BLOCKED_POLICY_HOP not in NO_PROBE
    assert set(NO_PROBE) < set(ProbeError)


def test_norm_verdicts_differ_by_their_first_letter() -> None:
    """The packed state keeps the letter alone."""
    assert len({verdict[0] for verdict in NormVerdict}) == len(NormVerdict)
