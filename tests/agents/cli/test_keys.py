"""`hostwatch keys`."""

import pytest

from agents import cli


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
