"""Damage and loss of `keys.v1` on a broker's disk is named; nobody goes on without a word."""

import asyncio
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from disk_damage import FLIPS, damage
from key_ledger import APRIL, BOUND, MARCH, ledger, report, started
from msgspec import structs

from agents.cli.shared.connected import reached
from agents.edges.crypto import key_file
from agents.edges.crypto.key_copy import copied, put_back, read_copy
from agents.edges.crypto.key_file import KeyFault, KeyFileError
from agents.edges.crypto.key_table import read_table, wrapped
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import KeyGone, MonthKey
from agents.edges.kafka import topic_admin
from agents.engine.failures import UnreadableBatch
from agents.engine.read.log_reader import LogShrunk
from agents.errors import UserError
from schemas.topics import KEYS

ENDS_S = 60


async def _with_keys(broker, folder: Path):
    """Return a ledger with the keys of two months and a report of the first."""
    settings = await ledger(broker[0].bootstrap, folder)
    Keyring.create(settings.key_file)
    async with started(settings) as keys:
        await keys.ring.ready(MARCH)
        await keys.ring.ready(APRIL)
        await report(settings, keys.ring, MARCH)
        sealed = keys.ring.seal("x", MARCH, BOUND)
    return settings, sealed


@pytest.mark.parametrize("flip", FLIPS)
async def test_a_damaged_batch_ends_every_reader_with_its_place(damaged_broker, tmp_path, flip):
    """Who starts, who reads again while it runs, who types a command: none takes it for gone."""
    settings, _ = await _with_keys(damaged_broker, tmp_path)
    log = damaged_broker[1] / "log" / f"{settings.kafka.topic_prefix}{KEYS.name}-0"
    async with asyncio.timeout(ENDS_S), started(settings) as running:
        damage(log, 2, flip)
        with pytest.raises(UnreadableBatch, match=rf"{KEYS.name}/0/\d+ begins"):
            await running.read_on()
        with pytest.raises(UnreadableBatch, match=rf"{KEYS.name}/0/\d+ begins"):
            async with started(settings):
                pass
    with pytest.raises(UserError, match=rf"{KEYS.name}/0/\d+ begins .* disk"), reached():
        raise UnreadableBatch(KEYS.name, 0, 2)


async def test_a_topic_that_lost_its_records_is_noticed_and_an_export_brings_them_back(
    damaged_broker, tmp_path
):
    """A process that runs ends; none starts, since a fresh key file would seem the same."""
    settings, sealed = await _with_keys(damaged_broker, tmp_path)
    copy = copied(await read_table(settings))
    async with asyncio.timeout(ENDS_S), started(settings) as running:
        task = running.task
        await _made_anew(settings)
        await asyncio.wait([task])
        assert isinstance(task.exception(), LogShrunk)
        with pytest.raises(KeyFileError) as refused:
            async with started(settings):
                pass
        assert refused.value.fault is KeyFault.UNPROVEN
        assert await put_back(settings, read_copy(copy)) == 2
        async with started(settings) as keys:
            assert (await keys.ring.unsealed(sealed, BOUND)).reveal() == "x"
            assert not keys.ring.lost


async def test_a_month_whose_record_is_lost_is_not_taken_for_destroyed(damaged_broker, tmp_path):
    """It is counted as lost until an export brings it back; the other months open meanwhile."""
    settings, sealed = await _with_keys(damaged_broker, tmp_path)
    table = await read_table(settings)
    lost = MonthKey(202601, bytes(32)).seal(b"x", BOUND)
    record = structs.replace(table.months["202603"], month="202601")
    async with asyncio.timeout(ENDS_S), started(settings) as keys:
        with pytest.raises(KeyGone):
            await keys.ring.unsealed(lost, BOUND)
        assert keys.ring.lost == {202601}
        assert (await keys.ring.unsealed(sealed, BOUND)).reveal() == "x"
    text = wrapped(key_file.read(settings.key_file)[0].master, "202601", bytes(32))
    table.add(structs.replace(record, wrapped=(text,)))
    async with asyncio.timeout(ENDS_S), started(settings) as keys:
        await put_back(settings, read_copy(copied(table)))
        assert (await keys.ring.unsealed(lost, BOUND)).reveal() == "x"
        assert not keys.ring.lost
    with pytest.raises(UserError, match="nothing to put back"):
        await put_back(settings, read_copy(copied(table)))


async def _made_anew(settings) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await client.start()
    try:
        await client.delete_topics([settings.kafka.topic_prefix + KEYS.name])
    finally:
        await client.close()
    while True:
        try:
            await topic_admin.apply(settings, topic_admin.wanted(settings))
        except UserError:  # the broker deletes in the background
            await asyncio.sleep(0.2)
        else:
            return
