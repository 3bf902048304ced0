"""Every number that a timeline names is a rule of docs/measurement.md."""

import re
from itertools import pairwise

import pytest
from examples import ROOT

from schemas.closed_lists import CaseClass, Flag, NormVerdict
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


LIST = r"([0-9]+\.[0-9]+(?:(?:,? and |, | to )[0-9]+\.[0-9]+)*)"
CITED = re.compile(rf"\b(?:rules? |docs/measurement\.md, ){LIST}", re.IGNORECASE)
IN_BRACKETS = re.compile(rf"[A-Za-z0-9`] \({LIST}\)[.:,;]")


def spans(cell):
    """Return the numbers that a text such as `1.1 to 1.3, 1.5 and 2.1` names, in their order.

    A number that is no rule stands for itself.
    """
    found = []
    for part in re.split(",? and |, ", cell):
        first, _, last = part.partition(" to ")
        if last and first in NUMBERS and last in NUMBERS:
            found += NUMBERS[NUMBERS.index(first) : NUMBERS.index(last) + 1]
        else:
            found += [first, last] if last else [first]
    return found


def rows_of_the_map():
    """Return the cells of each row of the table that leads from a rule to its module."""
    text = (ROOT / "ARCHITECTURE.md").read_text().split("### From a rule to its module\n", 1)[1]
    rows = [line for line in text.split("\n## ", 1)[0].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def citations(file):
    """Return the rules that a module's docstrings and comments name."""
    text = re.sub(r"\s+(?:# )?", " ", file.read_text())
    found = [*CITED.findall(text), *IN_BRACKETS.findall(text)]
    return {number for cited in found for number in spans(cited)}


@pytest.mark.parametrize("folder", ["schemas", "streams", "agents", "verify", "sim", "tests"])
def test_rules_that_the_code_cites_are_in_the_document(folder):
    """A reader who follows a number from a docstring finds a rule."""
    files = sorted((ROOT / folder).rglob("*.py"))
    wrong = {file.name: found for file in files if (found := citations(file) - set(NUMBERS))}
    assert wrong == {}


@pytest.mark.parametrize("folder", ["streams/lifecycle", "verify/method_10", "verify/figures"])
def test_a_module_cites_rules_that_the_map_leads_to_it_by(folder):
    """The number that a module cites is the rule's own: the map names the module beside it."""
    known = {}
    for rules, _, *files in rows_of_the_map():
        for file in re.findall("`([^`]+)`", " ".join(files)):
            known.setdefault(file, set()).update(spans(rules))
    wrong = {}
    for file in sorted((ROOT / folder).rglob("*.py")):
        name = str(file.relative_to(ROOT))
        if found := citations(file) - known.get(name, set()):
            wrong[name] = sorted(found)
    assert wrong == {}


def test_the_map_leads_from_every_rule_to_its_module():
    """ARCHITECTURE.md names for each rule where it is built, once."""
    cells = rows_of_the_map()
    named = [number for cell in cells for number in spans(cell[0])]
    assert sorted(named) == sorted(NUMBERS)
    for _, _, built, again in cells:
        files = re.findall("`([^`]+)`", f"{built} {again}")
        assert built
        assert [file for file in files if not (ROOT / file).exists()] == []


@pytest.mark.parametrize(
    ("l_h", "rule"), [(29.2, "6.1"), (29.3, "6.2"), (4, "4.4"), (None, "4.4"), (5.2, "6.1")]
)
def test_an_end_is_no_more_by_what_was_seen_after_it(l_h, rule):
    """R was 5.2 h. A sighting from before it that came late shows that nothing was confirmed."""
    assert rule_numbers.without_r(5.2, l_h) == rule
