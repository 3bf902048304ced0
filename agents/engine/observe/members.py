"""Asks the broker who the members of a role's group are."""

import asyncio
from dataclasses import dataclass
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, for_code

from agents.config import Settings
from agents.engine.failures import replaced
from agents.process import broker_access

ANSWER_DEADLINE_S: Final = 5.0

_UUID_LETTERS: Final = 36
"""What the broker appends, behind a hyphen, to a name that a member gives itself."""


@dataclass(slots=True)
class Members:
    """The members of one group; connects when it is first asked.

    Attributes:
        settings: broker and prefix.
        role: whose group it is.
    """

    settings: Settings
    role: str
    _client: AIOKafkaAdminClient | None = None

    async def count(self) -> int:
        """Return how many there are.

        Raises:
            KafkaError, TimeoutError: the broker did not answer.
        """
        return len(await self.ids())

    async def ids(self) -> frozenset[str]:
        """Return their ids; that of a member with a name of its own begins with that name.

        Raises:
            KafkaError, TimeoutError: the broker did not answer.
        """
        async with asyncio.timeout(ANSWER_DEADLINE_S):
            if self._client is None:
                client = AIOKafkaAdminClient(**broker_access.arguments(self.settings.kafka))
                try:
                    await client.start()
                except BaseException:  # a cancelled start too leaves no client behind
                    async with asyncio.timeout(ANSWER_DEADLINE_S):
                        await client.close()
                    raise
                self._client = client
            group = self.settings.kafka.topic_prefix + self.role
            (answer,) = await self._client.describe_consumer_groups([group])
        found = set()
        for code, _, _, _, _, members, *_ in answer.groups:
            if code:
                raise for_code(code)
            found |= {member[0] for member in members}
        return frozenset(found)

    async def stop(self) -> None:
        """Disconnect."""
        if self._client is not None:
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                await self._client.close()
            self._client = None


async def stop_if_replaced(members: Members, own: str) -> None:
    """End the process if another member has its name (`kafka.instance`).

    The broker allows one member per `kafka.instance`. When a second process joins under the same
    name, the first loses its membership. If the first joined again, the two would displace each
    other for ever, so the first one stops.

    Args:
        members: of the group.
        own: what the group last called this member.
    """
    name = members.settings.kafka.instance
    if name is None:
        return
    try:
        ids = await members.ids()
    except (KafkaError, TimeoutError):
        return  # asked again at the next rebalance
    length = len(name) + 1 + _UUID_LETTERS
    if any(one.startswith(f"{name}-") and len(one) == length for one in ids - {own}):
        replaced(members.role, name)
