"""The documents of the rules are printed from the tables that the code runs on."""

from pathlib import Path

import pytest

from schemas.closed_lists import CaseClass, Verdict
from streams import rulebook
from streams.verdicts.reasons import VerdictReason

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", rulebook.DOCUMENTS)
def test_printed_documents_are_what_the_tables_say(name: str) -> None:
    """The rules of measurement in docs/ are those the code runs on, word for word."""
    written = (ROOT / "docs" / f"{name}.md").read_text()
    printed = rulebook.DOCUMENTS[name]()
    assert written == printed, f"run python -m streams.rulebook {name} > docs/{name}.md"


def test_every_verdict_and_every_reason_has_its_line() -> None:
    """Whoever reads the page reads every rule."""
    printed = rulebook.DOCUMENTS["verdicts"]()
    assert [one for one in (*Verdict, *VerdictReason) if f"| {one} |" not in printed] == []


def test_every_state_of_the_table_is_a_column() -> None:
    """A case that is online, suspect, doubted, unavailable or removed is in one of them."""
    printed = rulebook.DOCUMENTS["states"]()
    states = (CaseClass.ONLINE, CaseClass.SUSPECT, CaseClass.DOUBTED, CaseClass.REMOVED)
    assert [one for one in states if one.value not in printed] == []
