"""The simulator notices every planted defect, by the property that it breaks."""

import pytest
from caches import forget
from mutations import DIFFERENCES, MUTATIONS

from sim.memory.run import play
from sim.oracle.findings import OracleFinding

SEEDS = (5, 1, 2)
"""Of the whole worlds."""

PROPERTIES = {
    "nothing lost": {
        OracleFinding.INTAKE,
        OracleFinding.LOST,
        OracleFinding.UNACCOUNTED,
        OracleFinding.WITHDRAWN,
    },
    "nothing doubled": {OracleFinding.DOUBLED, OracleFinding.MISPLACED, OracleFinding.INTAKE},
    "every (L, R] contains the truth": {OracleFinding.WRONG_INTERVAL},
    "no cheating hoster gains": {
        OracleFinding.REWARDED,
        OracleFinding.UNSEEN_RETURN,
        OracleFinding.HIDING_NOT_SHOWN,
        OracleFinding.BETTER_SHARE,
        OracleFinding.UNCOUNTED,
    },
    "no hoster that refuses the removed URL alone is called late": {OracleFinding.CALLED_LATE},
    "the estimator's bias is within its bound": {OracleFinding.BIASED},
    "no hoster is wronged": {
        OracleFinding.NOTICED,
        OracleFinding.UNSEEN_REMOVAL,
        OracleFinding.WRONG_VERDICT,
    },
}


@pytest.fixture(autouse=True)
def _unremembered():
    """What the rules remember is no other test's."""
    forget()
    yield
    forget()


def noticed(mutation, seed, days):
    """Play the world with the defect; return whether it is noticed as it must be."""
    with pytest.MonkeyPatch.context() as within:
        patch = mutation.plant()
        within.setattr(patch.target, patch.name, patch.value)
        played = play(mutation.world(), seed, days)
    forget()
    found = {finding.name for finding in played.run_report.findings}
    found |= {DIFFERENCES} if played.differences else set()
    return bool(found & mutation.trips) and not played.ok


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.says)
def test_a_planted_defect_is_noticed(mutation):
    """With the defect the short world has a finding of the kind."""
    assert noticed(mutation, mutation.seed, mutation.short)


@pytest.mark.soak
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.says)
def test_a_planted_defect_is_noticed_with_other_seeds(mutation):
    """The whole world shows it too, with every one of these seeds."""
    missed = [seed for seed in SEEDS if not noticed(mutation, seed, mutation.days)]
    assert missed == []


WORLDS = list(
    {(m.hosters, m.storm, m.busy, m.rate, m.short, m.seed): m for m in MUTATIONS}.values()
)


QUICKEST = min(WORLDS, key=lambda m: m.short * m.rate)
"""The one that `make test` plays; other worlds without a defect are played in `test_seeds`."""


@pytest.mark.parametrize(
    "mutation",
    [pytest.param(m, marks=[] if m is QUICKEST else [pytest.mark.soak]) for m in WORLDS],
    ids=lambda m: m.says,
)
def test_without_a_defect_nothing_is_found(mutation):
    """The short worlds of the mutations are right by themselves."""
    played = play(mutation.world(), mutation.seed, mutation.short)
    assert played.run_report.findings == {}
    assert played.ok


@pytest.mark.soak
def test_without_a_defect_nothing_is_found_in_the_whole_worlds():
    """Nor is anything found in the whole ones: calm, stormy and with busy hotlines."""
    worlds = {
        (m.hosters, m.storm, m.busy): m
        for m in MUTATIONS
        if m.storm or m.busy or len(m.hosters) > 3
    }
    for mutation in worlds.values():
        played = play(mutation.world(), SEEDS[0], mutation.days)
        assert played.run_report.findings == {}
        assert played.ok


def test_every_property_has_a_defect_that_breaks_it():
    """None of the properties is asserted in vain."""
    tripped = {name for mutation in MUTATIONS for name in mutation.trips}
    assert DIFFERENCES in tripped
    for name, findings in PROPERTIES.items():
        assert tripped & {finding.name for finding in findings}, name
