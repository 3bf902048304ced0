"""Each order of a slot is the encoding of its record: they differ in target and id alone."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_events import (
    GONE,
    KEY,
    ONLINE,
    START,
    at,
    decision,
    fold,
    notice,
    observation,
    place,
    placed,
    report,
    slots,
)
from msgspec import structs

from agents.config import ProbeSettings, VantageSettings
from schemas import codec
from schemas.closed_lists import Confidence, Role, Target
from schemas.identity.ids import order_id
from schemas.moments import MINUTE_MS
from schemas.records.case_observations import SLOTS
from streams.norms.punctuality import slot_on_time
from streams.schedule import hidden_rechecks
from streams.schedule.get_comparisons import requests_of
from streams.schedule.orders import Orders
from streams.schedule.slots import slots as slots_of
from streams.schedule.timing_wheel import Wheel

ASKED = ("north", "south")
odd = st.sampled_from(["", 'a"target":"url",b', ',"target":"url",', "\\", "ä", "x" * 80])


def orders(state, now):
    """Return what is ordered of a state for both vantages."""
    made = Orders([VantageSettings(id=vantage) for vantage in ASKED], ProbeSettings())
    return [(send.topic, send.value) for send in made.due(Wheel(), state, now)]


def test_a_burst_at_one_hoster_writes_no_more_orders_than_politeness_can_carry_out():
    """Of 300 URLs reported at once each vantage gets what it can ask in the first slots' window."""
    state = fold(report(seen=0), placed())
    made = Orders(
        [VantageSettings(id=vantage) for vantage in ASKED], ProbeSettings(requests_per_minute=6)
    )
    written = []
    for number in range(300):
        case = structs.replace(state.cases[0], case_id=f"{number:024x}")
        one = structs.replace(state, url_key=f"{number:032x}", cases=(case,))
        written += made.due(Wheel(), one, START)
    asked = [codec.ORDER.decode(order.value) for order in written]
    minutes = (asked[0].not_after - START) / 60_000
    per_vantage = sum(requests_of(o.target, get_comparison=o.cross_check) for o in asked) / len(
        ASKED
    )
    assert 0.9 * 6 * minutes < per_vantage <= 6 * minutes + 6
    assert made.room.left_out > 250


@given(odd, odd)
def test_orders_of_a_slot_differ_in_target_vantage_and_id_alone(sealed, address):
    """Whatever stands in their texts, each is the encoding of the order that it decodes to."""
    state = fold(report(seen=0), placed())
    state = structs.replace(
        state,
        sealed=sealed,
        placements=tuple(structs.replace(one, address=address) for one in state.placements),
    )
    found = orders(state, START)
    assert len(found) == 6
    first = codec.ORDER.decode(found[0][1])
    expected = [(v, t) for v in ASKED for t in (Target.URL, Target.MADE_UP_PATH, Target.ROOT)]
    for (topic, raw), (vantage, target) in zip(found, expected, strict=True):
        own = order_id(state.cases[0].case_id, START, vantage, target)
        order = structs.replace(first, vantage=vantage, target=target, order_id=own)
        assert (topic, raw) == (f"probes.{vantage}.v1", codec.ORDER.encode(order))
        assert (order.sealed, order.address, order.url_key) == (sealed, address, KEY)


def test_what_is_behind_a_proxy_is_asked_for_at_its_newest_address():
    """Proxies change addresses, and a statement of origin is made once."""
    shield = place("shield", role=Role.PROXY, sealed="old")
    origin = place(behind=True, confidence=Confidence.STATEMENT, sealed="old")
    state = fold(
        report(seen=0),
        placed(0, shield, origin),
        placed(2, structs.replace(shield, address="new"), vantage="north"),
    )
    asked = [codec.ORDER.decode(raw) for _, raw in orders(state, START)]
    assert {(order.hoster, order.address) for order in asked} == {
        ("acme", "new"),
        ("shield", "new"),
    }


def test_a_re_attributed_case_is_probed_where_it_is():
    """Its orders name the hoster that resolutions name."""
    state = fold(report(seen=0), placed(), decision(1, "reattribute", hoster="beta"))
    (case,) = state.cases
    asked = [codec.ORDER.decode(raw) for _, raw in orders(state, START)]
    assert case.hoster == "beta"
    assert {(order.hoster, order.address) for order in asked} == {("acme", "address")}


