"""Orders of one slot, written from one another, are those that were written each by itself."""

from hypothesis import given
from hypothesis import strategies as st
from ledger_events import KEY, START, at, fold, look, placed, report
from ledger_events import ONLINE as SEEN
from msgspec import structs

from agents.config import VantageSettings
from agents.orders import Orders
from agents.wheel import Wheel
from schemas import codec
from schemas.ids import order_id
from schemas.reasons import Target

ASKED = ("north", "south")
odd = st.sampled_from(["", 'a"target":"url",b', ',"target":"url",', "\\", "ä", "x" * 80])


def orders(state, now):
    """Return what is ordered of a state for both vantages."""
    made = Orders([VantageSettings(id=vantage) for vantage in ASKED])
    return [(send.topic, send.value) for send in made.due(Wheel(), state, now)]


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
    expected = [(v, t) for v in ASKED for t in (Target.URL, Target.RANDOM, Target.ROOT)]
    for (topic, raw), (vantage, target) in zip(found, expected, strict=True):
        own = order_id(state.cases[0].case_id, START, vantage, target)
        order = structs.replace(first, vantage=vantage, target=target, order_id=own)
        assert (topic, raw) == (f"probes.{vantage}.v1", codec.ORDER.encode(order))
        assert (order.sealed, order.address, order.url_key) == (sealed, address, KEY)


def test_what_has_a_result_is_not_ordered():
    """A slot is asked of the vantages, and at the targets, that have no look of it yet."""
    state = fold(
        report(seen=0), placed(), look(0, SEEN), look(0, SEEN, "south", target=Target.ROOT)
    )
    found = [codec.ORDER.decode(raw) for _, raw in orders(state, at(0))]
    assert [(one.vantage, one.target) for one in found] == [
        ("north", Target.RANDOM),
        ("north", Target.ROOT),
        ("south", Target.URL),
        ("south", Target.RANDOM),
    ]
