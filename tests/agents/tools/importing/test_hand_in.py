"""The importer on a real broker."""

from collections.abc import Sequence

import pytest
from intake_world import IntakeWorld, world

from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from agents.tools.importing.hand_in import Imported, import_file
from agents.tools.importing.outcomes import await_outcomes
from schemas.closed_lists import Quarantine
from schemas.identity.ids import partition_of

INBOX = "hotline.archive.v1"
HEADER = "id,dateadded,url,status,last_online"
ROWS = [
    f"{10_000 + n},2026-02-07 00:{n // 60 % 60:02}:{n % 60:02},http://192.0.2.7/{n},offline,"
    for n in range(2_500)
]
IDLE_S = 60.0


class Killed(Exception):
    """The importer was killed here."""


class DyingOutbox:
    """Hands on a number of batches, then writes one partition of one, half of another, and dies."""

    def __init__(self, outbox: KafkaOutbox, batches: int) -> None:
        self._outbox, self._left = outbox, batches

    async def send(self, records: Sequence[Send]) -> None:
        """Write, or die."""
        if not self._left:
            lanes = [[r for r in records if partition_of(r.key, 3) == lane] for lane in range(3)]
            await self._outbox.send([*lanes[0], *lanes[1][:100]])
            raise Killed
        self._left -= 1
        await self._outbox.send(records)


@pytest.fixture
async def ledger(bootstrap, tmp_path):
    async with world(bootstrap, tmp_path) as made:
        yield made


def _nothing(done: int, total: int) -> None:
    assert done <= total


def _file(ledger: IntakeWorld, lines: Sequence[str]):
    path = ledger.settings.state_dir / "dump.csv"
    path.write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    return path


async def _import(ledger: IntakeWorld, path) -> Imported:
    return await import_file(ledger.settings, path, "archive", ledger.outbox, _nothing)


async def test_import_says_what_became_of_every_line(ledger):
    """Accepted, duplicate and quarantined add up to the lines of the file."""
    lines = [*ROWS[:50], *ROWS[:5], ROWS[5].replace("/5,", "/other,"), ROWS[6][:20]]
    imported = await _import(ledger, _file(ledger, lines))
    assert (imported.sent, imported.found) == (57, 0)
    async with ledger.intake() as intake:
        await ledger.work_off(intake, INBOX)
    settled = await await_outcomes(ledger.settings, imported, IDLE_S, _nothing)
    assert (settled.accepted, settled.duplicate, settled.outstanding) == (50, 5, 0)
    assert settled.quarantined == {Quarantine.CONFLICT: 1, Quarantine.MALFORMED: 1}


async def test_same_file_again_changes_nothing(ledger):
    """A file that is in the inbox is not handed in again, and its outcomes are told again."""
    path = _file(ledger, ROWS[:20])
    first = await _import(ledger, path)
    again = await _import(ledger, path)
    assert (again.sent, again.found, again.origins) == (0, 20, first.origins)
    assert len(await ledger.read(INBOX)) == 20


async def test_killed_import_goes_on_where_it_left_off(ledger):
    """After a kill in the middle of a batch every line is there, and each once."""
    path = _file(ledger, ROWS)
    with pytest.raises(Killed):
        await import_file(ledger.settings, path, "archive", DyingOutbox(ledger.outbox, 1), _nothing)
    before = len(await ledger.read(INBOX))
    assert 1_000 < before < len(ROWS)
    imported = await _import(ledger, path)
    keys = [record.key for record in await ledger.read(INBOX)]
    assert len(keys) == len(ROWS)
    assert set(keys) == {row.split(",")[0].encode() for row in ROWS}
    assert sum(map(len, imported.origins.values())) == imported.sent + imported.found
