"""A broker in this process is reached by its name; every other one is over the network."""

import pytest

from agents.config import KafkaSettings, Settings
from agents.engine.read.brokers import ends_of, local, reader_of
from agents.engine.read.log_reader import LogReader
from agents.engine.stage import Send
from sim.memory.broker.broker import Broker
from sim.memory.broker.client import Local

TOPIC = "facts.v1"
NAME = "a broker of the tests"
INSIDE = Settings(kafka=KafkaSettings(bootstrap=NAME))
OUTSIDE = Settings(kafka=KafkaSettings(bootstrap="127.0.0.1:9092"))


def held() -> Local:
    """Return a broker in this process that holds one record."""
    broker = Broker(lambda: 0)
    broker.write(Send(TOPIC, b"key", b"value", partition=0))
    return Local(broker, lambda wall_ms: wall_ms)


async def test_a_name_leads_into_this_process_while_its_broker_stands_there() -> None:
    """Behind the block, and after an error in it, it is an address like any other."""
    with local(NAME, held()):
        assert not isinstance(reader_of(INSIDE.kafka, TOPIC), LogReader)
    assert isinstance(reader_of(INSIDE.kafka, TOPIC), LogReader)
    with pytest.raises(ZeroDivisionError), local(NAME, held()):
        raise ZeroDivisionError
    assert isinstance(reader_of(INSIDE.kafka, TOPIC), LogReader)


async def test_another_name_leads_over_the_network_all_the_same() -> None:
    """A simulator may run beside clients of a real broker."""
    with local(NAME, held()):
        assert isinstance(reader_of(OUTSIDE.kafka, TOPIC), LogReader)


async def test_two_brokers_of_one_process_hold_their_own() -> None:
    """Each name has its own ends and its own records."""
    other = KafkaSettings(bootstrap="another one")
    empty = Local(Broker(lambda: 0), lambda wall_ms: wall_ms)
    with local(NAME, held()), local("another one", empty):
        for kafka, count in ((INSIDE.kafka, 1), (other, 0)):
            async with ends_of(Settings(kafka=kafka), [TOPIC]) as ends:
                assert (await ends.of([0])) == {0: {TOPIC: count}}
            reader = reader_of(kafka, TOPIC)
            await reader.start()
            try:
                assert await reader.bounds([0]) == {0: (0, count)}
            finally:
                await reader.stop()
