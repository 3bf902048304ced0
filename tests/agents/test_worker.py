"""The roles of a process: started side by side, and stopped as a whole."""

import asyncio
import socket
from pathlib import Path

import pytest
from scratch_topics import scratch_settings

from agents.config import Settings, WebSettings
from agents.edges.admin import apply, wanted
from agents.edges.keys import Keyring
from agents.errors import UserError
from agents.worker import Worker


@pytest.fixture
async def settings(bootstrap, tmp_path: Path) -> Settings:
    """Return settings of a ledger with topics and keys; its page takes any port."""
    keys = tmp_path / "keys.json"
    Keyring.create(keys)
    made = scratch_settings(
        bootstrap, state_dir=tmp_path, key_file=keys, web=WebSettings(port=0), vantages=()
    )
    await apply(made, wanted(made))
    return made


async def test_roles_start_and_stop_as_a_whole(settings: Settings) -> None:
    """Every role runs on entry; on exit none of them leaves a task."""
    before = asyncio.all_tasks()
    async with Worker(settings).run(("attribution", "rollup")) as worker:
        assert worker.web is not None
        assert worker.web.port
        assert asyncio.all_tasks() > before
    assert asyncio.all_tasks() == before


async def test_what_started_is_stopped_if_another_role_cannot(settings: Settings) -> None:
    """A page whose port is taken ends the start, and the roles beside it leave nothing behind."""
    before = asyncio.all_tasks()
    with socket.create_server(("127.0.0.1", 0)) as other:
        web = WebSettings(port=other.getsockname()[1])
        taken = settings.model_copy(update={"web": web})
        with pytest.raises(UserError):
            async with Worker(taken).run(("attribution", "rollup")):
                pass
    assert asyncio.all_tasks() == before
