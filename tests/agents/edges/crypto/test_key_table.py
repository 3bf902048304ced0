"""The table of month keys: one key a month, whoever races for it or stood still."""

import subprocess

import pytest
from key_ledger import APRIL, BOUND, MARCH, ledger, raced, sealing, started

from agents.edges.crypto.key_table import append_exclusively, read_table
from agents.edges.crypto.keys import Keyring
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.read.bulk import read_partitions
from agents.engine.stage import Send
from schemas.codec import KEY
from schemas.topics import KEYS


@pytest.mark.parametrize("count", [3, pytest.param(6, marks=pytest.mark.soak)])
async def test_processes_that_race_for_a_month_agree_on_one_key(bootstrap, tmp_path, count):
    """Processes meet four new months at once: each month has one key, and it opens all."""
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    months = [MARCH + number * 31 * 86_400_000 for number in range(4)]
    texts = await raced(settings, months, count)
    async with started(settings) as keys:
        assert [keys.ring.open(text, BOUND).reveal() for text in texts] == ["x"] * 4 * count
        assert all(keys.ring.count(month) == 1 for month in keys.ring.months)
    offsets = await _offsets(settings)
    assert len(offsets) == len(set(offsets)) == 5  # a record for the ledger and for each month


async def _offsets(settings) -> list[bytes]:
    found = []
    async for records in read_partitions(settings, KEYS.name, (0,)):
        found += [record.key for record in records]
    return found


async def test_a_writer_that_stood_still_appends_nothing(bootstrap, tmp_path):
    """Between its reading and its writing another one wrote: it is fenced and reads again."""
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    async with started(settings) as keys:
        seen = []

        def slow(table):
            seen.append(sorted(table.months))
            if len(seen) == 1:
                done = subprocess.run(
                    sealing(settings, [MARCH]),
                    capture_output=True,
                    text=True,
                    timeout=60,
                    check=False,
                )
                assert done.returncode == 0
            return keys._made(table, ["202603"])

        table = await append_exclusively(settings, slow)
        assert seen == [[], ["202603"]]
        assert await _offsets(settings) == [b"ledger", b"202603"]
        assert table.months["202603"] == (await read_table(settings)).months["202603"]


async def test_what_is_no_record_of_ours_is_passed_over(bootstrap, tmp_path):
    """Garbage, a tombstone and a record under another month's key neither stop nor replace."""
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    async with started(settings) as keys:
        await keys.ring.ready(MARCH, APRIL)
        sealed = keys.ring.seal("x", MARCH, BOUND)
    table = await read_table(settings)
    april = KEY.encode(table.months["202604"])
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send(
            [
                Send(KEYS.name, b"202603", b"{garbage", partition=0),
                Send(KEYS.name, b"202603", None, partition=0),
                Send(KEYS.name, b"202603", april, partition=0),
                Send(KEYS.name, b"ledger", april, partition=0),
                Send(KEYS.name, b"\xff", b"\x00", partition=0),
            ]
        )
    finally:
        await outbox.stop()
    async with started(settings) as keys:
        assert keys.ring.open(sealed, BOUND).reveal() == "x"
    assert (await read_table(settings)).odd == 5
