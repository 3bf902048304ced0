"""`hostwatch worker`: its exit code says how it ended."""

import asyncio
import signal
from pathlib import Path

import pytest
from command import hostwatch, said

from agents import cli

ENDS_S = 120


def test_a_role_that_is_none_is_named_with_what_was_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the broker is asked, and with exit code 2."""
    monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", "127.0.0.1:9")
    monkeypatch.chdir(tmp_path)
    assert cli.run(["worker", "lifecycle", "probe-loacl"]) == 2
    assert "no such role: probe-loacl; did you mean probe-local" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["TERM", "INT"])
async def test_stopped_on_request_it_ends_with_0(tmp_path: Path, name: str) -> None:
    """Also while it starts: a broker that hangs does not hold a stop up."""
    came = asyncio.Event()

    class Silent(asyncio.Protocol):
        """Takes a connection and never answers."""

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            came.set()

    server = await asyncio.get_running_loop().create_server(Silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    variables = {"KAFKA__BOOTSTRAP": f"127.0.0.1:{port}", "STATE_DIR": str(tmp_path)}
    async with (
        asyncio.timeout(ENDS_S),
        server,
        hostwatch(tmp_path, "worker", "intake", **variables) as worker,
    ):
        await came.wait()
        worker.send_signal(getattr(signal, f"SIG{name}"))
        assert await worker.wait() == 0, said(tmp_path)
    assert "stopped" in said(tmp_path)
    assert "Traceback" not in said(tmp_path)
