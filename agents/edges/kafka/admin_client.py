"""A connection for a question or two to the broker, with errors that say what to check."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError
from aiokafka.protocol.metadata import MetadataRequest

from agents.config import Settings
from agents.engine.failures import NoSuchTopic, SendFailed, UnreadableBatch
from agents.engine.read.log_reader import LogShrunk
from agents.errors import UserError
from agents.process import broker_access

ANSWER_DEADLINE_S: Final = 60.0
"""Creating 13 topics of 12 partitions takes 1 s on one node; a minute is a broker that hangs."""

APPLY: Final = "check kafka.topic_prefix, then `hostwatch topics apply`"
"""What to do without a topic."""


class AdminError(UserError):
    """The broker did not do what was asked; the message says what to do."""


def damage(error: UnreadableBatch | LogShrunk) -> str:
    """Return one line about what the broker's disk lost, for a person."""
    where = str(error) or "a topic ends before what was read of it"
    return (
        f"{where}: the broker's disk lost or damaged it; see HostwatchStageStalled in the runbook"
    )


@contextmanager
def explained(deadline_s: float = ANSWER_DEADLINE_S) -> Iterator[None]:
    """Turn the client's errors into one that a person can act on.

    Args:
        deadline_s: that the caller set, for the message.

    Raises:
        AdminError: a deadline passed, the broker does not answer or refuses, or its disk is
            damaged.
    """
    try:
        yield
    except NoSuchTopic as error:
        raise AdminError(f"{error}: {APPLY}") from None
    except TimeoutError:
        raise AdminError(f"the broker did not do it in {deadline_s:.0f} s") from None
    except (UnreadableBatch, LogShrunk) as error:
        raise AdminError(damage(error)) from None
    except (KafkaError, SendFailed) as error:
        raise AdminError(
            f"the broker does not answer or refuses ({type(error).__name__}):"
            " check its address, and TLS, user and password in kafka.security"
        ) from None


@asynccontextmanager
async def asking(settings: Settings) -> AsyncIterator[AIOKafkaClient]:
    """Give a client that knows the brokers, within the deadline.

    Raises:
        AdminError: see `explained`.
    """
    with explained():
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            client = AIOKafkaClient(**broker_access.arguments(settings.kafka))
            try:
                await client.bootstrap()
                yield client
            finally:
                await client.close()


async def described(settings: Settings, topics: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return what the broker says of each topic that is there; it creates none.

    By Kafka's default a broker creates what the admin client asks for by name.

    Args:
        settings: with `kafka.bootstrap` set.
        topics: full names.

    Raises:
        AdminError: see `explained`.
    """
    async with asking(settings) as client:
        request = MetadataRequest(list(topics), allow_auto_topic_creation=False)
        answer = await client.send(client.get_random_node(), request)
    rows, absent = answer.to_object()["topics"], UnknownTopicOrPartitionError.errno
    return {row["topic"]: row for row in rows if row["error_code"] != absent}
