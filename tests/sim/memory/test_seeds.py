"""Small worlds of the in-memory run, a seed each: storms, and some of every other scenario."""

from functools import cache

import pytest
from ending_runs import KILLED, NOT_PASSED_ON, EndingRuns

from agents.errors import UserError
from sim.memory.broker.faults import Fault
from sim.memory.run import play
from sim.memory.scenarios.catalogue import SCENARIOS
from sim.memory.seeds import play_all
from sim.memory.small import SMALL, STORM, SeedPlan
from sim.memory.summary import Total
from sim.world.hosters import ALL
from streams.registry.snapshot import UNKNOWN

SEEDS = 300
"""Storms of `make soak`."""

AT_ONCE = 3
"""Storms of `make test`: so many have half of the kinds of hosters between them."""

PART = 25
EACH = 8
"""Seeds of every other scenario in `make soak`: as with the storms, all kinds take part."""

OTHERS = sorted(SMALL.keys() - {STORM})


@cache
def small(name, seed):
    """Play a small world once, whoever asks for it."""
    return SMALL[name].run(seed)


def total_of(name, seeds):
    """Play seeds of a scenario; none of them breaks a property."""
    total = Total()
    for seed in seeds:
        total.add(small(name, seed))
    assert [SMALL[name].again(seed) for seed in total.failed] == []
    return total


EVERYBODY = {hoster.behaviour for hoster in ALL if hoster.weight}


def test_all_properties_hold_with_some_storms():
    """Three storms; `make soak` plays hundreds, with every behaviour among each few of them."""
    assert len(total_of(STORM, range(AT_ONCE)).behaviours) > len(EVERYBODY) // 3


@pytest.mark.soak
@pytest.mark.parametrize("first", range(1, SEEDS + 1, PART))
def test_all_properties_hold_with_every_seed(first):
    """With so many storms, every behaviour and every fault among each 25 of them."""
    total = total_of(STORM, range(first, first + PART))
    assert {fault for fault in Fault if not total.faults[fault]} == set()
    assert total.behaviours == EVERYBODY


@pytest.mark.parametrize("name", OTHERS)
def test_all_properties_hold_with_a_seed_of_every_scenario(name):
    """Whatever a scenario is there to show, it breaks no property."""
    assert total_of(name, range(1)).reports > 1


@pytest.mark.soak
@pytest.mark.parametrize("name", OTHERS)
def test_all_properties_hold_with_every_kind_of_hoster_of_a_scenario(name):
    """With eight seeds whoever takes part in a scenario is there with one of them."""
    total = total_of(name, range(EACH))
    taking_part = {hoster.behaviour for hoster in SCENARIOS[name].hosters if hoster.weight}
    if SCENARIOS[name].tempo.opens:  # otherwise who has a small share may not be reported at all
        assert total.behaviours == taking_part


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ("hotlines", 81),
        pytest.param("hotlines", 291, marks=pytest.mark.soak),
        ("hotlines", 407),
    ],
)
def test_the_oracle_calls_nothing_wrong_that_is_right(name, seed):
    """A notice to a hoster of the same owner is not astray; shares leave out what was withdrawn.

    With the first two a notice meant for somebody else went to the hoster's own group. With the
    third a hoster that is off by night had all but what was withdrawn off at the end.
    """
    assert SMALL[name].run(seed).ok


def test_a_url_whose_name_ended_before_its_report_came_is_a_case_of_nobody():
    """A report that is late reaches a name that is no more: it has a case, as with the worker.

    With this seed the name ends half an hour before its report comes, three hours late.
    """
    task = SMALL["hotlines"]
    found = play(SCENARIOS[task.scenario], 141, task.days, task.size)
    nobodys = [
        url
        for url in found.evidence.urls.values()
        if [case.hoster for case in url.cases] == [UNKNOWN]
    ]
    assert len(nobodys) == 1
    assert found.ok


def test_a_seed_that_was_dealt_out_is_played_again_as_its_scenarios():
    """It comes to the same under its own number, and the command names that."""
    number = next(n for n in range(22) if SeedPlan().of(n)[0].scenario == "burst")
    _, own = SeedPlan().of(number)
    here, there = SeedPlan().run(number), small("burst", own)
    assert (here.seed, here.reports, here.probes) == (number, there.reports, there.probes)
    assert SeedPlan().again(number) == (
        f"hostwatch simulate --scenario burst --seed {own} --days 0.8 --rate 6 --hosters 5"
        " --surge 20"
    )


def test_an_error_that_cannot_be_passed_on_is_its_own_seed_s_alone():
    """Each run that ended in an error is named with its kind, whatever it was made of."""
    ended = play_all(EndingRuns(), [1, NOT_PASSED_ON, 4], 2)
    assert sorted(ended) == [
        (1, None, "ZeroDivisionError"),
        (NOT_PASSED_ON, None, "NotPassedOnError"),
        (4, None, "ZeroDivisionError"),
    ]


def test_a_process_that_is_ended_ends_the_command_with_one_line():
    """No seed is blamed: which of those that ran it was, nobody knows."""
    with pytest.raises(UserError, match="run the command again"):
        list(play_all(EndingRuns(), [KILLED], 1))
