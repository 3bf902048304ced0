"""A run of several files on a real broker, once and with a folder that is watched."""

from collections import Counter
from pathlib import Path

import pytest
from intake_world import IntakeWorld, world

from agents.tools.importing.hand_in import HandedIn
from agents.tools.importing.inbox import read_inbox
from agents.tools.importing.run import ImportRun, NotAsked
from streams.intake.formats.base import Using

RECORD = (
    '{{"type":"report","v":2,"id":"{0}","url":"https://a.example/{0}",'
    '"reported_at":"2026-03-01T10:00:00Z"}}\n'
)


class Told:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.failures: list[str] = []

    def file(self, path: Path):
        """Take a file that is begun."""
        return lambda _, __: None

    def handed_in(self, path: Path, result: HandedIn) -> None:
        """Take what became of it."""
        self.files.append(f"{path.name} {result.sent} {result.found}")

    def failed(self, path: Path, why: str) -> None:
        """Take why it could not be read."""
        self.failures.append(path.name)


async def run_of(ledger: IntakeWorld, told: Told, *, asked: Counter | None = None) -> ImportRun:
    """Return a run whose questions are counted; without a counter they are answered no."""

    def may_probe(urls: int, format: str) -> bool:
        if asked is not None:
            asked[format] += urls
        return asked is not None

    return ImportRun(
        settings=ledger.settings,
        hotline="line",
        outbox=ledger.outbox,
        using=Using(),
        probing=True,
        may_probe=may_probe,
        told=told,
        inbox=await read_inbox(ledger.settings, "line"),
    )


@pytest.fixture
async def ledger(bootstrap, tmp_path):
    async with world(bootstrap, tmp_path) as made:
        yield made


async def test_a_new_kind_of_file_is_asked_about_once(ledger, tmp_path):
    """With all its URLs; a file that cannot be read keeps no other from going in."""
    files = [tmp_path / f"{n}.ndjson" for n in range(3)]
    for n, file in enumerate(files):
        file.write_text(RECORD.format(n) + RECORD.format("same"))
    bad = tmp_path / "notes.txt"
    bad.write_text("dear diary\n")
    told = Told()
    with pytest.raises(NotAsked, match="4 URLs of hotline line"):
        await (await run_of(ledger, told)).take([*files, bad])
    assert await ledger.read("hotline.line.v1") == []
    asked = Counter[str]()
    run = await run_of(ledger, told, asked=asked)
    await run.take([*files[:2], bad])
    await run.take(files[2:])
    assert asked == {"ndjson": 3}
    assert told.failures == ["notes.txt", "notes.txt"]
    assert told.files == ["0.ndjson 2 0", "1.ndjson 2 0", "2.ndjson 2 0"]
    again = await run_of(ledger, told)
    await again.take(files)
    assert (again.total.sent, again.total.found) == (0, 6)
