"""Laws of confirmation: what it takes of each vantage, and what R is (4.1 to 4.4)."""

import pytest
from ledger_events import (
    BOTH,
    DEAD,
    GONE,
    MIN,
    MISSED,
    NORTH,
    ONLINE,
    REFUSED,
    SOUTH,
    WEST,
    at,
    class_of,
    classes,
    gone_run,
    observation,
    slot,
    slots,
    told,
)

from schemas.closed_lists import Flag, NormVerdict
from schemas.records.facts import Facts

HOME = Facts(status=200, type="text/html", length=9_000, to_root=True)
ELSEWHERE = Facts(status=200, type="text/html", length=9_000, to_root=True, left_host=True)

THREE = (NORTH, SOUTH, WEST)
GONE_RUN = (5, 5 + 10 * MIN, 5 + 20 * MIN, 5 + 31 * MIN)


def test_removal_needs_both_vantages():
    """Two vantages asked: a run that only one of them saw confirms nothing (4.1)."""
    both = told(slot(2, ONLINE), gone_run())
    one = told(slot(2, ONLINE), gone_run(vantages=(NORTH,)))
    assert class_of(both, 6) == "removed"
    assert "removed" not in classes(one)


def test_r_is_when_each_required_vantage_had_said_gone():
    """R is the later of the vantages' first gone answers, L the request of the last sighting."""
    case = told(
        slot(2, ONLINE), slot(5, GONE, (NORTH,)), gone_run(5.2), gone_run(5.2, vantages=(SOUTH,))
    )
    assert case.gone_at == at(5.2) + 300
    assert case.last_seen_at == at(2) + 100


@pytest.mark.parametrize(
    ("north", "south"),
    [((0, 10, 20, 31), (0, 31)), ((0, 10, 20), (0, 10, 20)), ((0, 10, 20, 31), (12, 22, 32))],
    ids=["two observations of one", "under 30 min", "one of them under 30 min"],
)
def test_removal_needs_of_each_vantage_three_probes_over_thirty_minutes(north, south):
    """Fewer than 3 gone observations of a vantage, or under 30 min of its own, is doubt (4.1)."""
    observations = [
        seen
        for vantage, minutes in ((NORTH, north), (SOUTH, south))
        for m in minutes
        for seen in slot(5 + m * MIN, GONE, (vantage,))
    ]
    assert "removed" not in classes(told(slot(2, ONLINE), observations))


def test_one_probe_after_a_sighting_confirms_nothing():
    """One vantage always finds it gone, the other saw it until now: its one is no removal."""
    observations = [slot(5 + m * MIN, GONE, (NORTH,)) for m in range(0, 60, 10)]
    observations += [slot(5 + m * MIN, ONLINE, (SOUTH,)) for m in range(5, 45, 10)]
    case = told(slot(2, ONLINE), *observations, slot(5 + 55 * MIN, GONE, (SOUTH,)))
    assert "removed" not in classes(case)


def test_servers_that_take_turns_do_not_put_r_at_their_last_probe():
    """R is the latest of the vantages' first gone verdicts after the newest sighting (4.4)."""
    turns = [slot(2, ONLINE), slot(5, GONE), slot(5 + 10 * MIN, ONLINE)]
    case = told(*turns, slots([6 + m * MIN for m in range(0, 210, 10)], GONE))
    assert class_of(case, 7) == "removed"
    assert case.gone_at == at(6) + 300


def test_the_same_probe_delivered_twice_is_one_of_the_three():
    """Two executions of one order count as one observation."""
    again = [observation(5, Facts(status=410), vantage) for vantage in BOTH]
    case = told(slot(2, ONLINE), slot(5, GONE), *again, slot(5 + 31 * MIN, GONE))
    assert "removed" not in classes(case)


def test_no_removal_without_a_control():
    """A run in which no control was probed confirms nothing; the control settles it."""
    bare = [gone_run(control=None)]
    assert "removed" not in classes(told(slot(2, ONLINE), *bare))
    late = observation(5.6, GONE, NORTH, target="root")
    case = told(slot(2, ONLINE), *bare, late)
    assert class_of(case, 5.7) == "removed"
    assert case.gone_at == at(5) + 300


@pytest.mark.parametrize(
    ("facts", "said"), [(MISSED, {}), (GONE, {"canary_ok": False})], ids=["missed", "canary dead"]
)
def test_a_control_that_nobody_probed_is_none(facts, said):
    """A missed control, and one of a vantage whose canary is dead, do not settle a run."""
    case = told(
        slot(2, ONLINE),
        gone_run(control=None),
        observation(5.6, facts, NORTH, target="root", **said),
    )
    assert "removed" not in classes(case)


