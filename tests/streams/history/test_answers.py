"""Words stand for the facts of a probe, and these for the verdicts that the words name."""

import pytest

from schemas.closed_lists import Verdict
from schemas.records.case_observations import TRAIT_PRESENT
from schemas.records.history_events import ControlsWord, LookFacts, LookWord
from streams.history.answers import controls_of, facts_of
from streams.verdicts.conditions import JudgingContext
from streams.verdicts.fingerprints import fingerprint, healthy
from streams.verdicts.rules import verdict

SAYS = {
    LookWord.ONLINE: Verdict.ONLINE,
    LookWord.GONE: Verdict.GONE_HARD,
    LookWord.HOME: Verdict.GONE_SOFT,
    LookWord.CHANGED: Verdict.ONLINE,
    LookWord.FORBIDDEN: Verdict.BLOCKED,
    LookWord.CHALLENGE: Verdict.BLOCKED,
    LookWord.LIMITED: Verdict.BLOCKED,
    LookWord.ERROR: Verdict.UNREACHABLE,
    LookWord.SILENT: Verdict.UNREACHABLE,
    LookWord.NXDOMAIN: Verdict.DNS_GONE,
    LookWord.UNKNOWN: Verdict.UNKNOWN,
}


@pytest.mark.parametrize("word", SAYS)
def test_a_word_gives_the_verdict_that_it_names(word):
    """Beside healthy controls, after the usual sighting."""
    beside = controls_of(word, ControlsWord.HEALTHY)
    random, root = (fingerprint(one) for one in beside)
    controls = JudgingContext(
        made_up_path=random, root=root, before=fingerprint(facts_of(LookWord.ONLINE))
    )
    assert verdict(fingerprint(facts_of(word)), TRAIT_PRESENT, controls)[0] is SAYS[word]


def test_controls_are_as_they_are_called():
    """Healthy ones tell the URL from its host, the same ones do not, dead ones say nothing."""
    for word in (LookWord.ONLINE, LookWord.FORBIDDEN):
        assert all(healthy(fingerprint(c)) for c in controls_of(word, ControlsWord.HEALTHY))
        assert set(controls_of(word, ControlsWord.SAME)) == {facts_of(word)}
        assert all(c.error for c in controls_of(word, ControlsWord.DEAD))
        assert controls_of(word, ControlsWord.NONE) is None


def test_the_soft_answer_is_the_control_s():
    """What stands for anything missing is what the made-up path gets."""
    soft = facts_of(LookWord.GONE_SOFT)
    assert controls_of(LookWord.GONE_SOFT, ControlsWord.HEALTHY)[0] == soft


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("", {"hops": 0, "left_host": False, "to_root": False}),
        ("/", {"hops": 1, "left_host": False, "to_root": True}),
        ("/removed.html", {"left_host": False, "to_root": False, "placeholder": True}),
        ("//elsewhere/", {"left_host": True, "to_root": True}),
        ("//elsewhere/a", {"left_host": True, "to_root": False}),
    ],
)
def test_a_location_says_where_it_leads(location, said):
    """A path is at the same host; all else is at another one."""
    found = facts_of(LookFacts(location=location))
    assert {name: getattr(found, name) for name in said} == said


def test_facts_left_out_are_as_in_online():
    """Only what is typed differs; a cache says so by `x_cache`."""
    assert facts_of(LookFacts()) == facts_of(LookWord.ONLINE)
    hit = facts_of(LookFacts(age_s=20, x_cache="HIT"))
    assert (hit.cached, hit.age_s) == (True, 20)
    assert not facts_of(LookFacts(x_cache="MISS")).cached
