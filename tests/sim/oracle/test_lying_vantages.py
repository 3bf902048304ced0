"""Whose word that it is gone the oracle takes when: a vantage that lies, against the events."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as struct_replace

from schemas.moments import MINUTE_MS, SECOND_MS
from schemas.reasons import Outcome, Target
from schemas.records.facts import Observation
from sim.memory.run import Size, play
from sim.memory.scenarios.catalogue import SCENARIOS
from sim.memory.stages.secrets import key_of
from sim.oracle.findings import Finding
from sim.oracle.lying_vantages import believed
from sim.oracle.made_probes import Made, confirmed_gone_at
from sim.oracle.oracle import Oracle
from sim.world.material import Material
from sim.world.world import WORLD_START
from streams import lifecycle

VANTAGES = ("announced", "quiet")
LIES = {"announced": WORLD_START}
REMOVED_MIN = 100


def minute(at):
    return WORLD_START + int(at * MINUTE_MS)


ITEM = Material(
    hoster="amber",
    host="pics.amber.example",
    path="/a.jpg",
    url="http://pics.amber.example/a.jpg",
    since_at=minute(-60),
    reported_at=minute(-10),
    noticed_at=WORLD_START,
    removed_at=minute(REMOVED_MIN),
    length=50_000,
)


def looks(*slots):
    """Both vantages' looks at the URL and the controls; a slot is a minute, and who asks first."""
    found = [
        Made("amber", vantage, target, minute(at), sent_at, sent_at + SECOND_MS, answered=True)
        for at, first in slots
        for vantage in VANTAGES
        for sent_at in [minute(at if vantage == first else at + 0.5)]
        for target in Target
    ]
    return sorted(found, key=lambda look: look.done_at)


def gone_min(made, lies=LIES):
    """R that must be known, in minutes."""
    counted = believed(ITEM, made, VANTAGES, lies)
    gone_at = confirmed_gone_at(ITEM, counted, VANTAGES)
    return None if gone_at is None else int((gone_at - WORLD_START) / MINUTE_MS)


SEEN = [(10, "quiet"), (20, "quiet"), (35, "quiet"), (52, "quiet")]
"""Four looks by which it is there, whatever the announced says: three of them behind its first
denial, over 32 minutes."""

GONE = [(120, "quiet"), (130, "quiet"), (151, "quiet")]


def test_an_overruled_vantage_counts_once_the_other_says_gone():
    """In the slot of the removal its look counts behind the other's, and before it does not."""
    assert gone_min(looks(*SEEN, *GONE)) == 120
    assert gone_min(looks(*SEEN, (120, "announced"), *GONE[1:])) == 130
    assert gone_min(looks(*SEEN, (120, "announced"), *GONE[1:]), lies={}) == 120


def test_who_is_not_overruled_counts_at_once():
    """Two sightings against it, or three in less than half an hour, overrule nobody."""
    for seen in (SEEN[:3], [(10, "quiet"), (20, "quiet"), (35, "quiet"), (45, "quiet")], []):
        assert gone_min(looks(*seen, (120, "announced"), *GONE[1:])) == 120
    later = {"announced": minute(30)}
    assert gone_min(looks(*SEEN, (120, "announced"), *GONE[1:]), lies=later) == 120


def test_a_removal_is_asked_for_all_the_same():
    """Its first look too early excuses no removal: those behind it confirm it."""
    early = [(at, "announced") for at in (120, 130, 151, 162)]
    assert gone_min(looks(*SEEN, *early)) == 120 + 10
    assert gone_min(looks(*SEEN, (120, "announced"))) is None
    untouched = looks(*SEEN, *GONE)
    assert believed(replace(ITEM, removed_at=None), untouched, VANTAGES, LIES) == untouched


@pytest.fixture(scope="module")
def told():
    """A world in which the announced vantage lies, and a removal shown minutes before its end."""
    return play(SCENARIOS["liar"], 5, 1.0, Size(hosters=6, rate=24))


def shown_of(told, item):
    """What both vantages' looks at a URL showed, in order of their ends."""
    facts = [fact for fact, _ in told.ledger[key_of(item)] if isinstance(fact, Observation)]
    shown = [one for one in facts if one.target is Target.URL and one.vantage in VANTAGES]
    return sorted(shown, key=lambda one: one.done_at)


def gone_of(told, item):
    """Of removed material, what was shown since; of all other, nothing."""
    removed_at = item.removed_at
    return [one for one in shown_of(told, item) if removed_at and one.sent_at >= removed_at]


def test_the_events_of_such_a_case_give_the_published_end(told):
    """Seed 5: removed before the end; the overruled vantage asked two seconds before the other.

    The announced has never seen it. The quiet one saw it eight times, over more than half an hour,
    so the announced is overruled. Then both say gone in one slot, the announced first: that look
    does not count (docs/states.md, `gone`), its next one does, and R is that one's. Were it sent a
    minute later it would count, and R be its.
    """
    evidence = told.evidence
    item = next(
        item
        for item in told.world.material(evidence.told_until)
        if (gone := gone_of(told, item))[1:]
        and gone[1].done_at < evidence.as_of < (told_gone_at(told, item) or 0)
        and {one.vantage for one in shown_of(told, item) if one.facts.status == 200} == {"quiet"}
    )
    (case,) = evidence.urls[key_of(item)].cases
    saw = [one for one in shown_of(told, item) if one.facts.status == 200]
    assert len(saw) == 8
    assert case.last_seen_at == saw[-1].sent_at
    first, second, *others = gone_of(told, item)
    assert (first.vantage, second.vantage) == VANTAGES
    assert first.slot_at == second.slot_at
    again = next(one for one in others if one.vantage == first.vantage)
    assert evidence.outcome(case) is Outcome.REMOVED
    assert case.gone_at == again.done_at
    sent_at, done_at = first.sent_at + MINUTE_MS, first.done_at + MINUTE_MS
    late = struct_replace(first, sent_at=sent_at, done_at=done_at)
    said = [(late if one == first else one, at) for one, at in told.ledger[key_of(item)]]
    (other,) = lifecycle.advance(key_of(item), None, said).cases
    assert other.gone_at == late.done_at
    assert told.run_report.findings == {}


def told_gone_at(told, item):
    """R as it is published."""
    return told.evidence.urls[key_of(item)].cases[0].gone_at


def test_without_its_lies_known_the_oracle_asks_too_much(told):
    """The same evidence, the vantage taken for one as any other, is the finding of a false R."""
    honest = replace(told.evidence, lies={})
    oracle = Oracle(world=told.world, key_of=key_of)
    assert oracle.judge(honest).findings == {Finding.UNSEEN_REMOVAL: 3}
