"""`hostwatch intake serve`: what it lacks at its start, and a broker that stops answering."""

import asyncio
import os
import re
import signal
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout
from command import hostwatch, said
from hotline_records import report
from scratch_topics import scratch_settings
from stopped_process import stop_all_threads
from waiting import until

from agents import cli
from agents.cli.intake import STOP_DEADLINE_S
from agents.config import KafkaSettings, Settings
from agents.edges.intake_http.api_keys import key_line, new_key
from agents.edges.kafka.topic_admin import apply, wanted
from agents.edges.local_broker.broker import LocalBroker
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from schemas.codec import HOTLINE, REGISTRY
from schemas.records.registry import HotlineEntry
from schemas.topics import REGISTRY as REGISTRY_TOPIC

ROOT = Path(__file__).parents[3]
KEY = new_key()
NORTH = HotlineEntry(id="north", version=1, valid_from=0, name="North")


def unit_limit_s() -> float:
    """Return what the intake's unit gives it to stop."""
    unit = (ROOT / "deploy/systemd/hostwatch-intake.service").read_text()
    return float(re.search(r"TimeoutStopSec=(\d+)s", unit)[1])


async def set_up(bootstrap: str) -> None:
    """Make the topics and a hotline."""
    settings = Settings(kafka=KafkaSettings(bootstrap=bootstrap, partitions=1))
    outbox = KafkaOutbox(settings)
    await apply(settings, wanted(settings, []))
    await outbox.start()
    await outbox.send([Send(REGISTRY_TOPIC.name, b"north", REGISTRY.encode(NORTH))])
    await outbox.stop()
    await apply(settings, wanted(settings, ["north"]))


async def post(port: int, id: str) -> int:
    """Send a record and return the status of the answer."""
    async with (
        ClientSession(timeout=ClientTimeout(total=120)) as session,
        session.post(
            f"http://127.0.0.1:{port}/v1/records",
            data=HOTLINE.encode(report(id)),
            headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        ) as answer,
    ):
        return answer.status


def killed(pid: int) -> None:
    """Kill a process."""
    os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("fault", [stop_all_threads, pytest.param(killed, marks=pytest.mark.soak)])
async def test_it_stops_within_its_unit_s_limit_with_the_broker_down(tmp_path, fault):
    """A broker that hangs or is gone: who waits is told so, and the process ends in order."""
    assert unit_limit_s() > STOP_DEADLINE_S
    keys = tmp_path / "keys"
    keys.write_text(key_line("north", KEY) + "\n")
    with LocalBroker(tmp_path / "kafka") as broker:
        await set_up(broker.bootstrap)
        variables = {
            "KAFKA__BOOTSTRAP": broker.bootstrap,
            "KAFKA__PARTITIONS": "1",
            "INTAKE__PORT": "0",
            "INTAKE__KEYS_FILE": str(keys),
        }
        async with hostwatch(tmp_path, "intake", "serve", **variables) as server:
            ready = re.compile(r"taking records at port (\d+)")
            assert await asyncio.to_thread(until, lambda: ready.search(said(tmp_path)))
            port = int(ready.search(said(tmp_path))[1])
            assert await post(port, "r1") == 202
            fault(broker.process.pid)
            waiting = asyncio.create_task(post(port, "r2"))
            done, _ = await asyncio.wait([waiting], timeout=1.0)
            assert not done
            server.terminate()
            assert await asyncio.wait_for(server.wait(), unit_limit_s()) == 0, said(tmp_path)
            assert await waiting == 503
            assert "Traceback" not in said(tmp_path)


def test_missing_topics_are_said_before_a_record_is_taken(
    bootstrap: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Without topics: exit code 2, and the command that makes them."""
    prefix = scratch_settings(bootstrap, vantages=()).kafka.topic_prefix
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", bootstrap)
    monkeypatch.setenv("HOSTWATCH_KAFKA__TOPIC_PREFIX", prefix)
    monkeypatch.setenv("HOSTWATCH_VANTAGES", "[]")
    keys = tmp_path / "keys"
    keys.write_text(key_line("north", KEY) + "\n")
    monkeypatch.setenv("HOSTWATCH_INTAKE__KEYS_FILE", str(keys))
    assert cli.run(["intake", "serve"]) == 2
    assert "run `hostwatch topics apply` first" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("variables", "named"),
    [({}, "intake.keys_file"), ({"KEYS_FILE": "keys", "HOST": "0.0.0.0"}, "intake.cert_file")],
)
def test_a_mistake_in_the_settings_is_one_line_before_a_broker_is_asked(
    variables: dict[str, str],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Exit code 2, one line, and nothing of a broker that is not there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", "127.0.0.1:1")
    for name, value in variables.items():
        monkeypatch.setenv(f"HOSTWATCH_INTAKE__{name}", value)
    assert cli.run(["intake", "serve"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert named in line