def test_what_has_a_result_is_not_ordered():
    """A slot is asked of the vantages, and at the targets, that have no observation of it yet."""
    state = fold(
        report(seen=0),
        placed(),
        observation(0, ONLINE),
        observation(0, ONLINE, "south", target=Target.ROOT),
    )
    found = [codec.ORDER.decode(raw) for _, raw in orders(state, at(0))]
    assert [(one.vantage, one.target) for one in found] == [
        ("north", Target.MADE_UP_PATH),
        ("north", Target.ROOT),
        ("south", Target.URL),
        ("south", Target.MADE_UP_PATH),
    ]


@pytest.mark.parametrize("sampled", [True, False])
def test_orders_say_whether_they_are_sampled_and_around_a_norm(sampled):
    """As the case is; a slot is around a norm if `streams.norms.punctuality` takes it for one."""
    where = place(inclusion=0.5, sampled=sampled)
    state = fold(report(seen=0), placed(0, where), notice(0), observation(0, ONLINE))
    (case,) = state.cases
    found = set()
    for slot in islice(slots_of(case), 18):
        for _, raw in orders(state, slot.at):
            order = codec.ORDER.decode(raw)
            found.add((order.slot_at, order.bracket))
            assert order.sampled is sampled
    assert len({slot_at for slot_at, _ in found}) == 18
    assert all(bracket == (slot_on_time(at(0), slot_at, 0) > 0) for slot_at, bracket in found)
    if sampled:
        around = sorted(slot_at for slot_at, bracket in found if bracket)
        assert [slot_on_time(at(0), slot_at, 0) for slot_at in around] == [
            1 << i for i in range(SLOTS)
        ]


HIDDEN = VantageSettings(id="hidden", announced=False, recheck=True)
WITH_HIDDEN = [*[VantageSettings(id=vantage) for vantage in ASKED], HIDDEN]
REMOVAL = [*slots([1.1, 2, 3], ONLINE), *slots([4, 4.2, 4.4, 4.6], GONE)]
LATER = [at(hours) for hours in range(5, 24 * 40)]


def followed(state, vantages, instants, **shares):
    """Return all that is ordered of a state over time."""
    made, wheel = Orders(vantages, ProbeSettings(**shares)), Wheel()
    return [
        codec.ORDER.decode(send.value) for now in instants for send in made.due(wheel, state, now)
    ]


def removed(*more):
    """Return the state of a removed case."""
    return fold(report(seen=0), placed(), notice(), REMOVAL, *more)


def test_a_hidden_vantage_is_asked_for_re_checks_alone():
    """It probes five times after an end, with controls and a GET comparison, and is never asked."""
    found = followed(removed(), WITH_HIDDEN, LATER, recheck_share=1.0)
    hidden = [order for order in found if order.vantage == "hidden"]
    assert len({order.slot_at for order in hidden}) == 5
    assert {order.target for order in hidden} == {Target.URL, Target.MADE_UP_PATH, Target.ROOT}
    assert all(order.cross_check for order in hidden)
    assert {order.asked for order in found} == {ASKED}


def test_the_others_are_asked_as_without_it():
    """What is ordered of the other vantages does not show whether there is a hidden one."""
    found = followed(removed(), WITH_HIDDEN, LATER, recheck_share=1.0)
    others = [order for order in found if order.vantage != "hidden"]
    assert others == followed(removed(), WITH_HIDDEN[:2], LATER)


def test_a_removal_that_became_known_late_is_re_checked_at_once():
    """The others were asked at a later slot meanwhile; the first re-check is not lost by that."""
    state = removed()
    soon = hidden_rechecks.slots(state.cases[0], 1.0)[0]
    known_at = soon.at + 10 * MINUTE_MS
    made, wheel = Orders(WITH_HIDDEN, ProbeSettings(recheck_share=1.0)), Wheel()
    wheel.order(KEY, state.cases[0].case_id, known_at)
    found = [codec.ORDER.decode(send.value) for send in made.due(wheel, state, known_at)]
    assert {(order.vantage, order.slot_at) for order in found} == {("hidden", soon.at)}
    assert not made.due(wheel, state, known_at + 1)


@pytest.mark.parametrize("begun", [[], slots([1.1, 2, 3], ONLINE)])
def test_an_open_case_is_not_re_checked(begun):
    """No hoster sees the hidden vantage before it claims a removal."""
    state = fold(report(seen=0), placed(), notice(), begun)
    found = followed(state, WITH_HIDDEN, LATER, recheck_share=1.0)
    assert found
    assert all(order.vantage != "hidden" for order in found)


def test_nothing_is_re_checked_at_a_share_of_none():
    """The share is of removed cases, and none of them is none."""
    found = followed(removed(), WITH_HIDDEN, LATER, recheck_share=0.0)
    assert all(order.vantage != "hidden" for order in found)


