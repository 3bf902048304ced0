"""Every number that a timeline names is a rule of docs/measurement.md."""

import re
from itertools import pairwise

from examples import ROOT

from schemas.reasons import CaseClass, Flag, NormVerdict
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
    assert rule_numbers.CLASSES.keys() == set(CaseClass)
    assert rule_numbers.VERDICTS.keys() == set(NormVerdict)
    assert rule_numbers.FLAGS.keys() >= set(Flag)


def test_numbers_in_the_text_lead_to_rules():
    """A rule that another one names in brackets is there."""
    named = re.findall(r"\(([0-9]+\.[0-9]+)\)", DOCUMENT)
    assert named
    assert set(named) <= set(NUMBERS)


def spans(cell):
    """Return the numbers that a cell such as `1.1 to 1.3, 1.5` names."""
    found = []
    for part in cell.split(", "):
        first, _, last = part.partition(" to ")
        chapter, place = first.split(".")
        end = int((last or first).split(".")[1])
        found += [f"{chapter}.{n}" for n in range(int(place), end + 1)]
    return found


def test_the_map_leads_from_every_rule_to_its_module():
    """ARCHITECTURE.md names for each rule where it is built, once."""
    text = (ROOT / "ARCHITECTURE.md").read_text().split("### From a rule to its module\n", 1)[1]
    rows = [line for line in text.split("\n## ", 1)[0].splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]
    named = [number for cell in cells for number in spans(cell[0])]
    assert sorted(named) == sorted(NUMBERS)
    for _, _, built, again in cells:
        files = re.findall("`([^`]+)`", f"{built} {again}")
        assert built
        assert [file for file in files if not (ROOT / file).exists()] == []
