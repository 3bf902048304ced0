"""The broker: a real Kafka in a folder, found again, and never somebody else's process."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from agents.config import KafkaSettings, Settings
from agents.edges.child_process.processes import alive, identify
from agents.edges.local_broker import broker_record
from agents.edges.local_broker.broker import LocalBroker, bootstrap_of, broker_for, folder_of
from agents.edges.local_broker.kafka_server import BrokerError

OWNER = """
import sys
from pathlib import Path
from agents.edges.local_broker.broker import LocalBroker
with LocalBroker(Path(sys.argv[1])) as broker:
    print(broker.bootstrap, flush=True)
    sys.stdin.read()
"""


def owner_of(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", OWNER, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


async def create(bootstrap: str, topic: str) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        response = await client.create_topics([NewTopic(topic, 1, 1)])
        assert [code for _, code, _ in response.topic_errors] == [0]
    finally:
        await client.close()


async def topics(bootstrap: str) -> list[str]:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        return await client.list_topics()
    finally:
        await client.close()


async def test_data_outlive_a_kill_of_everything(tmp_path: Path) -> None:
    """After kill -9 of its owner the broker is gone, starts again at once, and has its topics."""
    with owner_of(tmp_path) as owner:
        assert owner.stdout is not None
        address = owner.stdout.readline().decode().strip()
        await create(address, "kept")
        first = broker_record.running(tmp_path)
        assert first is not None
        assert first.bootstrap == address
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        with LocalBroker(tmp_path) as again:  # at once: the first may still be dying
            assert not alive(first.process)
            assert "kept" in await topics(again.bootstrap)
            assert again.process != first.process
            with pytest.raises(BrokerError, match="already runs"):
                LocalBroker(tmp_path).start()
            assert alive(again.process)
    assert broker_record.running(tmp_path) is None


def loose(folder: Path) -> list[Path]:
    """Return what others than its user may read or write."""
    return [path for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077]


def test_what_the_broker_keeps_is_its_user_s_alone(tmp_path: Path) -> None:
    """Inboxes stand there in clear: files of an older version, and new ones, are closed too."""
    folder = tmp_path / "kafka"
    before = os.umask(0o022)
    try:
        with LocalBroker(folder):
            assert loose(folder) == []
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        assert loose(folder)
        with LocalBroker(folder):
            assert loose(folder) == []
    finally:
        os.umask(before)


async def test_two_folders_side_by_side(tmp_path: Path) -> None:
    """Two checkouts run a broker each; each sees its own topics only."""
    settings = Settings(state_dir=tmp_path / "a", kafka=KafkaSettings())
    async with broker_for(settings) as one:
        assert bootstrap_of(settings) == one
        async with broker_for(settings) as same:  # found running, so none is started
            assert same == one
        with LocalBroker(tmp_path / "b") as two:
            await create(one, "first")
            assert "first" not in await topics(two.bootstrap)
        assert "first" in await topics(one)
    with pytest.raises(BrokerError, match="no broker runs"):
        bootstrap_of(settings)


async def test_a_configured_broker_is_used_and_none_started(tmp_path: Path) -> None:
    """Where a broker is named, nothing is started and nothing written."""
    named = KafkaSettings(bootstrap="192.0.2.10:9092")
    settings = Settings(state_dir=tmp_path / "state", kafka=named)
    async with broker_for(settings) as address:
        assert address == "192.0.2.10:9092"
    assert not folder_of(settings).exists()


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    """A wanted port that is taken is a clear error before anything is started."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(BrokerError, match=f"port {port} is in use"):
            LocalBroker(tmp_path, port=port).start()
    assert broker_record.last(tmp_path) is None


def test_a_stale_record_reaches_nobody(tmp_path: Path) -> None:
    """A record whose pid now belongs to another process is no broker, and stop spares it."""
    me = identify(os.getpid())
    assert me is not None
    stale = broker_record.Running(
        pid=me.pid, started_ticks=me.started_ticks - 1, port=1, controller_port=2
    )
    broker_record.record(tmp_path, stale)
    assert broker_record.running(tmp_path) is None
    assert not broker_record.stop(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", msgspec.json.encode({"pid": "x"})])
def test_a_damaged_record_is_none(tmp_path: Path, content: bytes) -> None:
    """A record that cannot be read counts as no broker, not as a crash."""
    (tmp_path / "broker.json").write_bytes(content)
    assert broker_record.running(tmp_path) is None
