"""Laws of the table of states, events and conditions."""

import re
from itertools import product
from pathlib import Path

import pytest

from schemas.closed_lists import OPEN, CaseClass
from schemas.moments import DAY_MS
from streams.lifecycle.state_table import (
    CLASSES,
    CONDITIONS,
    DARK_MS,
    ENDS,
    EXPIRY_MS,
    STATES,
    TRANSITIONS,
    CaseEvent,
    IllegalTransition,
    following,
    render,
)


def test_the_table_is_complete():
    """Every event has a next state in every state, but `end_upheld` where there is no end."""
    missing = {pair for pair in product(STATES, CaseEvent) if pair not in TRANSITIONS}
    assert missing == {(state, CaseEvent.END_UPHELD) for state in STATES if state in OPEN}
    assert set(TRANSITIONS.values()) <= set(STATES)
    assert set(CONDITIONS) == set(CaseEvent)


def test_a_pair_that_is_not_in_the_table_raises():
    """`end_upheld` without an end and a class that is no state are refused; nothing changes."""
    before = dict(TRANSITIONS)
    for pair in ((CaseClass.ONLINE, CaseEvent.END_UPHELD), (CaseClass.WITHDRAWN, CaseEvent.GONE)):
        with pytest.raises(IllegalTransition):
            following(*pair)
    assert dict(TRANSITIONS) == before


@pytest.mark.parametrize("state", STATES)
def test_only_what_saw_it_gone_ends_a_case(state):
    """Blocking, silence and the clock lead to an end only through `dead`."""
    idle = (
        CaseEvent.INCONCLUSIVE,
        CaseEvent.UNAVAILABLE_CONFIRMED,
        CaseEvent.DOUBT_ENDED,
        CaseEvent.GONE,
        CaseEvent.GONE_AFTER_DOUBT,
    )
    for event in idle:
        after = following(state, event)
        assert after not in ENDS or after is state


@pytest.mark.parametrize("state", STATES)
def test_a_sighting_opens_every_state(state):
    """Whatever was thought, what is seen is online."""
    assert following(state, CaseEvent.SIGHTING) is CaseClass.ONLINE


@pytest.mark.parametrize("end", ENDS)
def test_an_end_that_stands_is_that_end(end):
    """After a dissent that came to nothing the case is ended as it was."""
    assert following(CaseClass.SUSPECT, CaseEvent.END_UPHELD, end) is end


def test_the_printed_table_has_every_row_and_column():
    """One row an event with its condition, one column a state; a dash where there is no pair."""
    lines = render().splitlines()
    assert len(lines) == 2 + len(CaseEvent)
    columns = len(STATES) + 2
    for line in lines:
        assert line.count("|") == columns + 1
    for event, line in zip(CaseEvent, lines[2:], strict=True):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[:2] == [event.value, CONDITIONS[event]]
        assert cells[2:] == [TRANSITIONS.get((state, event), "-") for state in STATES]


def test_every_class_has_its_text_and_the_documents_say_the_same():
    """A page and docs/measurement.md explain a class in one sentence, word for word."""
    document = Path(__file__).parents[3] / "docs/measurement.md"
    rows = re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", document.read_text(), re.MULTILINE)
    said = {name: text for name, text in rows if name in set(CaseClass)}
    assert said == {str(outcome): text for outcome, (_, text) in CLASSES.items()}
    assert set(CLASSES) == set(CaseClass)


def test_the_text_of_a_class_says_what_leads_there():
    """Contradictions make a case suspect, gone ones doubted; terms are those of the rules."""
    assert {TRANSITIONS[state, CaseEvent.DISSENT] for state in STATES} == {CaseClass.SUSPECT}
    assert "disagree" in CLASSES[CaseClass.SUSPECT][1]
    assert TRANSITIONS[CaseClass.ONLINE, CaseEvent.GONE] is CaseClass.DOUBTED
    assert "may be gone" in CLASSES[CaseClass.DOUBTED][1]
    assert f"{EXPIRY_MS // DAY_MS} days" in CLASSES[CaseClass.EXPIRED][1]
    assert f"{DARK_MS // DAY_MS} days" in CLASSES[CaseClass.DARK][1]
