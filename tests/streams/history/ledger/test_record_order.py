"""Records are taken in order of what they tell of, and probes with their controls."""

from ledger_events import GONE, NORTH, ONLINE, at, decision, notice, observation, placed, slot

from schemas.closed_lists import Target
from schemas.records.facts import Observation
from streams.history.ledger.record_order import counted_at, in_order


def test_records_are_in_order_of_their_time_not_of_their_append():
    """A notice that came late stands where it was delivered."""
    late, probe = notice(1, received=30), observation(2, ONLINE)
    found = list(in_order([decision(3), probe, late, placed(0.5)]))
    assert found == [placed(0.5), late, [probe], decision(3)]


def test_a_probe_brings_the_controls_of_its_slot():
    """Of its own vantage, hoster and role; controls alone are no probe of the URL."""
    alone = observation(7, ONLINE, target=Target.ROOT)
    ((north, *_), (south, *_)) = found = list(in_order([*slot(5, GONE), alone]))
    assert [len(one) for one in found] == [3, 3]
    for url, *controls in found:
        assert {one.target for one, _ in controls} == {Target.MADE_UP_PATH, Target.ROOT}
        assert {one.vantage for one, _ in controls} == {url[0].vantage}
    assert {north[0].vantage, south[0].vantage} == {"north", "south"}


def test_two_results_of_one_order_are_two_probes():
    """A slot that was carried out twice has both results, each with the controls."""
    found = list(in_order([observation(5, ONLINE), *slot(5, GONE, (NORTH,))]))
    assert [len(one) for one in found] == [3, 3]


def test_the_interleaving_of_topics_means_nothing():
    """Records of one instant are in one order, whichever was read first."""
    records = [*slot(5, GONE), placed(5, vantage=NORTH), placed(5), notice(5)]
    assert list(in_order(records)) == list(in_order(records[::-1]))


def test_a_sighting_counts_when_it_was_sent_all_else_when_it_was_answered():
    """L and R are dated so (1, (L, R])."""
    online, gone = (observation(5, facts)[0] for facts in (ONLINE, GONE))
    assert (counted_at(online), counted_at(gone)) == (online.sent_at, gone.done_at)
    assert isinstance(online, Observation)
    assert online.sent_at > at(5)
