"""The section of two methods: shares by both, what changed, and the first cases that differ."""

import dataclasses

import msgspec
import pytest
from drawn_bridge import with_bridge
from drawn_report import drawn_made

from agents.edges.web.messages import speaking
from agents.tools.report.blocks import Table, Text
from agents.tools.report.reading.two_methods import ChangedCase
from agents.tools.report.sections.bridge import CASES_MAX, bridge_sections
from agents.tools.report.sections.made import ReportParts
from agents.tools.report.words import ABOUT, CHANGED, SAID
from schemas.closed_lists import NormVerdict
from verify.bridge_words import NEW_CASE, NO_CASE, RULES, name_of

MORE = 12


def made_with(changed: int) -> ReportParts:
    """Return the drawn report with so many cases that differ."""
    return with_bridge(drawn_made("en"), changed)


def test_who_asked_for_none_has_no_section() -> None:
    """Most reports are by one method."""
    assert bridge_sections(drawn_made("en")) == []


def test_a_hoster_has_its_figures_by_both_methods() -> None:
    """Whoever is too few by one of them has a dash there, and by both no row."""
    with speaking("en"):
        (section,) = bridge_sections(made_with(1))
    table = section.blocks[1]
    assert isinstance(table, Table)
    assert table.heads[1:3] == ["cases, method 9", "cases, method 10"]
    assert table.rows[0] == [
        *("Acme B.V.", "40", "4", "30", "\u2013", "5", "\u2013", "70.0\u201385.0", "too few"),
    ]
    assert [row[0] for row in table.rows] == ["Acme B.V.", "delta"]


def test_the_first_cases_are_shown_and_the_others_counted() -> None:
    """All are in the file that the page names."""
    with speaking("en"):
        (section,) = bridge_sections(made_with(CASES_MAX + MORE))
    rules, cases = section.blocks[2:]
    assert isinstance(rules, Table)
    assert isinstance(cases, Table)
    assert rules.rows == [["2.1 to 2.10", "the clock", str(CASES_MAX + MORE)]]
    assert len(cases.rows) == CASES_MAX
    assert cases.foot is not None
    assert cases.foot[0] == f"{MORE} more, in bridge-cases.csv"
    with speaking("en"):
        (section,) = bridge_sections(made_with(0))
    assert isinstance(section.blocks[-1], Text)


def test_in_dutch_all_words_are_dutch() -> None:
    """Also those that come from the rules."""
    with speaking("nl"):
        (section,) = bridge_sections(made_with(1))
    rules, cases = section.blocks[2:]
    assert isinstance(rules, Table)
    assert isinstance(cases, Table)
    assert rules.rows[0][:2] == ["2.1 tot 2.10", "de klok"]
    assert cases.rows[0][3:5] == ["kennisgeving op", "geen"]
    one = ChangedCase(
        case="0",
        hoster="acme",
        rule="9.1 to 9.7",
        about="norm verdicts",
        what="verdicts",
        first="24 h in_time, 48 h undetermined",
        second="",
    )
    bridge = msgspec.structs.replace(made_with(1).bridge, changed=(one,))
    with speaking("nl"):
        (section,) = bridge_sections(made_with(1)._replace(bridge=bridge))
    cases = section.blocks[3]
    assert isinstance(cases, Table)
    verdicts = "24 h op tijd, 48 h onbepaald"
    assert cases.rows[0][2:] == ["9.1 tot 9.7", "oordelen over de norm", verdicts, "\u2013"]


@pytest.mark.parametrize("rule", [*RULES, NO_CASE, NEW_CASE], ids=lambda one: one.about)
def test_every_word_of_a_rule_is_in_the_catalogue(rule) -> None:
    """What a rule is about, what it decides, and what is no value."""
    assert rule.about in ABOUT
    assert {name_of(name) for name in rule.names} <= CHANGED.keys() | {"opened at", "owner"}
    assert {"none", "no case", "yes", "no", "not yet", *NormVerdict} == SAID.keys()
    assert dataclasses.is_dataclass(Table)
