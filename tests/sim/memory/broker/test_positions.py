"""Positions of lifecycle only go on; one that went back is counted."""

from agents.engine.stage import Send
from schemas.codec import POSITION
from schemas.records.case import POSITION_KEY, Position
from schemas.topics import CASES
from sim.memory.broker.broker import Broker
from sim.memory.broker.positions import LifecyclePositions


def heard(*said):
    """Return how many positions went back of those that were written, with states between."""
    broker = Broker(lambda: 0)
    positions = LifecyclePositions(broker)
    broker.follow(CASES.name, positions.on_written)
    for partition, offsets in said:
        value = Position(partition=partition, offsets=offsets, as_of=0, code="test", method="10")
        key = POSITION_KEY + b"%d" % partition
        broker.write(Send(CASES.name, b"a" * 32, b"a state", partition=partition))
        broker.write(Send(CASES.name, key, POSITION.encode(value), partition=partition))
    return positions.back


def test_positions_that_go_on_or_stand_are_right():
    """Each topic by itself; a topic that is new is no step back."""
    facts, reports = "facts.v1", "reports.v1"
    assert heard((0, {facts: 3}), (0, {facts: 3}), (0, {facts: 5, reports: 1})) == 0


def test_a_position_that_goes_back_is_counted_once():
    """However many topics it names; what came before it is forgotten then."""
    two = {"facts.v1": 5, "reports.v1": 5}
    older = {"facts.v1": 4, "reports.v1": 4}
    assert heard((0, two), (0, older)) == 1
    assert heard((0, two), (0, older), (0, two), (0, older)) == 2
    assert heard((0, two), (0, {"facts.v1": 6})) == 1  # of the other topic it stands at 0


def test_partitions_have_positions_of_their_own():
    """One is ahead of another without going back."""
    assert heard((0, {"facts.v1": 9}), (1, {"facts.v1": 2}), (0, {"facts.v1": 9})) == 0
