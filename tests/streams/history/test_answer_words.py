"""What a server answered is said in a history so that it comes back as it was."""

import msgspec
import pytest

from schemas.records.facts import Facts
from schemas.records.history_events import ControlsWord, LookFacts, LookWord
from streams.history.answer_words import answer_of, controls_word
from streams.history.answers import controls_of, facts_of

FIELDS = [
    Facts(status=200, type="text/html", length=9_000, etag_key="k", age_s=7),
    Facts(status=302, type="", length=None, location_key="p", hops=1),
    Facts(status=200, type="text/html", length=12, parked=True),
]


def name(kind, text):
    return text and f"{kind}1"


@pytest.mark.parametrize("word", sorted(set(LookWord) - {LookWord.ONLINE, LookWord.CHANGED}))
def test_a_word_comes_back(word):
    """Those of content are written out, since content differs from URL to URL."""
    assert answer_of(facts_of(word), name) == word


@pytest.mark.parametrize("facts", FIELDS, ids=lambda facts: facts.status)
def test_an_answer_without_a_word_is_told_by_its_fields(facts):
    """What no word says is said by its fields; a keyed hash becomes a short name."""
    said = msgspec.convert(answer_of(facts, name), LookFacts)
    again = facts_of(said)
    assert (again.status, again.type, again.length, again.age_s, again.parked) == (
        facts.status,
        facts.type,
        facts.length,
        facts.age_s,
        facts.parked,
    )
    assert bool(again.location_key) is bool(facts.location_key)


@pytest.mark.parametrize("word", [ControlsWord.HEALTHY, ControlsWord.SAME, ControlsWord.DEAD])
def test_controls_made_from_a_word_are_told_by_that_word(word):
    """By what tells them apart: an answer like the URL's, or none."""

    class Probe:
        def __init__(self, facts):
            self.facts = facts

    url = facts_of(LookWord.ONLINE)
    random, root = map(Probe, controls_of(LookWord.ONLINE, word))
    assert controls_word(url, random, root) is word
    assert controls_word(url, random, None) is ControlsWord.NONE
