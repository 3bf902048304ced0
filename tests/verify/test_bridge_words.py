"""Laws of the bridge's words: every rule named is one, and no name of a program is shown."""

import re
from dataclasses import fields

import pytest
from examples import ROOT

from schemas.closed_lists import Flag
from verify.bridge_words import NEW_CASE, NO_CASE, RULES, figure_in_words, figure_value, of_flags
from verify.compared.record import Case

DOCUMENT = (ROOT / "docs" / "measurement.md").read_text()
NUMBERS = set(re.findall(r"^\*\*([0-9]+\.[0-9]+)\*\* ", DOCUMENT, re.MULTILINE))


def numbers(said: str) -> set[str]:
    """Return the numbers at both ends of a span such as `1.1 to 1.8`."""
    return set(said.split(" to "))


@pytest.mark.parametrize("rule", [*RULES, NO_CASE, NEW_CASE, *(of_flags([], [f]) for f in Flag)])
def test_the_rules_that_are_named_are_in_the_document(rule):
    """A reader finds them there."""
    assert numbers(rule.numbers) <= NUMBERS


def test_what_is_compared_is_a_value_of_a_case():
    """No name is of a value that does not exist."""
    known = {field.name for field in fields(Case)}
    assert {name for rule in RULES for name in rule.names} <= known


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("norm 86400 at 1.0 late", "within 24 h: late"),
        ("norm 0 at 0.5 in_time", "orders: in_time (sampled at 0.5)"),
        ("norm 86400 at 0.5 left out", None),
        ("second 86400 late", "second verdict within 24 h: late"),
        ("removal_bucket 7200", None),
        ("open_age_sum_ms", None),
        ("class removed", "class removed"),
        ("within 0 h, at most %", "orders kept, at most %"),
    ],
)
def test_a_figure_has_a_name_that_can_be_read(name, words):
    """Parts of histograms are no figures."""
    assert figure_in_words(name) == words


def test_values_can_be_read():
    """An instant is a time, a large number all its digits, and what is not there none."""
    assert figure_value("oldest_open_at", 1_769_999_755_830) == "2026-02-02T02:35:55Z"
    assert figure_value("cases", 12_345_678) == "12345678"
    assert figure_value("within 24 h, at most %", None) == "none"
