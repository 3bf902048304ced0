"""No hoster is published better than it is, and every planted way to be is noticed."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as struct_replace
from perfect_pipeline import evidence, key_of, probes_at

from schemas.closed_lists import CaseClass, NormVerdict, Target
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS
from schemas.records.case import Phase
from sim.oracle.examine import HIDES
from sim.oracle.findings import GAINFUL, OracleFinding
from sim.oracle.oracle import Oracle
from sim.world.absences import TRICK_MS
from sim.world.behaviour import HONEST, OBSTRUCTS, RETURNS, Behaviour
from sim.world.hosters import REPORTED
from sim.world.world import WORLD_START, Plan, World

AS_OF = WORLD_START + 4 * DAY_MS


@pytest.fixture(scope="module")
def world():
    return World(Plan(seed=11, port=18_080))


@pytest.fixture(scope="module")
def whole(world):
    return evidence(world, AS_OF, probes=True)


def of(world, behaviour, wanted=lambda _: True):
    ids = {hoster.id for hoster in REPORTED if hoster.behaviour is behaviour}
    return next(i for i in world.material(AS_OF) if i.hoster in ids and wanted(i))


def planted(whole, item, **changes):
    key = key_of(item)
    url = whole.urls[key]
    case = struct_replace(url.cases[0], **changes)
    return replace(whole, urls={**whole.urls, key: struct_replace(url, cases=(case,))})


def grounds(world, found, hoster):
    """Return what a hoster gains by; nobody else may."""
    lines = Oracle(world=world, key_of=key_of).judge(found).lines
    assert not any(line.gains for line in lines if line.hoster.id != hoster)
    return set(next(line.gains for line in lines if line.hoster.id == hoster))


def findings(world, found):
    return Oracle(world=world, key_of=key_of).judge(found).findings


def test_nobody_gains_by_what_is_right(world, whole):
    """Perfect evidence leaves every hoster with what it did."""
    lines = Oracle(world=world, key_of=key_of).judge(whole).lines
    assert len(lines) == len(REPORTED)
    assert not any(line.gains for line in lines)


def test_what_is_gainful_is_no_wrong_to_the_hoster():
    """A late verdict that is wrong, or a removal not found, is a finding and no gain."""
    assert {
        OracleFinding.WORSE_SHARE,
        OracleFinding.UNSEEN_REMOVAL,
        OracleFinding.WRONG_VERDICT,
    } & GAINFUL == set()


@pytest.mark.parametrize(
    "behaviour", sorted(({Behaviour.NEVER} | OBSTRUCTS) - {Behaviour.CLOAKS_ALL})
)
def test_a_removal_that_did_not_happen_is_a_gain(world, whole, behaviour):
    """Whoever keeps the material and is said to have removed it has gained."""
    item = of(world, behaviour)
    at = item.noticed_at + HOUR_MS // 2
    false = planted(whole, item, gone_at=at, phases=(Phase(at, CaseClass.REMOVED),))
    assert OracleFinding.FALSE_REMOVAL in grounds(world, false, item.hoster)


def test_a_lie_to_all_vantages_is_a_gain_once_the_hidden_one_has_probed_enough(world, whole):
    """Until hidden probes nobody can know better; after three the removal must not stand."""
    item = of(world, Behaviour.CLOAKS_ALL)
    at, key = item.noticed_at + HOUR_MS, key_of(item)
    lied = planted(whole, item, gone_at=at, phases=(Phase(at, CaseClass.REMOVED),))
    lied = replace(lied, hidden=("hidden",))
    assert grounds(world, lied, item.hoster) == set()
    probe = whole.probes[key][-1]._replace(vantage="hidden", target=Target.URL)
    times = [at + HOUR_MS + step * 15 * MINUTE_MS for step in range(3)]
    hidden = [probe._replace(slot_at=t, sent_at=t, done_at=t + 1_000) for t in times]
    for seen, expected in (
        (hidden, True),
        (hidden[:2], False),
        ([one._replace(answered=False) for one in hidden], False),
        ([one._replace(sent_at=at - 1) for one in hidden], False),
    ):
        found = replace(lied, probes={**whole.probes, key: (*whole.probes[key], *seen)})
        assert (OracleFinding.FALSE_REMOVAL in grounds(world, found, item.hoster)) == expected


def test_a_lie_that_was_found_out_must_not_stand_as_a_first_removal(world, whole):
    """A hidden sighting within a day makes it void; one that comes later leaves it to stand."""
    item = of(world, Behaviour.CLOAKS_ALL, lambda i: i.noticed_at + 2 * DAY_MS < AS_OF)
    at, key = item.noticed_at + HOUR_MS, key_of(item)
    lied = planted(whole, item, first_end=(at - 1, at), verdicts=(NormVerdict.IN_TIME,) * 2)
    probe = whole.probes[key][-1]._replace(vantage="hidden", target=Target.URL)
    for hours, wrong in ((2, 1), (30, 0)):
        times = [at + hours * HOUR_MS + step * 15 * MINUTE_MS for step in range(3)]
        hidden = [probe._replace(slot_at=t, sent_at=t, done_at=t + 1_000) for t in times]
        found = replace(lied, probes={**whole.probes, key: (*whole.probes[key], *hidden)})
        found = replace(found, hidden=("hidden",))
        assert findings(world, found).get(OracleFinding.WRONG_INTERVAL, 0) == wrong


@pytest.mark.parametrize(
    "outcome",
    [
        CaseClass.GONE_BEFORE_NOTICE,
        CaseClass.NEVER_ONLINE,
        CaseClass.DNS_ENDED,
        CaseClass.MOVED,
        CaseClass.ENDED_WITHOUT_NOTICE,
    ],
)
def test_an_end_of_another_kind_that_did_not_happen_is_a_gain(world, whole, outcome):
    """A case that left the backlog by another end than removal, and is there, is found."""
    item = of(world, Behaviour.NO_NAME)
    at = item.noticed_at + HOUR_MS
    false = planted(whole, item, gone_at=at, phases=(Phase(at, outcome),))
    assert OracleFinding.ENDED_BUT_THERE in grounds(world, false, item.hoster)


def test_a_return_that_is_not_counted_is_a_gain(world, whole):
    """What every vantage saw again is neither removed still nor without a reappearance."""
    item = of(world, Behaviour.RETURNS_2D, lambda i: i.back_at + 10 * HOUR_MS < AS_OF)
    case = whole.urls[key_of(item)].cases[0]
    (back,) = case.returns
    still = planted(
        whole,
        item,
        gone_at=back.gone_at,
        last_seen_at=back.last_seen_at,
        phases=(Phase(back.gone_at, CaseClass.REMOVED),),
    )
    assert OracleFinding.UNSEEN_RETURN in grounds(world, still, item.hoster)
    assert grounds(world, planted(whole, item, returns=()), item.hoster) == {
        OracleFinding.UNSEEN_RETURN
    }


def test_a_return_that_nobody_looked_for_is_no_fault(world, whole):
    """Where the probes after the return were missed, a removal that stands is as good as true."""
    item = of(world, Behaviour.RETURNS_2D, lambda i: i.back_at + 10 * HOUR_MS < AS_OF)
    (back,) = whole.urls[key_of(item)].cases[0].returns
    still = planted(
        whole,
        item,
        gone_at=back.gone_at,
        last_seen_at=back.last_seen_at,
        phases=(Phase(back.gone_at, CaseClass.REMOVED),),
    )
    blind = tuple(probe for probe in probes_at(item, AS_OF) if probe.done_at < item.back_at)
    missed = replace(still, probes={**whole.probes, key_of(item): blind})
    assert grounds(world, missed, item.hoster) == set()


@pytest.mark.parametrize("behaviour", [Behaviour.FLAPS, Behaviour.NIGHTS])
def test_an_absence_of_hours_is_a_removal_until_it_is_seen_again(world, whole, behaviour):
    """Off when probed: removed, until every vantage saw it again."""
    item = of(world, behaviour, lambda i: i.gaps[0][1] + 2 * DAY_MS < AS_OF)
    begun_at, ended_at = item.gaps[0]
    end = (begun_at - MINUTE_MS, begun_at + MINUTE_MS)
    changes = {
        "last_seen_at": end[0],
        "gone_at": end[1],
        "phases": (Phase(end[1], CaseClass.REMOVED),),
    }
    key = key_of(item)
    before = tuple(probe for probe in probes_at(item, AS_OF) if probe.done_at < ended_at)
    unseen = replace(planted(whole, item, **changes), probes={**whole.probes, key: before})
    assert findings(world, unseen) == {}
    seen = planted(whole, item, **changes)
    assert OracleFinding.UNSEEN_RETURN in grounds(world, seen, item.hoster)


def test_a_removal_that_was_seen_undone_within_the_day_must_not_stand(world, whole):
    """A first end that every vantage saw void is no end, whatever the case says later."""
    item = of(world, Behaviour.FLAPS, lambda i: i.gaps[0][1] + 2 * DAY_MS < AS_OF)
    begun_at = item.gaps[0][0]
    false = planted(whole, item, first_end=(begun_at - MINUTE_MS, begun_at + MINUTE_MS))
    assert OracleFinding.UNSEEN_RETURN in grounds(world, false, item.hoster)


@pytest.mark.parametrize("behaviour", sorted(HIDES))
def test_hiding_that_is_not_shown_is_a_gain(world, whole, behaviour):
    """What no vantage can see is shown as unavailable, not as a plain open case."""
    item = of(world, behaviour, lambda i: i.noticed_at + DAY_MS < AS_OF)
    false = planted(whole, item, phases=(Phase(item.noticed_at, CaseClass.ONLINE),))
    assert grounds(world, false, item.hoster) == {OracleFinding.HIDING_NOT_SHOWN}


def test_a_proof_that_proves_nothing_is_shown(world, whole):
    """A hoster that answers everything alike has its cases marked as unproven."""
    item = of(world, Behaviour.ALL_ALIKE, lambda i: i.noticed_at + DAY_MS < AS_OF)
    assert grounds(world, planted(whole, item, flags=()), item.hoster) == {
        OracleFinding.HIDING_NOT_SHOWN
    }


def test_a_share_that_is_better_than_the_truth_is_a_gain(world, whole):
    """A removal after two days that counts as one within a day."""
    item = of(
        world,
        Behaviour.SLOW,
        lambda i: i.removal_ms() > 26 * HOUR_MS and i.removed_at < AS_OF - DAY_MS,
    )
    found = grounds(world, planted(whole, item, verdicts=(NormVerdict.IN_TIME,) * 2), item.hoster)
    assert found == {OracleFinding.BETTER_SHARE}


def test_a_share_that_is_worse_than_the_truth_is_found_and_is_no_gain(world, whole):
    """A removal within the day that counts as a late one, at a hoster that is never late."""
    item = of(
        world,
        Behaviour.PROMPT,
        lambda i: i.hoster == "amber" and i.noticed_at + 2 * DAY_MS < AS_OF,
    )
    false = planted(whole, item, verdicts=(NormVerdict.LATE,) * 2)
    assert findings(world, false)[OracleFinding.WORSE_SHARE] == 1
    assert grounds(world, false, item.hoster) == set()


def test_an_overdue_case_that_is_not_counted_is_a_gain(world, whole):
    """Whatever takes an open case from the overdue ones leaves them one short."""
    item = of(world, Behaviour.NEVER, lambda i: i.noticed_at + 2 * DAY_MS < AS_OF)
    false = planted(whole, item, norm_from_at=None, overdue=False)
    assert grounds(world, false, item.hoster) == {OracleFinding.UNCOUNTED}


def test_a_case_is_judged_by_the_term_of_its_order_and_of_none_that_it_has_not(world, whole):
    """A term that nobody set is found, a missing one is, and so is a verdict against the truth."""
    item = of(world, Behaviour.PROMPT, lambda i: i.removal_ms() > 2 * HOUR_MS)
    for verdict in (NormVerdict.IN_TIME, NormVerdict.LATE, NormVerdict.UNDETERMINED):
        assert findings(world, planted(whole, item, order_verdict=verdict)) == {
            OracleFinding.ORDERED: 1
        }
    ordered = replace(item, order_s=3_600)
    other = World(world.plan)
    other.extend(AS_OF)
    other._places[item.host, item.path] = ordered
    assert findings(other, whole) == {OracleFinding.ORDERED: 1}
    late, wrong = (
        planted(whole, item, order_verdict=verdict)
        for verdict in (NormVerdict.LATE, NormVerdict.IN_TIME)
    )
    assert findings(other, late) == {}
    assert findings(other, wrong) == {OracleFinding.WRONG_VERDICT: 1}


def test_a_removal_that_the_probes_could_not_show_is_not_asked_for(world, whole):
    """Missed probes make a figure wider, not wrong; observations that were made must be read."""
    item = of(world, Behaviour.PROMPT, lambda i: i.removed_at < AS_OF - 2 * DAY_MS)
    unseen = planted(
        whole,
        item,
        gone_at=None,
        first_end=None,
        phases=(Phase(item.noticed_at, CaseClass.ONLINE),),
    )
    unseen = planted(unseen, item, verdicts=(NormVerdict.UNDETERMINED,) * 2)
    assert findings(world, unseen) == {OracleFinding.UNSEEN_REMOVAL: 1}
    key, probes = key_of(item), list(probes_at(item, AS_OF))
    gone = [probe for probe in probes if probe.sent_at >= item.removed_at]
    for kept in (
        [probe for probe in probes if probe not in gone],
        [probe for probe in probes if probe.vantage == "quiet"],
        [probe for probe in probes if probe not in gone or probe.target.value == "url"],
        [
            probe
            for probe in probes
            if probe not in gone or probe.sent_at < gone[0].sent_at + HOUR_MS // 3
        ],
        [probe._replace(answered=probe not in gone) for probe in probes],
    ):
        assert findings(world, replace(unseen, probes={**whole.probes, key: kept})) == {}


def test_a_case_at_the_second_hoster_is_in_its_place_and_one_elsewhere_is_not(world, whole):
    """A name that moved has a case where it moved to, and nowhere else."""
    item = of(world, Behaviour.MOVES)
    key = key_of(item)
    url = whole.urls[key]
    for hoster, expected in ((item.second, {}), ("heath", {OracleFinding.MISPLACED: 1})):
        other = struct_replace(url.cases[0], hoster=hoster, noticed_at=None, phases=())
        cases = (*url.cases, other)
        both = replace(whole, urls={**whole.urls, key: struct_replace(url, cases=cases)})
        assert findings(world, both) == expected


@pytest.mark.parametrize("behaviour", [Behaviour.NO_NAME, Behaviour.NAMES_INSIDE])
def test_a_name_that_was_asked_for_too_late_is_at_no_hoster_and_one_in_time_is(
    world, whole, behaviour
):
    """A busy machine may first ask for a name when it leads nowhere; before that it has to know."""
    item = of(world, behaviour, lambda i: i.noticed_at + 2 * DAY_MS < AS_OF)
    key = key_of(item)
    lost = planted(whole, item, hoster="unknown")
    assert findings(world, lost)[OracleFinding.MISPLACED] == 1
    for placed in ({}, {key: {item.hoster: item.noticed_at + TRICK_MS}}):
        late = {k: at for k, at in whole.placed.items() if k != key} | placed
        assert findings(world, replace(lost, placed=late)) == {}


@pytest.mark.parametrize("outcome", [CaseClass.MOVED, CaseClass.REMOVED, CaseClass.DNS_ENDED])
def test_an_end_that_was_undone_after_the_instant_compared_was_none(world, whole, outcome):
    """What is known by the end of reading that it was there at the instant counts as open."""
    item = of(world, Behaviour.NEVER, lambda i: i.noticed_at + 2 * DAY_MS < AS_OF)
    undone = planted(
        whole,
        item,
        phases=(
            Phase(item.noticed_at, CaseClass.ONLINE),
            Phase(AS_OF - HOUR_MS, outcome),
            Phase(AS_OF + HOUR_MS // 2, CaseClass.ONLINE),
        ),
    )
    assert findings(world, undone) == {}


def test_every_behaviour_is_honest_returns_keeps_or_obstructs():
    """No behaviour is outside what the laws above speak of."""
    assert HONEST | RETURNS | OBSTRUCTS | {Behaviour.NEVER} == set(Behaviour)
    assert HIDES <= OBSTRUCTS
