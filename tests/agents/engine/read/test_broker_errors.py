"""Which errors of a broker pass: a new leader, or none for the moment."""

import pytest
from aiokafka import errors as kafka

from agents.engine.read.broker_errors import UNREACHED, passes


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (kafka.NotLeaderForPartitionError, True),
        (kafka.LeaderNotAvailableError, True),
        (kafka.ReplicaNotAvailableError, True),
        (kafka.TopicAuthorizationFailedError, False),
        (kafka.OffsetOutOfRangeError, False),
    ],
)
def test_a_broker_is_asked_again_where_that_may_help(error, passing: bool) -> None:
    """A right that is missing comes by no asking."""
    assert passes(error.errno) is passing


@pytest.mark.parametrize("code", [74, 75, 78])
def test_errors_of_leader_epochs_pass(code: int) -> None:
    """Aiokafka does not know them."""
    assert passes(code)


def test_what_reached_nobody_was_no_answer() -> None:
    """An error that a broker sent is none of these."""
    assert kafka.KafkaConnectionError in UNREACHED
    assert not issubclass(kafka.TopicAuthorizationFailedError, UNREACHED)
