"""Where a replay runs: a broker of its own, or the configured one."""

import asyncio
from pathlib import Path

import pytest

from agents.config import KafkaSettings, Settings
from agents.edges.child_process.processes import alive, end
from agents.edges.local_broker import broker_record
from agents.errors import UserError
from agents.tools.replay_ledger import placed


async def test_a_broker_of_its_own_ends_with_the_replay(tmp_path: Path) -> None:
    """It starts while the caller does something else, answers when ready, and is gone after."""
    async with placed(Settings(), tmp_path, "run", lasting=False) as place:
        started = broker_record.running(tmp_path / "kafka")
        assert started is not None
        settings = await place.ready()
        assert settings.kafka.bootstrap == started.bootstrap
        assert settings.key_file == tmp_path / "keys.json"
        assert settings.key_file.exists()
    assert not alive(started.process)


async def test_a_broker_that_ends_is_said(tmp_path: Path) -> None:
    """If the broker is killed in the middle, the replay ends with one line and hangs nowhere."""

    async def waiting() -> None:
        async with placed(Settings(), tmp_path, "run") as place:
            await place.ready()
            started = broker_record.running(tmp_path / "kafka")
            assert started is not None
            end(started.process, 0)
            await asyncio.Event().wait()

    with pytest.raises(UserError, match="broker ended"):
        await waiting()


async def test_a_configured_broker_is_left_as_it_is(tmp_path: Path) -> None:
    """A named broker is used under the run's prefix, and none is started."""
    named = Settings(kafka=KafkaSettings(bootstrap="192.0.2.10:9092"))
    async with placed(named, tmp_path, "run") as place:
        settings = await place.ready()
    assert (settings.kafka.bootstrap, settings.kafka.topic_prefix) == ("192.0.2.10:9092", "run-")
    assert not (tmp_path / "kafka").exists()


async def test_a_place_that_is_no_folder_is_a_user_s_mistake(tmp_path: Path) -> None:
    """One line that names the option."""
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="is no folder"):
        async with placed(Settings(), tmp_path / "file", "run"):
            pass
