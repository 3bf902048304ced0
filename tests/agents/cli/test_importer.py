"""`hostwatch import` and `hostwatch registry` on a real broker."""

import asyncio
import json
import socket

import pytest
from format_reading import MAPPING, SAMPLES
from intake_world import world

from agents import cli
from schemas.codec import HOTLINE

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
    arguments = ("import", str(dump), "--hotline", "archive", "--probe")
    assert await _run(*arguments, "--no-wait") == 0
    assert "handed in 4; 0 were" in capsys.readouterr().out
    async with ledger.intake() as intake:
        await ledger.work_off(intake, "hotline.archive.v1")
    out = tmp_path / "out.json"
    assert await _run(*arguments, "--json", str(out)) == 0
    assert json.loads(out.read_text()) == {
        "sent": 0,
        "found": 4,
        "refused": {},
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
    arguments = ("import", str(file), "--hotline", "archive", "--probe")
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


@pytest.mark.usefixtures("ledger")
async def test_nothing_is_probed_that_nobody_allowed(dump, capsys):
    """The first files of a kind are not handed in before somebody said that URLs are probed."""
    arguments = ("import", str(dump), "--hotline", "archive", "--no-wait")
    assert await _run(*arguments) == 2
    said = capsys.readouterr()
    assert "2 URLs of hotline archive would be resolved and probed" in said.err
    assert "--no-probing" in said.err
    assert await _run(*arguments, "--probe") == 0
    assert "handed in 4" in capsys.readouterr().out
    assert await _run(*arguments) == 0


async def test_reports_that_are_not_to_be_probed_say_so(ledger, dump):
    """`--no-probing` stands in each report, and whoever decodes it sees that it does."""
    arguments = ("import", str(dump), "--hotline", "archive", "--no-wait", "--no-probing")
    assert await _run(*arguments) == 0
    found = [record.value for record in await ledger.read("hotline.archive.v1")]
    reports = [HOTLINE.decode(value) for value in found if b"report" in value]
    assert len(reports) == 3
    assert all(report.probing is False for report in reports)


async def test_a_folder_goes_in_as_its_files_do(ledger, tmp_path, capsys):
    """Files of several formats, one that is none, and one that is still written."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("scart/valid/ntd.csv", "ndjson/valid/records.ndjson", "scart/invalid/bad_url.csv"):
        (folder / name.replace("/", "-")).write_bytes((SAMPLES / name).read_bytes())
    (folder / "notes.txt").write_text("dear diary\n")
    (folder / "later.ndjson.part").write_text("{}")
    arguments = ("import", str(folder), "--hotline", "line", "--no-wait", "--probe")
    assert await _run(*arguments, "--zone", "Europe/Amsterdam") == 1
    said = capsys.readouterr()
    assert "handed in 6; 0 were" in said.out
    assert "bad_url         1" in said.out
    assert "line 2: bad_url (the first of 1)" in said.err
    assert "1 files could not be read" in said.err
    assert len(await ledger.read("hotline.line.v1")) == 6


async def test_a_mapped_file_goes_in(ledger):
    """A hotline's own CSV, by its mapping: a report a row and a notice where one was sent."""
    file = SAMPLES / "csv" / "valid" / "own.csv"
    arguments = ("import", str(file), "--hotline", "line", "--no-wait", "--probe")
    assert await _run(*arguments, "--mapping", str(MAPPING)) == 0
    found = [HOTLINE.decode(record.value) for record in await ledger.read("hotline.line.v1")]
    assert sorted(record.id for record in found) == ["M-1", "M-1.notice", "M-2"]


@pytest.mark.usefixtures("ledger")
async def test_a_file_of_refused_rows_is_no_import(capsys):
    """Nothing went in: exit code 1, and where the reasons are explained."""
    file = SAMPLES / "scart" / "invalid" / "bad_url.csv"
    assert await _run("import", str(file), "--hotline", "line", "--probe") == 1
    assert "all records were refused" in capsys.readouterr().err
