"""What is asked of a member of a group before aiokafka has made it one."""

import pytest
from aiokafka import AIOKafkaConsumer

from agents.engine import library
from agents.engine.consume.membership import LaneThread


async def test_a_consumer_that_is_still_starting_has_no_error_and_no_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its errors are asked for every second, and on a busy broker a start takes longer."""
    consumer = AIOKafkaConsumer(bootstrap_servers="127.0.0.1:1", group_id="group")
    try:
        assert library.coordinator_of(consumer) is None
        monkeypatch.setattr(library, "consumer_of", lambda _: consumer)
        thread = object.__new__(LaneThread)
        thread.check()
        assert thread.member_id == ""
    finally:
        await consumer.stop()
