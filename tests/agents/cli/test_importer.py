"""`hostwatch import` and `hostwatch registry` on a real broker."""

import asyncio
import json
import socket

import pytest
from intake_world import world

from agents import cli

ROW = "{},2026-02-07 00:00:00,http://192.0.2.7/{},offline,2026-02-08 00:00:00"


@pytest.fixture
def dump(tmp_path):
    file = tmp_path / "dump.csv"
    rows = [ROW.format(n, n) for n in (10, 11, 11, "x")]
    file.write_text("\n".join(["id,dateadded,url,status,last_online", *rows, ""]))
    return file


@pytest.fixture
async def ledger(bootstrap, tmp_path, monkeypatch):
    async with world(bootstrap, tmp_path) as made:
        kafka = made.settings.kafka
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", bootstrap)
        monkeypatch.setenv("HOSTWATCH_KAFKA__TOPIC_PREFIX", kafka.topic_prefix)
        monkeypatch.setenv("HOSTWATCH_KAFKA__PARTITIONS", str(kafka.partitions))
        yield made


async def _run(*arguments: str) -> int:
    """Run a command beside this test's loop; a command starts a loop of its own."""
    return await asyncio.to_thread(cli.run, arguments)


async def test_import_tells_what_became_of_each_line(ledger, dump, tmp_path, capsys):
    """The counts on the screen and in the JSON are those of the outcomes."""
    arguments = ("import", str(dump), "--hotline", "archive")
    assert await _run(*arguments, "--no-wait") == 0
    assert "handed in 4; 0 were" in capsys.readouterr().out
    async with ledger.intake() as intake:
        await ledger.work_off(intake, "hotline.archive.v1")
    out = tmp_path / "out.json"
    assert await _run(*arguments, "--json", str(out)) == 0
    assert json.loads(out.read_text()) == {
        "sent": 0,
        "found": 4,
        "accepted": 2,
        "duplicate": 1,
        "quarantined": {"malformed": 1},
        "outstanding": 0,
        "doubted": 0,
    }
    assert "  malformed" in capsys.readouterr().out


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("text", ["", "id,dateadded,url,status,last_online\n", "\n\n"])
async def test_import_of_an_empty_file_fails(tmp_path, capsys, text):
    """A script that hands in a file that is cut short is told so; exit code 1 or 2."""
    file = tmp_path / "empty.csv"
    file.write_text(text)
    assert await _run("import", str(file), "--hotline", "archive") in {1, 2}
    assert capsys.readouterr().err


async def test_import_of_a_file_of_refused_records_fails(ledger, tmp_path, capsys):
    """Nothing of it was taken: exit code 1, and the counts are shown all the same."""
    file = tmp_path / "bad.ndjson"
    file.write_text('{"type":"gift","v":1}\n{"type":"report"}\n')
    arguments = ("import", str(file), "--hotline", "archive")
    assert await _run(*arguments, "--no-wait") == 0
    async with ledger.intake() as intake:
        await ledger.work_off(intake, "hotline.archive.v1")
    assert await _run(*arguments) == 1
    said = capsys.readouterr()
    assert "quarantined  2" in said.out
    assert "all records of the file were refused" in said.err


@pytest.mark.usefixtures("ledger")
async def test_import_of_an_unknown_hotline_hands_in_nothing(dump, capsys):
    """A hotline that nobody entered is the user's mistake, found before the first record."""
    assert await _run("import", str(dump), "--hotline", "nobody") == 2
    assert "registry knows no hotline nobody" in capsys.readouterr().err


@pytest.mark.usefixtures("ledger")
async def test_import_of_no_dump_is_one_line(tmp_path, capsys):
    """A file of no known kind ends with code 2 and says where it is wrong."""
    file = tmp_path / "notes.txt"
    file.write_text("dear diary\n")
    assert await _run("import", str(file), "--hotline", "line") == 2
    assert "line 1 begins no known format" in capsys.readouterr().err


@pytest.mark.usefixtures("ledger")
async def test_registry_is_applied_once_and_shown(tmp_path, capsys):
    """What is new is written and told, the same again changes nothing, mistakes name the file."""
    file = tmp_path / "hosters.toml"
    file.write_text('[[hoster]]\nid = "new"\nname = "New"\nasns = [64999]\n')
    assert await _run("registry", "apply", str(file)) == 0
    assert "1 written; they hold from the start" in capsys.readouterr().out
    assert await _run("registry", "apply", str(file)) == 0
    assert "nothing has changed" in capsys.readouterr().out
    assert await _run("registry", "show") == 0
    assert "New (hosting" in capsys.readouterr().out
    file.write_text('[[hoster]]\nid = "thief"\nname = "T"\nasns = [64500]\n')
    assert await _run("registry", "apply", str(file)) == 2
    assert f"{file}: AS64500 is claimed by north and by thief" in capsys.readouterr().err


async def test_broker_that_does_not_answer_is_one_line(dump, monkeypatch, capsys):
    """Nobody listens: the command ends with code 2 and says what to look at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", f"127.0.0.1:{taken.getsockname()[1]}")
        assert await _run("import", str(dump), "--hotline", "line") == 2
    said = capsys.readouterr().err
    assert "hostwatch kafka status" in said
    assert said.count("hostwatch: ") == 1
