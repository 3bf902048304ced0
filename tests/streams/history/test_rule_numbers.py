"""Every number that a timeline names is a rule of docs/measurement.md."""

import re
from itertools import pairwise

from examples import ROOT

from schemas.reasons import Flag, NormVerdict, Outcome
from streams.history import rule_numbers

DOCUMENT = (ROOT / "docs" / "measurement.md").read_text()
NUMBERS = re.findall(r"^\*\*([0-9]+\.[0-9]+)\*\* ", DOCUMENT, re.MULTILINE)


def cited():
    """Return every number in the module."""
    for value in vars(rule_numbers).values():
        if isinstance(value, str) and re.fullmatch(r"[0-9]+\.[0-9]+", value):
            yield value
        elif isinstance(value, dict):
            yield from (one for one in value.values() if re.fullmatch(r"[0-9.]+", str(one)))


def test_every_number_is_a_rule():
    """A reader finds each number in the document."""
    assert set(cited()) <= set(NUMBERS)


def test_rules_are_numbered_one_after_the_other():
    """No number is missing, none stands twice."""
    keys = [tuple(map(int, number.split("."))) for number in NUMBERS]
    assert keys[0] == (1, 1)
    for (chapter, place), after in pairwise(keys):
        assert after in {(chapter, place + 1), (chapter + 1, 1)}


def test_every_word_of_a_closed_list_has_a_rule():
    """A new class, verdict or flag gets its number with it."""
    assert rule_numbers.CLASSES.keys() == set(Outcome)
    assert rule_numbers.VERDICTS.keys() == set(NormVerdict)
    assert rule_numbers.FLAGS.keys() >= set(Flag)


def test_numbers_in_the_text_lead_to_rules():
    """A rule that another one names in brackets is there."""
    named = re.findall(r"\(([0-9]+\.[0-9]+)\)", DOCUMENT)
    assert named
    assert set(named) <= set(NUMBERS)