def test_who_has_seen_what_was_removed_is_asked_from_then_on():
    """After a disagreement every slot asks the hidden vantage too, and the removal rests on it."""
    state = removed(observation(12, ONLINE, "hidden", announced=False))
    assert state.cases[0].rechecks.disagreed == 1
    found = followed(state, WITH_HIDDEN, [at(12 + step / 6) for step in range(1, 7)])
    assert {order.asked for order in found} == {(*ASKED, "hidden")}
    assert {order.vantage for order in found} == {*ASKED, "hidden"}
    assert len({order.slot_at for order in found}) >= 3


def test_probes_that_decide_are_checked_by_get():
    """In doubt a slot's probes with controls check HEAD, all vantages and targets alike."""
    state = fold(report(seen=0), placed(), notice(), slots([1.1, 2], ONLINE), slots([4], GONE))
    instants = [at(4 + step / 6) for step in range(1, 13)]
    found = followed(state, WITH_HIDDEN[:2], instants, cross_check_share=0.0)
    by_slot = {order.slot_at: [] for order in found}
    for order in found:
        by_slot[order.slot_at].append(order)
    get_comparison = [len(one) == 6 for one in by_slot.values()]
    assert any(get_comparison)
    assert not all(get_comparison)
    for orders_of_slot, controlled in zip(by_slot.values(), get_comparison, strict=True):
        assert {order.cross_check for order in orders_of_slot} == {controlled}


def test_a_host_whose_head_differed_is_asked_both_ways_from_then_on():
    """One such answer, of the URL or of a control, and every probe checks HEAD."""
    before = (report(seen=0), placed(), notice(), slots([1.1, 2], ONLINE))
    differed = structs.replace(ONLINE, head_status=404, method="GET")
    hours = [at(hour) for hour in range(5, 40)]
    for states in (before, (*before, slots([4], differed))):
        found = followed(fold(*states), WITH_HIDDEN[:2], hours, cross_check_share=0.0)
        assert len(found) > 10
        assert all(order.cross_check for order in found) is (states is not before)


def test_a_url_that_a_cache_answered_for_is_asked_both_ways_from_then_on():
    """One such answer of the URL, and every probe compares HEAD with GET."""
    before = (report(seen=0), placed(), notice(), slots([1.1, 2], ONLINE))
    kept = structs.replace(ONLINE, cached=True, age_s=40)
    hours = [at(hour) for hour in range(5, 40)]
    found = followed(fold(*before, slots([4], kept)), WITH_HIDDEN[:2], hours, cross_check_share=0.0)
    assert len(found) > 10
    assert all(order.cross_check for order in found)


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.5, 0.25, 0.75), (1.0, 1, 1)])
def test_a_share_of_the_other_probes_has_a_get_comparison(share, least, most):
    """Which ones follows from the case and the slot; nothing else about them is changed."""
    state = fold(report(seen=0), placed(), slots([1.1, 2, 3], ONLINE))
    hours = [at(hour) for hour in range(24, 24 * 43)]
    found = followed(state, WITH_HIDDEN[:1], hours, cross_check_share=share)
    planned = sorted({order.slot_at for order in found})
    get_comparison = {order.slot_at for order in found if order.cross_check} & set(planned)
    assert least <= len(get_comparison) / len(planned) <= most
    for slot_at in planned:
        targets = {order.target for order in found if order.slot_at == slot_at}
        assert targets == {Target.URL}


def test_a_url_that_no_report_lets_be_probed_is_ordered_nowhere():
    """Not after a notice, not after a check, not in hiding; one report that does is enough."""
    told = (placed(), notice(), slots([1.1, 2, 3], ONLINE))
    gone = slots([4, 4.2, 4.4, 4.6], GONE)
    hidden = VantageSettings(id="deep", recheck=True, announced=False)
    asked = [VantageSettings(id=vantage) for vantage in ASKED]
    for happened in (told, (*told, gone)):
        state = fold(report(seen=0, probing=False), *happened)
        made, wheel = Orders([*asked, hidden], ProbeSettings(recheck_share=1)), Wheel()
        for quarter in range(320):
            assert made.due(wheel, state, at(quarter / 4)) == []
            assert list(made.carried(state, at(quarter / 4))) == []
        assert all(list(slots_of(case)) == [] for case in state.cases)
    allowed = fold(report(seen=0, probing=False), report(0.1, id="r2"), *told)
    assert any(orders(allowed, at(hour)) for hour in (5, 8, 12))
