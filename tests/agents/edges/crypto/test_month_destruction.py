"""Destroying a month's key: everywhere, for good, and never half."""

import asyncio
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import fork_server
import pytest
from kafka_broker import cleaning_broker
from key_ledger import BOUND, ledger, raced, started, with_file
from waiting import until

from agents.edges.crypto import key_file
from agents.edges.crypto.key_file import KeyFault, KeyFile, KeyFileError, name_of
from agents.edges.crypto.key_table import append_exclusively, read_table, unwrapped
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.month_destruction import destroy_month
from agents.edges.crypto.sealing import KeyGone, month_of
from agents.engine.fault_points import VARIABLE, FaultAction, FaultPoint, PlantedFault
from agents.errors import UserError
from schemas.moments import DAY_MS

JANUARY = 1_578_614_400_000  # 2020-01-10
FEBRUARY = JANUARY + 31 * DAY_MS


@pytest.fixture(scope="module")
def broker(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """A broker of its own: its files are read."""
    folder = tmp_path_factory.mktemp("kafka")
    with cleaning_broker(folder) as broker:
        yield broker.bootstrap, folder


@pytest.fixture
def _files_may_stay(monkeypatch):
    """Nobody reads the broker's files: what was cleaned may be deleted later."""
    monkeypatch.setattr("agents.edges.crypto.month_destruction.DELETED_S", 0.1)


async def _with_two_months(broker, folder: Path):
    """Return a ledger's settings and a text sealed in each of two months."""
    settings = await ledger(broker[0], folder)
    Keyring.create(settings.key_file)
    async with started(settings) as keys:
        await keys.ring.ready(JANUARY, FEBRUARY)
        texts = [keys.ring.seal("x", at, BOUND) for at in (JANUARY, FEBRUARY)]
    return settings, texts


def _holds(folder: Path, text: str) -> bool:
    return any(text.encode() in file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_nothing_of_a_destroyed_month_is_left_but_what_it_sealed(broker, tmp_path):
    """Neither the broker's files nor the key file hold what its key could be had from: an old copy
    of the one does not help with the other. The other month opens, wrapped by a new master key.
    """
    settings, (january, february) = await _with_two_months(broker, tmp_path)
    before, old_file = await read_table(settings), key_file.read(settings.key_file)[0]
    log = broker[1] / "log" / f"{settings.kafka.topic_prefix}keys.v1-0"
    old = {month: record.wrapped[0] for month, record in before.months.items()}
    assert all(_holds(log, text) for text in old.values())
    async with started(settings) as running:
        await destroy_month(settings, "202001", lambda _: None)
        assert await asyncio.to_thread(until, lambda: running.ring.months[202001] is False)
        assert running.ring.open(february, BOUND).reveal() == "x"
    assert not any(_holds(log, text) for text in old.values())
    assert not _holds(tmp_path, json.dumps(_base64(old_file.master)).strip('"'))
    async with started(settings) as keys:
        with pytest.raises(KeyGone):
            await keys.ring.unsealed(january, BOUND)
        assert keys.ring.open(february, BOUND).reveal() == "x"
        await keys.ring.ready(FEBRUARY + 31 * DAY_MS)
    after, new_file = await read_table(settings), key_file.read(settings.key_file)[0]
    assert new_file.masters.keys().isdisjoint(old_file.masters)
    with pytest.raises(KeyFileError):
        unwrapped(old_file.masters, after.months["202002"])
    assert {record.master for record in after.months.values()} == {name_of(new_file.master)}


def _base64(raw: bytes) -> str:
    import base64

    return base64.b64encode(raw).decode()


@pytest.mark.usefixtures("_files_may_stay")
async def test_other_hosts_need_the_new_key_file(broker, tmp_path):
    """A process that runs goes on with the keys it holds and ends when it needs another. It does
    not start again before the newest file is there, and neither claims that a text is gone.
    """
    settings, (_, february) = await _with_two_months(broker, tmp_path)
    host = with_file(settings, tmp_path / "host.json")
    host.key_file.write_bytes(settings.key_file.read_bytes())
    host.key_file.chmod(0o600)
    async with started(host) as running:
        await destroy_month(settings, "202001", lambda _: None)
        assert await asyncio.to_thread(until, lambda: running.ring.outdated)
        assert running.ring.open(february, BOUND).reveal() == "x"
        with pytest.raises(KeyFileError) as refused:
            await running.ring.ready(FEBRUARY + 31 * DAY_MS)
        assert refused.value.fault is KeyFault.OUTDATED
        async with started(settings) as other:
            await other.ring.ready(FEBRUARY + 62 * DAY_MS)
            april = other.ring.seal("x", FEBRUARY + 62 * DAY_MS, BOUND)
        with pytest.raises(KeyFileError):
            await running.ring.unsealed(april, BOUND)
        with pytest.raises(KeyFileError) as refused:
            async with started(host):
                pass
        assert refused.value.fault is KeyFault.OUTDATED
        host.key_file.write_bytes(settings.key_file.read_bytes()[:50])
        with pytest.raises(KeyFileError):
            await running.ring.unsealed(april, BOUND)
        host.key_file.write_bytes(settings.key_file.read_bytes())
        assert await asyncio.to_thread(until, lambda: not running.ring.outdated)
        assert running.ring.open(april, BOUND).reveal() == "x"
        assert running.task is not None
        assert not running.task.done()


_PROGRAM = """
import asyncio, json, os, sys
from pathlib import Path
from agents.config import KafkaSettings, Settings
from agents.edges.crypto.month_destruction import destroy_month
from agents.engine.fault_points import arm

bootstrap, prefix, file = json.loads(sys.argv[1])
arm(os.environ, print)
kafka = KafkaSettings(bootstrap=bootstrap, topic_prefix=prefix, partitions=1)
settings = Settings(kafka=kafka, key_file=Path(file), vantages=())
asyncio.run(destroy_month(settings, "202001", lambda _: None))
"""


@pytest.mark.usefixtures("_files_may_stay")
@pytest.mark.parametrize(
    "point",
    [
        FaultPoint.SUCCESSOR_KEPT,
        *(FaultPoint.BEGUN, FaultPoint.SENT, FaultPoint.WRITTEN, FaultPoint.COMMITTED),
        *(FaultPoint.REWRAPPED, FaultPoint.MASTER_REPLACED),
    ],
)
async def test_a_kill_at_any_step_leaves_the_old_state_or_the_new(broker, tmp_path, point):
    """The file opens the ledger's keys as they are: the surviving month always, the other one with
    all of it or not at all. The same command again ends what was begun.
    """
    settings, (january, february) = await _with_two_months(broker, tmp_path)
    said = [settings.kafka.bootstrap, settings.kafka.topic_prefix, str(settings.key_file)]
    fault = PlantedFault(FaultAction.KILL, point, 1).variable(fork_server.server_pid())
    killed = await fork_server.start(
        [json.dumps(said)], tmp_path, {**os.environ, VARIABLE: fault}, program=_PROGRAM
    )
    assert await asyncio.wait_for(killed.wait(), 120) == -9
    async with started(settings) as keys:
        assert keys.ring.open(february, BOUND).reveal() == "x"
        gone = keys.ring.months[202001] is False
        if gone:
            with pytest.raises(KeyGone):
                keys.ring.open(january, BOUND)
        else:
            assert keys.ring.open(january, BOUND).reveal() == "x"
    assert gone is (
        point in {FaultPoint.COMMITTED, FaultPoint.REWRAPPED, FaultPoint.MASTER_REPLACED}
    )
    await destroy_month(settings, "202001", lambda _: None)
    async with started(settings) as keys:
        assert keys.ring.open(february, BOUND).reveal() == "x"
        assert keys.ring.months == {202001: False, 202002: True}
    content = key_file.read(settings.key_file)[0]
    assert (content.successor, content.months) == (None, {})


@pytest.mark.usefixtures("_files_may_stay")
async def test_another_month_after_an_interrupted_destruction_is_destroyed_too(broker, tmp_path):
    """The master key that was to come is the ledger's already: it wraps no second destruction."""
    settings, _ = await _with_two_months(broker, tmp_path)
    before = key_file.read(settings.key_file)[0]
    await destroy_month(settings, "202001", lambda _: None)
    after = key_file.read(settings.key_file)[0]
    both = KeyFile(v=2, master=before.master, secret=before.secret, successor=after.master)
    key_file.write(settings.key_file, both)
    await destroy_month(settings, "202002", lambda _: None)
    async with started(settings) as keys:
        assert keys.ring.months == {202001: False, 202002: False}
    assert key_file.read(settings.key_file)[0].masters.keys().isdisjoint(both.masters)


async def test_what_is_needed_is_not_destroyed(broker, tmp_path):
    """A month that something needs, and one that never was, leave file and ledger as they are."""
    settings, _ = await _with_two_months(broker, tmp_path)
    file, table = settings.key_file.read_bytes(), await read_table(settings)

    def needed(month: str) -> None:
        raise UserError(f"{month} is needed")

    with pytest.raises(UserError, match="is needed"):
        await destroy_month(settings, "202001", needed)
    with pytest.raises(UserError, match=re.escape("keys list")):
        await destroy_month(settings, "209901", lambda _: None)
    assert (settings.key_file.read_bytes(), await read_table(settings)) == (file, table)


@pytest.mark.usefixtures("_files_may_stay")
async def test_a_race_that_the_broker_compacts_meanwhile_loses_no_key(broker, tmp_path):
    """Files are begun and cleaned while processes agree: each month keeps the one key it was given
    first. Nothing of the log but the newest record of each key is left.
    """
    settings = await ledger(broker[0], tmp_path)
    Keyring.create(settings.key_file)
    months = [JANUARY + number * 31 * DAY_MS for number in range(4)]
    texts, touched = [], 0
    for raced_for in (months[:2], months[2:]):  # in each half the log is touched at least once
        racing = asyncio.create_task(raced(settings, raced_for, 3))
        while not racing.done():
            await append_exclusively(settings, lambda table: [table.ledger] if table.ledger else [])
            touched += 1
            await asyncio.wait([racing], timeout=1.2)
        texts += await racing
    async with started(settings) as keys:
        assert [keys.ring.open(text, BOUND).reveal() for text in texts] == ["x"] * 12
        assert [keys.ring.count(month) for month in keys.ring.months] == [1] * 4
    assert touched > 1
    await destroy_month(settings, "202001", lambda _: None)
    async with started(settings) as keys:
        survivors = [text for text in texts if month_of(text) != 202001]
        assert [keys.ring.open(text, BOUND).reveal() for text in survivors] == ["x"] * 9