def test_one_of_three_vantages_may_be_without_answer():
    """N-1 of N suffice where N is 3 or more and the other says nothing conclusive."""
    asked = {"asked": THREE}
    barred = [
        slot(2, ONLINE, THREE, **asked),
        gone_run(vantages=BOTH, **asked),
        slots(GONE_RUN, DEAD, (WEST,), **asked),
    ]
    assert class_of(told(*barred), 6) == "removed"
    two_out = [slot(2, ONLINE, THREE, **asked), gone_run(vantages=(NORTH,), **asked)]
    assert "removed" not in classes(told(*two_out))


@pytest.mark.parametrize(("networks", "ends"), [((1, 2), True), ((1, 1), False), ((1, 0), False)])
def test_the_others_of_three_have_to_be_in_different_networks(networks, ends):
    """Two vantages of one AS number are one to whoever lies to them, and 0 is nobody's number."""
    asked = {"asked": THREE}
    found = [slot(2, ONLINE, THREE, **asked), slots(GONE_RUN, DEAD, (WEST,), **asked)]
    for vantage, asn in zip(BOTH, networks, strict=True):
        found.append(gone_run(vantages=(vantage,), asn=asn, **asked))
    assert ("removed" in classes(told(*found))) is ends


def test_a_third_vantage_that_sees_it_stops_the_removal():
    """N-1 of N do not suffice against a vantage that saw it."""
    asked = {"asked": THREE}
    case = told(
        slot(2, ONLINE, THREE, **asked),
        slot(5, GONE, BOTH, **asked),
        slot(5.05, ONLINE, (WEST,), **asked),
        slots([5.2, 5.6], GONE, BOTH, **asked),
    )
    assert class_of(case, 5.06) == "suspect"
    assert "removed" not in classes(case)


def test_a_vantage_whose_canary_is_dead_says_nothing():
    """Its gone observations confirm nothing, and the other alone does not suffice (3.9)."""
    deaf = gone_run(vantages=(NORTH,), canary_ok=False)
    assert "doubted" not in classes(told(slot(2, ONLINE), deaf))
    case = told(slot(2, ONLINE), deaf, gone_run(5.01, vantages=(SOUTH,)))
    assert class_of(case, 6) == "doubted"


@pytest.mark.parametrize(("heard_h", "ends"), [(5.4, False), (3, True)])
def test_a_vantage_is_required_while_its_canary_answered_within_the_hour(heard_h, ends):
    """Of three the one that was not heard of for an hour is not waited for (4.2)."""
    asked = {"asked": THREE}
    west = slot(heard_h, GONE, (WEST,), **asked)
    case = told(slot(2, ONLINE, THREE, **asked), gone_run(vantages=BOTH, **asked), west)
    assert ("removed" in classes(case)) is ends


def test_a_refusal_of_the_url_alone_needs_an_unannounced_vantage():
    """403 on the URL alone is gone if the vantage without a name sees it too, else blocked."""
    seen_too = told(slot(2, ONLINE), gone_run(facts=REFUSED))
    assert class_of(seen_too, 6) == "removed"
    announced = told(
        slot(2, ONLINE), gone_run(facts=REFUSED, announced=True), slot(30, REFUSED, announced=True)
    )
    assert class_of(announced, 40) == "unavailable"


def test_a_removal_shown_only_to_announced_vantages_is_flagged():
    """Without an unannounced vantage among the required ones it is `announced_only`."""
    flagged = told(slot(2, ONLINE), gone_run(announced=True))
    assert Flag.ANNOUNCED_ONLY in flagged.flags
    assert NormVerdict.IN_TIME not in flagged.verdicts
    assert flagged.naming
    assert Flag.ANNOUNCED_ONLY not in told(slot(2, ONLINE), gone_run()).flags


def test_one_vantage_alone_confirms_where_only_one_was_asked():
    """With one vantage configured its own suffice, and no verdict in time rests on them (4.3)."""
    alone = {"asked": (NORTH,)}
    case = told(slot(2, ONLINE, (NORTH,), **alone), gone_run(vantages=(NORTH,), **alone))
    assert class_of(case, 6) == "removed"
    assert Flag.SINGLE_VANTAGE in case.flags
    assert NormVerdict.IN_TIME not in case.verdicts


def test_verdicts_of_several_sorts_are_counted_together():
    """404 first and then the URL refused alone: 3 of each vantage over 30 min (4.1, 4.8)."""
    run = [slot(5, GONE), slots([5 + m * MIN for m in (12, 24, 35)], REFUSED)]
    case = told(slot(2, ONLINE), *run)
    assert class_of(case, 6) == "removed"
    assert case.gone_at == at(5) + 300
