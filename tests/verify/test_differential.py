"""Two implementations of the rules of measurement say the same of seeded histories."""

from random import Random

import pytest
from histories import history, record_of, written
from ledger_events import KEY, at
from sampled_histories import punctual, with_sampling
from unbacked import unbacked

from agents.tools.verification.published import Published, PublishedState
from agents.tools.verification.sides import Sides
from schemas.closed_lists import Flag
from schemas.topics import LEDGER
from verify.compared.compare import cases_differ
from verify.ledger.records import url_records
from verify.method_10.cases import cases

SEEDS = 600
BLOCK = 100
AT_ONCE = 100
"""Histories of `make test`; the others are played by `make soak`."""

FIGURES_SEEDS = 30
PUNCTUAL_SEEDS = 100
UNBACKED_SEEDS = 200
PUNCTUAL_H = (1, 2.7, 25, 60)
INSTANTS_H = (0.5, 24, 100, 400, 1_000, 9_600, 20_000)


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(first, marks=[pytest.mark.soak] if first >= AT_ONCE else [])
        for first in range(0, SEEDS, BLOCK)
    ],
)
def test_the_fold_and_the_plain_program_agree(first):
    """At every instant each case is the same by both: class, (L, R], verdicts, returns, flags."""
    for seed in range(first, first + BLOCK):
        chance = Random(seed)
        events = with_sampling(history(chance), chance)
        published = PublishedState.of(record_of(KEY, events, chance))
        url = url_records(KEY, written(events))
        assert (len(url.reports), url.sealed) == (published.reports, published.sealed), seed
        for hours in INSTANTS_H:
            mine, theirs = cases(url, at(hours)), published.cases(at(hours))
            assert not list(cases_differ(KEY, mine, theirs)), (seed, hours)


def test_probes_close_to_the_norms_are_judged_alike():
    """Which slots beside a norm were missed, and a hotline's delay, are the same by both."""
    missed = 0
    for seed in range(PUNCTUAL_SEEDS):
        chance = Random(seed)
        events = with_sampling(punctual(chance), chance)
        published = PublishedState.of(record_of(KEY, events, chance))
        url = url_records(KEY, written(events))
        for hours in PUNCTUAL_H:
            mine, theirs = cases(url, at(hours)), published.cases(at(hours))
            assert not list(cases_differ(KEY, mine, theirs)), (seed, hours)
            missed += sum(case.missed for case in mine)
    assert missed > PUNCTUAL_SEEDS


def test_what_no_control_backs_is_judged_alike():
    """Bare sightings, silent controls, and what one control more or less makes of a norm."""
    bare = 0
    for seed in range(UNBACKED_SEEDS):
        chance = Random(seed)
        events = unbacked(chance)
        published = PublishedState.of(record_of(KEY, events, chance))
        mine = cases(url_records(KEY, written(events)), at(1_000))
        assert not list(cases_differ(KEY, mine, published.cases(at(1_000)))), seed
        bare += sum(Flag.UNPROVEN in case.flags for case in mine)
    assert bare > UNBACKED_SEEDS // 10


@pytest.mark.parametrize("hours", INSTANTS_H)
def test_the_rollup_and_the_plain_program_agree(hours):
    """Over many URLs every count, window, norm and quantile of every hoster is the same by both.

    Of what the ledger holds by then: of a URL that was reported twice the table keeps the newest.
    """
    sides = Sides(at(hours), Published(at(hours)))
    cut = {spec.name: 1 << 62 for spec in LEDGER}
    for seed in range(FIGURES_SEEDS):
        chance = Random(seed)
        events = with_sampling(history(chance), chance)
        events = [
            (record, appended_at) for record, appended_at in events if appended_at <= at(hours)
        ]
        if not events:
            continue
        url_key = f"{seed:032x}"
        sides.url(url_key, written(events), cut, record_of(url_key, events, chance))
    sides.finish()
    assert sides.differences.first == []
    assert sides.cases > FIGURES_SEEDS
