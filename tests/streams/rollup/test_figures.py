"""Figures of several hosters add up, role by role."""

import pytest
from cases import at, case

from schemas.closed_lists import CaseClass, Role
from streams.rollup.case_figures import figures
from streams.rollup.figures import PLAIN, HosterFigures, merged

AS_OF = at(100)
ONE = [case(CaseClass.ONLINE, seen=90), case(CaseClass.AWAITING, noticed=None, number=1)]
TWO = [case(CaseClass.REMOVED, hoster="beta", seen=1, gone=2, number=2)]


def of(hoster: str, cases: list, role: Role = Role.HOSTING) -> HosterFigures:
    return figures(hoster, role, cases, AS_OF)


def test_a_sum_is_that_of_its_cases() -> None:
    """Worked out from the parts, or from all cases together."""
    total = merged("total", Role.HOSTING, AS_OF, [of("alpha", ONE), of("beta", TWO)])
    assert total == of("total", [*ONE, *TWO])


def test_the_sum_of_nothing_is_nothing() -> None:
    """Every class is there, with no case."""
    nothing = merged("total", Role.HOSTING, AS_OF, [])
    assert (nothing.reported, nothing.backlog, nothing.oldest_open_at) == (0, 0, None)
    assert nothing.classes.keys() == set(CaseClass)
    assert nothing.inclusion == 1


def test_roles_are_never_summed() -> None:
    """A proxy serves what another hoster hosts: the two would count a URL twice."""
    proxied = of("shield", [], Role.PROXY)
    with pytest.raises(ValueError, match="never summed"):
        merged("total", Role.HOSTING, AS_OF, [of("alpha", ONE), proxied])


def test_a_backlog_is_of_hosters_that_were_told() -> None:
    """Open cases without a notice await one."""
    found = of("alpha", ONE)
    assert (found.reported, found.backlog, found.awaiting, found.removed) == (2, 1, 1, 0)


def test_a_norm_that_no_case_has_was_asked_of_none() -> None:
    """Zeros, in place of a missing row."""
    assert of("alpha", ONE).norm(60).n == 0


def test_whole_numbers_are_added_up_by_their_names() -> None:
    """A new one needs no line in `merged`."""
    assert {"noticed", "overdue", "rechecked", "unprobed"} <= set(PLAIN)
    assert "as_of" not in PLAIN
