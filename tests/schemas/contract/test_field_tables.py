"""The guide for hotlines has the fields that the records have."""

from pathlib import Path

import pytest

from schemas.contract.field_tables import SENT, meanings, rewritten
from schemas.records.feedback import Feedback, NormResult, ToldCase
from schemas.records.hotline import Proof, Sent

GUIDE = Path(__file__).parents[3] / "docs" / "hotline-guide.md"


def test_the_tables_of_the_guide_are_those_of_the_records() -> None:
    """`python -m schemas.contract` writes them."""
    text = GUIDE.read_text()
    assert rewritten(text) == text, "run python -m schemas.contract"


@pytest.mark.parametrize("record", [*SENT, Proof, Feedback, ToldCase, NormResult])
def test_every_field_has_its_sentence(record: type) -> None:
    """In the docstring of its record, or of what all records share."""
    said = {**meanings(Sent), **meanings(record)}
    assert set(record.__struct_fields__) - {"v"} <= set(said)
    assert all(text.endswith(".") for text in said.values())
