"""The simulator notices every planted defect, by the property that it breaks."""

import pytest
from caches import forget
from mutations import DIFFERENCES, MUTATIONS

from sim.memory.run import play
from sim.oracle.findings import Finding

SEED = 5

PROPERTIES = {
    "nothing lost": {Finding.INTAKE, Finding.LOST, Finding.UNACCOUNTED, Finding.WITHDRAWN},
    "nothing doubled": {Finding.DOUBLED, Finding.MISPLACED, Finding.INTAKE},
    "every (L, R] contains the truth": {Finding.WRONG_INTERVAL},
    "no cheating hoster gains": {
        Finding.REWARDED,
        Finding.UNSEEN_RETURN,
        Finding.UNMARKED,
        Finding.BETTER_SHARE,
        Finding.UNCOUNTED,
    },
    "no hoster that disables lawfully is called late": {Finding.CALLED_LATE},
    "the estimator's bias is within its bound": {Finding.BIASED},
    "no hoster is wronged": {Finding.NOTICED, Finding.UNSEEN_REMOVAL, Finding.WRONG_VERDICT},
}


@pytest.fixture(autouse=True)
def _unremembered():
    """What the rules remember is no other test's."""
    forget()
    yield
    forget()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.says)
def test_a_planted_defect_is_noticed(mutation, monkeypatch):
    """Undisturbed the world has no finding of the kind; with the defect it has."""
    patch = mutation.plant()
    monkeypatch.setattr(patch.target, patch.name, patch.value)
    played = play(mutation.world(), SEED, mutation.days)
    found = {finding.name for finding in played.sentence.findings}
    found |= {DIFFERENCES} if played.differences else set()
    assert found & mutation.trips, found
    assert not played.ok


def test_without_a_defect_nothing_is_found():
    """The worlds of the mutations are right by themselves, calm, stormy and with busy hotlines."""
    worlds = {
        (m.hosters, m.storm, m.busy): m
        for m in MUTATIONS
        if m.storm or m.busy or len(m.hosters) > 3
    }
    for mutation in worlds.values():
        played = play(mutation.world(), SEED, mutation.days)
        assert played.sentence.findings == {}
        assert played.ok


def test_every_property_has_a_defect_that_breaks_it():
    """None of the properties is asserted in vain."""
    tripped = {name for mutation in MUTATIONS for name in mutation.trips}
    assert DIFFERENCES in tripped
    for name, findings in PROPERTIES.items():
        assert tripped & {finding.name for finding in findings}, name
