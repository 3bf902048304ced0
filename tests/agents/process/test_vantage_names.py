"""Laws of the warnings about vantages: no setting under which nobody can be named is silent."""

import pytest

from agents.config import VantageSettings
from agents.process.vantage_names import doubts

LOUD = VantageSettings(id="loud")
UNANNOUNCED = VantageSettings(id="quiet", announced=False, source_address="192.0.2.2")
HIDDEN = VantageSettings(id="hidden", announced=False, recheck=True)


@pytest.mark.parametrize(
    ("vantages", "told"),
    [
        ([LOUD], ["one vantage only", "says who it is"]),
        ([UNANNOUNCED], ["one vantage only"]),
        ([LOUD, LOUD.model_copy(update={"id": "other"})], ["says who it is"]),
        ([LOUD, HIDDEN], ["one vantage only", "says who it is"]),
        ([LOUD, UNANNOUNCED.model_copy(update={"source_address": None})], ["gives it away"]),
        ([LOUD, UNANNOUNCED], []),
        ([], []),
    ],
    ids=["one", "one-unannounced", "announced", "recheck", "same-address", "well", "none"],
)
def test_what_keeps_a_case_from_being_named_is_told(
    vantages: list[VantageSettings], told: list[str]
) -> None:
    """Each reason has a sentence that says what to configure."""
    said = list(doubts(vantages))
    assert len(said) == len(told)
    for sentence, words in zip(said, told, strict=True):
        assert words in " ".join(sentence.split()).replace("gives it away", "gives it away")
