"""What files hold stands in the inbox alone, and of material nothing stands anywhere."""

import asyncio
import os
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path

import pytest
from format_reading import MAIL_HOST, MAPPING, NOTICE, ZONE
from intake_world import world
from live_folder import below
from material import DROPPED, IMAGE, VALID, with_image, with_words

from agents import cli
from agents.engine.stage import Send
from schemas.codec import HOTLINE

INBOX = "hotline.line.v1"


@pytest.fixture
async def ledger(bootstrap, tmp_path, monkeypatch):
    async with world(bootstrap, tmp_path) as made:
        kafka = made.settings.kafka
        monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", bootstrap)
        monkeypatch.setenv("HOSTWATCH_KAFKA__TOPIC_PREFIX", kafka.topic_prefix)
        monkeypatch.setenv("HOSTWATCH_KAFKA__PARTITIONS", str(kafka.partitions))
        notice = Send(topic=INBOX, key=NOTICE.id.encode(), value=HOTLINE.encode(NOTICE))
        await made.outbox.send([notice])
        yield made


async def _import(*arguments: str) -> int:
    words = ("import", *arguments, "--hotline", "line", "--no-wait", "--probe")
    options = ("--zone", str(ZONE), "--mail-host", MAIL_HOST)
    return await asyncio.to_thread(cli.run, (*words, *options))


def _holding(places: Iterable[Path], word: bytes, passed_over: Collection[Path]) -> list[str]:
    """Return the files under some folders that hold a word."""
    found = []
    for place in places:
        for top, folders, names in os.walk(place):
            here = Path(top)
            folders[:] = [name for name in folders if here / name not in passed_over]
            for name in names:
                try:
                    if word in (here / name).read_bytes():
                        found.append(str(here / name))
                except OSError:  # it went meanwhile
                    continue
    return found


async def test_nothing_of_a_file_stands_outside_the_inbox(
    ledger, tmp_path, broker_files, capfd, caplog
):
    """Words put into every field of every format: in no topic, log, message or file but there."""
    folder = tmp_path / "files"
    folder.mkdir()
    for path in VALID:
        if path.parent.parent.name != "csv":
            (folder / f"{path.parent.parent.name}-{path.name}").write_bytes(with_words(path))
    await _import(str(folder))
    mapped = tmp_path / "files" / "own.csv"
    mapped.write_bytes(with_words(next(p for p in VALID if p.name == "own.csv")))
    assert await _import(str(mapped), "--mapping", str(MAPPING)) == 0
    async with ledger.intake() as intake:
        await ledger.work_off(intake, INBOX)
    sent = b"".join(record.value + record.key for record in await ledger.read(INBOX))
    assert b"canaryhost" in sent
    assert b"canaryquery" in sent
    assert [word for word in DROPPED if word in sent] == []
    prefix = ledger.settings.kafka.topic_prefix
    topics = [one for one in below(broker_files or tmp_path) if one.name.startswith(prefix)]
    inboxes = [one for one in topics if one.name.startswith(f"{prefix}{INBOX}-")]
    assert inboxes or broker_files is None
    assert _holding(inboxes, b"canaryhost", ()) or not inboxes  # so it would be found
    others = [one for one in topics if one not in inboxes]
    assert _holding([tmp_path, *others], b"canary", (folder,)) == []
    said = capfd.readouterr()
    assert "canary" not in said.out + said.err + caplog.text


@pytest.mark.parametrize(
    "each", [pytest.param(5, id="4"), pytest.param(1, id="20", marks=pytest.mark.soak)]
)
async def test_an_image_in_any_place_of_any_format_is_found_nowhere(
    each, ledger, tmp_path_factory, *, broker_files, monkeypatch, capfd
):
    """Every file is refused, and no file on the disk has a byte of it."""
    folder, temporary = (tmp_path_factory.mktemp(name) for name in ("files", "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    for path in VALID:
        for number, copy in enumerate(with_image(path)[::each]):
            name = f"{path.parent.parent.name}-{number}-{path.name}"
            (folder / name).write_bytes(copy)
    assert await _import(str(folder)) == 1
    before = len(await ledger.read(INBOX))
    async with ledger.intake() as intake:
        await ledger.work_off(intake, INBOX)
    assert before >= 1
    prefix = ledger.settings.kafka.topic_prefix
    topics = [one for one in below(broker_files or temporary) if one.name.startswith(prefix)]
    assert topics or broker_files is None
    places = [temporary, *topics]
    for needle in (IMAGE[:16].encode(), IMAGE[-16:].encode(), b"IEND\xaeB`"):
        assert _holding(places, needle, (folder,)) == []
    assert list(temporary.iterdir()) == []
    said = capfd.readouterr()
    assert IMAGE[:16] not in said.out + said.err
