"""`hostwatch keys`."""

import asyncio
import io
import json

import pytest
from key_ledger import ledger, started

from agents import cli
from agents.edges.crypto.key_file import KeyFault
from agents.edges.crypto.key_table import read_table
from agents.edges.crypto.keys import Keyring


@pytest.fixture(autouse=True)
def key_file(tmp_path, monkeypatch):
    file = tmp_path / "keys.json"
    monkeypatch.setenv("HOSTWATCH_KEY_FILE", str(file))
    return file


def test_keys_are_made_once_and_shown_without_a_secret(key_file, capsys):
    """The file is made, is never overwritten, and no key of it is printed."""
    assert cli.run(["keys", "create"]) == 0
    before = key_file.read_text()
    assert cli.run(["keys", "create"]) == 2
    assert key_file.read_text() == before
    assert cli.run(["keys", "status"]) == 0
    said = capsys.readouterr()
    assert "never overwritten" in said.err
    assert "master key" in said.out
    assert not any(line.strip(' ",') in said.out for line in before.splitlines() if "=" in line)


def test_missing_file_says_what_to_do(capsys):
    """One line names the command that makes the file."""
    assert cli.run(["keys", "status"]) == 2
    assert capsys.readouterr().err == (
        "hostwatch: no key file; make one with `hostwatch keys create`\n"
    )


def test_a_file_that_others_may_read_is_refused(key_file, capsys):
    """The line says what to do, and nothing is done with the keys."""
    assert cli.run(["keys", "create"]) == 0
    key_file.chmod(0o644)
    assert cli.run(["keys", "status"]) == 2
    assert "chmod 600" in capsys.readouterr().err


async def _prepared(bootstrap, folder):
    settings = await ledger(bootstrap, folder)
    Keyring.create(settings.key_file)
    async with started(settings):
        pass
    return settings


@pytest.mark.parametrize(
    "command",
    [
        ["import", "FILE", "--hotline", "line"],
        ["registry", "apply", "FILE"],
        ["intake", "serve"],
        ["worker"],
    ],
    ids=lambda command: command[0],
)
def test_who_has_another_key_file_writes_nothing(bootstrap, tmp_path, monkeypatch, capsys, command):
    """One line says so, and the exit code is 2: the ledger is not the one that is meant."""
    settings = asyncio.run(_prepared(bootstrap, tmp_path / "ledger"))
    Keyring.create(tmp_path / "other.json")
    monkeypatch.setenv("HOSTWATCH_KEY_FILE", str(tmp_path / "other.json"))
    monkeypatch.setenv("HOSTWATCH_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("HOSTWATCH_VANTAGES", "[]")
    monkeypatch.setenv("HOSTWATCH_WEB__PORT", "0")
    monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", bootstrap)
    monkeypatch.setenv("HOSTWATCH_KAFKA__TOPIC_PREFIX", settings.kafka.topic_prefix)
    monkeypatch.setenv("HOSTWATCH_KAFKA__PARTITIONS", "1")
    file = tmp_path / "file"
    file.write_text("")
    assert cli.run([str(file) if word == "FILE" else word for word in command]) == 2
    said = capsys.readouterr().err
    assert said.endswith(f"hostwatch: {KeyFault.FOREIGN.value}\n")
    assert asyncio.run(read_table(settings)).months == {}


def test_keys_are_listed_and_destroyed(bootstrap, tmp_path, monkeypatch, capsys):
    """`list` names the months, `bind` binds, `destroy` asks first and says what is to be done.

    It goes by its older name `shred` too.
    """
    settings = asyncio.run(ledger(bootstrap, tmp_path))
    Keyring.create(settings.key_file)
    monkeypatch.setenv("HOSTWATCH_KEY_FILE", str(settings.key_file))
    monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", bootstrap)
    monkeypatch.setenv("HOSTWATCH_KAFKA__TOPIC_PREFIX", settings.kafka.topic_prefix)
    monkeypatch.setenv("HOSTWATCH_KAFKA__PARTITIONS", "1")
    assert cli.run(["keys", "list"]) == 0
    assert "names no key file yet" in capsys.readouterr().err
    assert cli.run(["keys", "bind"]) == 0
    asyncio.run(_with_a_month(settings))
    assert cli.run(["keys", "list"]) == 0
    assert "2020-01  present" in capsys.readouterr().out
    assert cli.run(["keys", "list", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"month": "2020-01", "key": "present"}]
    copy = str(tmp_path / "keys.ndjson")
    assert cli.run(["keys", "export", copy]) == 0
    assert "1 months" in capsys.readouterr().out
    assert cli.run(["keys", "export", copy]) == 0
    before = settings.key_file.read_bytes()
    assert cli.run(["keys", "export", str(settings.key_file)]) == 2
    assert "holds keys and is not replaced" in capsys.readouterr().err
    assert settings.key_file.read_bytes() == before
    assert cli.run(["keys", "restore", copy]) == 2
    assert "nothing to put back" in capsys.readouterr().err
    assert cli.run(["keys", "restore", str(tmp_path / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert cli.run(["keys", "destroy", "202001"]) != 0
    assert "Go on?" in capsys.readouterr().out
    assert cli.run(["keys", "shred", "202001", "--yes"]) == 0
    assert "every other host" in capsys.readouterr().out
    assert cli.run(["keys", "list"]) == 0
    assert "2020-01  destroyed" in capsys.readouterr().out


async def _with_a_month(settings):
    async with started(settings) as keys:
        await keys.ring.ready(1_578_614_400_000)
