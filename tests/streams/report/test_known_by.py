"""A report counts what stood in the ledger when the watch ended."""

import pytest

from schemas.topics import DECISIONS, FACTS, REPORTS
from streams.report.known_by import is_known_by


@pytest.mark.parametrize(
    ("topic", "appended_at", "known"),
    [
        (REPORTS, 9, True),
        (REPORTS, 10, True),
        (REPORTS, 11, False),
        (FACTS, 10, True),
        (FACTS, 11, False),
        (DECISIONS, 11, True),
    ],
)
def test_what_came_after_the_watch_is_not_counted(topic, appended_at: int, known: bool) -> None:
    """A decision is: it corrects what was measured."""
    assert is_known_by(topic.name, appended_at, 10) is known
