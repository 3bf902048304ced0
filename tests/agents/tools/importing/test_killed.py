"""`hostwatch import --watch` is killed with -9 again and again: each line stands once."""

import asyncio
import random
import signal
from collections import Counter
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from command import hostwatch, said
from intake_world import PARTITIONS, IntakeWorld, world

INBOX = "hotline.line.v1"
LINES = 4_000
HEADER = "URL;REFERER;WORKUSER-EMAIL;REFERENCE;SOURCE;TYPE\n"


def _file(folder: Path, number: int) -> None:
    rows = [f"https://a.example/{number}/{n};;;{number}-{n};;\n" for n in range(LINES)]
    part = folder / f"{number}.csv.part"
    part.write_text(HEADER + "".join(rows))
    part.rename(folder / f"{number}.csv")


async def _stands(ledger: IntakeWorld) -> int:
    """Return how many records the inbox has."""
    kafka = ledger.settings.kafka
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap)
    await consumer.start()
    try:
        topic = kafka.topic_prefix + INBOX
        ends = await consumer.end_offsets([TopicPartition(topic, p) for p in range(PARTITIONS)])
        return sum(ends.values())
    finally:
        await consumer.stop()


async def _killed(ledger: IntakeWorld, folder: Path, kills: int) -> Counter[str]:
    """Let it be killed as often; return how often each id stands in the inbox in the end."""
    chance = random.Random(kills)
    kafka = ledger.settings.kafka
    settings = {
        "KAFKA__BOOTSTRAP": kafka.bootstrap,
        "KAFKA__TOPIC_PREFIX": kafka.topic_prefix,
        "KAFKA__PARTITIONS": str(kafka.partitions),
    }
    inbox = folder / "in"
    inbox.mkdir()
    words = ("import", str(inbox), "--hotline", "line", "--watch", "--probe")
    for number in range(kills):
        _file(inbox, number)
        async with hostwatch(folder, *words, **settings) as process:
            wanted = await _stands(ledger) + chance.randrange(1, LINES)
            async with asyncio.timeout(180):
                while await _stands(ledger) < min(wanted, LINES * (number + 1)):
                    assert process.returncode is None, said(folder)
                    await asyncio.sleep(0.01)
            process.kill()
            await process.wait()
    _file(inbox, kills)  # once it stands, the command is past its start, and hears of its end
    async with hostwatch(folder, *words, **settings) as process, asyncio.timeout(180):
        while await _stands(ledger) < LINES * (kills + 1):
            assert process.returncode is None, said(folder)
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0, said(folder)
    return Counter(record.key.decode() for record in await ledger.read(INBOX))


@pytest.mark.parametrize(
    "kills", [pytest.param(3, id="3"), pytest.param(20, id="20", marks=pytest.mark.soak)]
)
async def test_each_line_stands_once(bootstrap, tmp_path, kills):
    """Files come while it is killed at points drawn by lot; the last run ends when it is told."""
    async with world(bootstrap, tmp_path) as ledger:
        found = await _killed(ledger, tmp_path, kills)
    assert set(found.values()) == {1}
    assert set(found) == {f"{number}-{n}" for number in range(kills + 1) for n in range(LINES)}
