"""How long a real broker keeps offsets, and who may ask."""

import pytest
from scratch_topics import scratch_settings
from secured_broker import ADMIN, Secured

from agents.config import KafkaSettings, Settings
from agents.edges.child_process.ports import reserved
from agents.edges.kafka import acl
from agents.edges.kafka.admin_client import AdminError
from agents.edges.kafka.kept_offsets import offsets_kept_days


async def test_the_broker_says_how_long_it_keeps_them(bootstrap: str) -> None:
    """576,000 minutes, as the broker of the tests is set."""
    assert await offsets_kept_days(scratch_settings(bootstrap)) == 400


async def test_who_may_not_ask_gets_no_figure(secured: Secured) -> None:
    """A worker has no right over the cluster; the administrator has."""
    assert await offsets_kept_days(secured.settings(acl.WORKER)) is None
    assert await offsets_kept_days(secured.settings(ADMIN)) == 7


async def test_a_broker_that_is_away_is_said() -> None:
    """No figure is made up."""
    with reserved(0) as port:
        pass
    settings = Settings(kafka=KafkaSettings(bootstrap=f"127.0.0.1:{port}"))
    with pytest.raises(AdminError):
        await offsets_kept_days(settings)
