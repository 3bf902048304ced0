"""What the observations that were made oblige a pipeline to know, as the second reading has it."""

from dataclasses import replace

import pytest

from schemas.closed_lists import Target
from schemas.moments import HOUR_MS, MINUTE_MS, SECOND_MS
from sim.oracle.made_probes import ProbeTimes
from sim.oracle.true_reading import confirmed_gone_at
from sim.world.behaviour import Behaviour
from sim.world.hosters import ALL
from sim.world.material import Material
from sim.world.world import WORLD_START

VANTAGES = ("announced", "quiet")
REMOVED_AT = WORLD_START + 10 * HOUR_MS
CONTROLS = (Target.MADE_UP_PATH, Target.ROOT)
PLAIN, LED_AWAY, LIKENED, REFUSES = (
    next(hoster for hoster in ALL if hoster.id == id)
    for id in ("amber", "garnet", "maple", "nettle")
)
"""Who says so itself, who leads to its home page, who shows a placeholder, and who refuses."""

BESIDE_MS = 35 * MINUTE_MS
ITEM = Material(
    hoster="amber",
    host="pics.amber.example",
    path="/a.jpg",
    url="http://pics.amber.example/a.jpg",
    since_at=WORLD_START - HOUR_MS,
    reported_at=WORLD_START,
    noticed_at=WORLD_START + HOUR_MS,
    removed_at=REMOVED_AT,
    length=50_000,
)


def probe(minutes, vantage="announced", target=Target.URL, *, took_ms=SECOND_MS):
    """A probe sent so many minutes after the removal."""
    at = REMOVED_AT + int(minutes * MINUTE_MS)
    return ProbeTimes("amber", vantage, target, at, at, at + took_ms, answered=True)


def slot(minutes, targets=(Target.URL, *CONTROLS)):
    """The probes of both vantages at a time."""
    return [probe(minutes, vantage, target) for vantage in VANTAGES for target in targets]


def found(*probes, shown=PLAIN, item=ITEM):
    """When the removal must be known from, in minutes after it."""
    made = sorted((one for many in probes for one in many), key=lambda one: one.done_at)
    gone_at = confirmed_gone_at(replace(item, hoster=shown.id), shown, made, VANTAGES)
    return None if gone_at is None else (gone_at - REMOVED_AT) / MINUTE_MS


def test_three_slots_over_half_an_hour_are_enough_and_less_is_not():
    """Three observations of each vantage over 30 min confirm: no more is ever asked for."""
    assert found(slot(1), slot(15), slot(31)) == pytest.approx(1 + 1 / 60)
    assert found(slot(1), slot(31)) is None
    assert found(slot(1), slot(15), slot(30)) is None
    assert found(slot(1, CONTROLS), slot(15), slot(31)) is None
    alone = [one for one in slot(1) + slot(15) + slot(31) if one.vantage == "quiet"]
    assert found(alone) is None
    assert found(alone, [probe(1), probe(31)]) is None
    assert found(slot(1), slot(15), slot(31), item=replace(ITEM, removed_at=None)) is None


def test_a_name_that_ended_needs_as_many_observations_of_its_own():
    """An answer under the name counts for a removal; those without it for the name's end (4.12)."""
    expires = replace(PLAIN, behaviour=Behaviour.EXPIRES)
    nameless = [[one._replace(nameless=True) for one in slot(m)] for m in (15, 31, 46)]
    assert found(slot(1), *nameless, shown=expires) == pytest.approx(15 + 1 / 60)
    assert found(slot(1), *nameless[:2], shown=expires) is None
    assert found(slot(1), *nameless[:2]) == pytest.approx(1 + 1 / 60)


def test_what_was_over_before_a_probe_from_before_the_removal_shows_none():
    """A probe that was sent before the removal may have seen it there when it was answered."""
    overtaken = [probe(-1, took_ms=3 * MINUTE_MS)]
    assert found(overtaken, slot(1), slot(15), slot(31)) is None
    assert found(overtaken, slot(1), slot(31), slot(33), slot(35)) is None
    assert found(overtaken, slot(1), slot(31), slot(45), slot(62)) == pytest.approx(31 + 1 / 60)
    silent = [one._replace(answered=False) for one in overtaken]
    assert found(silent, slot(1), slot(15), slot(31)) == pytest.approx(1 + 1 / 60)


@pytest.mark.parametrize("shown", [LED_AWAY, LIKENED])
def test_an_answer_that_could_be_the_page_needs_controls_with_it_or_soon_after(shown):
    """A placeholder or a home page says nothing of itself; a "not found" does."""
    before = slot(-60)
    late = slot(1, (Target.URL,)), slot(1 + 2 * BESIDE_MS / MINUTE_MS)
    assert found(before, *late, slot(80), shown=shown) is None
    early = (
        slot(1, CONTROLS),
        slot(2, (Target.URL,)),
        slot(15, (Target.URL,)),
        slot(34, (Target.URL,)),
    )
    assert found(before, *early, shown=shown) is None
    assert found(before, *early) is None  # no control after the first that says gone
    assert found(before, *early, slot(34, CONTROLS)) == pytest.approx(2 + 1 / 60)
    assert found(before, slot(1), slot(15), slot(31), shown=shown) == pytest.approx(1 + 1 / 60)


def test_a_placeholder_is_one_only_to_who_saw_the_page_and_a_made_up_path_apart():
    """Without that the answer may have been the same from the start: no vantage can say so."""
    gone = slot(1), slot(15), slot(31)
    assert found(*gone, shown=LIKENED) is None
    assert found(slot(-26 * 60, (Target.URL,)), *gone, shown=LIKENED) is None
    assert found(slot(-60, (Target.URL,)), *gone, shown=LIKENED) is not None  # within 25 h
    one = [probe for probe in slot(-60) if probe.vantage == "quiet"]
    assert found(one, *gone, shown=LIKENED) is None
    assert found(slot(-60), *gone, shown=LIKENED) is not None
    assert found(*gone, shown=LED_AWAY) is not None


def test_a_refusal_is_gone_where_the_controls_are_healthy():
    """Who refuses the URL alone has removed it."""
    gone = slot(1), slot(15), slot(31)
    assert found(slot(-60), *gone, shown=REFUSES) == pytest.approx(1 + 1 / 60)
    alone = [slot(minutes, (Target.URL,)) for minutes in (1, 15, 31)]
    assert found(*alone, shown=REFUSES) is None


def test_what_was_put_back_is_asked_for_until_then_alone():
    """A removal that the probes showed before the return stays one."""
    gone = slot(1), slot(15), slot(31)
    back = replace(ITEM, back_at=REMOVED_AT + 2 * HOUR_MS)
    assert found(*gone, slot(130), item=back) == pytest.approx(1 + 1 / 60)
    assert found(*gone[:2], slot(130), item=back) is None
