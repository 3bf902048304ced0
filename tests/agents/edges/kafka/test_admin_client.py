"""Whoever asks the broker is answered, or told in one line what to check."""

from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError
from secured_broker import ADMIN, Secured

from agents.config import KafkaSettings, Settings
from agents.edges.kafka import acl
from agents.edges.kafka.admin_client import AdminError, asking, explained
from agents.edges.kafka.topic_admin import TopicAction, apply, plan, wanted
from agents.engine.failures import SendFailed, UnreadableBatch
from agents.engine.read.log_reader import LogShrunk


@pytest.mark.parametrize("fault", ["password", "plain", "authority"])
async def test_who_cannot_come_in_is_told_so(secured: Secured, tmp_path: Path, fault: str) -> None:
    """A wrong password, no TLS or a foreign authority end in one line, not in waiting for ever."""
    kafka = secured.kafka(acl.WORKER)
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong\n")
    changes = {
        "password": {"password_file": wrong},
        "plain": {"tls": False, "ca_file": None},
        "authority": {"ca_file": None},
    }[fault]
    security = kafka.security.model_copy(update=changes)
    settings = Settings(kafka=KafkaSettings(bootstrap=kafka.bootstrap, security=security))
    with pytest.raises(AdminError, match=r"kafka\.security"):
        await plan(settings, wanted(settings, []))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TimeoutError(), "did not do it in 60 s"),
        (KafkaConnectionError("127.0.0.1:9092"), "KafkaConnectionError"),
        (SendFailed("127.0.0.1:9092"), "SendFailed"),
        (UnreadableBatch("registry.v1", 0, 2), "registry.v1/0/2 begins .* lost or damaged it"),
        (LogShrunk(), "a topic ends before what was read of it: .* lost or damaged it"),
    ],
)
def test_an_error_of_the_client_becomes_what_to_check(error: Exception, told: str) -> None:
    """Its kind is said, and not its text, which may name a record."""
    with pytest.raises(AdminError, match=told) as refused, explained():
        raise error
    assert "9092" not in str(refused.value)


def test_a_fault_of_ours_is_not_put_down_to_the_broker() -> None:
    """It leaves as what it is, so that somebody mends it."""
    with pytest.raises(ZeroDivisionError), explained():
        raise ZeroDivisionError


async def test_a_client_is_closed_whatever_was_asked(bootstrap: str) -> None:
    """It knows the brokers when it is given, and holds no connection afterwards."""
    settings = Settings(kafka=KafkaSettings(bootstrap=bootstrap))
    async with asking(settings) as client:
        assert client.cluster.brokers()
    with pytest.raises(ZeroDivisionError):
        async with asking(settings) as other:
            raise ZeroDivisionError
    assert not client._conns
    assert not other._conns


async def test_a_plan_creates_nothing_where_the_broker_would(secured: Secured) -> None:
    """By Kafka's default a broker creates a topic, of one partition, that is asked for by name."""
    settings = secured.settings(ADMIN, prefix="planned.")
    topics = wanted(settings)
    for _ in range(2):  # what a broker creates so is there a moment later
        planned = await plan(settings, topics)
        assert {change.action for change in planned} == {TopicAction.CREATE}
    assert await apply(settings, topics) == planned
    assert await plan(settings, topics) == []
