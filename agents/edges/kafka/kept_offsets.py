"""How long the broker keeps what a group has read, once the group has no member."""

from typing import Final

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code

from agents.config import Settings
from agents.edges.kafka.topic_admin import admin

OFFSETS_KEPT_DAYS_MIN: Final = 90
"""Kafka keeps them for 7 days unless told otherwise. A role that was stopped for a quarter, the
span of one report, still goes on where it was; documents name 400 days."""

_RETENTION: Final = "offsets.retention.minutes"
_REFUSED: Final = frozenset({29, 31})
"""TOPIC_ and CLUSTER_AUTHORIZATION_FAILED: this user may not ask for settings of a broker."""


async def offsets_kept_days(settings: Settings) -> float | None:
    """Return the shortest time that any broker keeps them, in days; None = this user may not ask.

    Raises:
        AdminError: the broker does not answer.
    """
    async with admin(settings) as client:
        brokers = (await client.describe_cluster())["brokers"]
        asked = [
            ConfigResource(ConfigResourceType.BROKER, str(one["node_id"]), configs={_RETENTION: ""})
            for one in brokers
        ]
        kept: list[float] = []
        for response in await client.describe_configs(asked):
            for code, _, _, _, entries in response.resources:
                if code in _REFUSED:
                    return None
                if code:
                    raise for_code(code)
                kept += [int(entry[1]) / (24 * 60) for entry in entries if entry[0] == _RETENTION]
        return min(kept, default=None)
