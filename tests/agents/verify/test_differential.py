"""Two implementations of the rules of measurement say the same of seeded histories."""

from random import Random

import pytest
from histories import history, record_of, written
from ledger_events import KEY, at

from agents.verify.cases import cases
from agents.verify.compare import cases_differ
from agents.verify.published import State
from agents.verify.told import told

SEEDS = 600
BLOCK = 100
INSTANTS_H = (0.5, 24, 100, 400, 1_000, 9_600, 20_000)


@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_the_fold_and_the_plain_program_agree(first):
    """At every instant each case is the same by both: class, (L, R], verdicts, returns, flags."""
    for seed in range(first, first + BLOCK):
        chance = Random(seed)
        events = history(chance)
        published = State.of(record_of(KEY, events, chance))
        url = told(KEY, written(events))
        assert len(url.reports) == published.reports, seed
        for hours in INSTANTS_H:
            mine, theirs = cases(url, at(hours)), published.cases(at(hours))
            assert not list(cases_differ(KEY, mine, theirs)), (seed, hours)
