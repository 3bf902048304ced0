"""What a report calls its closed lists: each value has its words, in both languages."""

import pytest

from agents.edges.web.messages import catalogue, speaking
from agents.tools.report.words import (
    ASSUMPTIONS,
    ENDS,
    LEFT_OUT,
    REASONS,
    WEEKDAYS,
    norm_of,
    weekday,
)
from streams.report.figures.sensitivity import Assumption
from streams.report.naming_gate import Reason


def test_every_value_has_words() -> None:
    """None is left out, and each is in the catalogue."""
    assert REASONS.keys() == set(Reason)
    assert list(ASSUMPTIONS) == list(Assumption)
    words = (*REASONS.values(), *ASSUMPTIONS.values(), *ENDS.values(), *LEFT_OUT.values())
    assert catalogue("nl").keys() >= {*words, *WEEKDAYS}


@pytest.mark.parametrize(
    ("language", "norm", "monday"), [("en", "24 h", "Monday"), ("nl", "24 u", "maandag")]
)
def test_norms_and_days(language: str, norm: str, monday: str) -> None:
    """In the language that is spoken."""
    with speaking(language):
        assert norm_of(86_400) == norm
        assert weekday("1") == monday
        assert norm_of(None)
