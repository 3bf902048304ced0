"""Laws of `hostwatch intake key`."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from agents.cli import app
from agents.clock import Clock
from agents.edges.intake_http.api_keys import ApiKeys
from agents.errors import UserError
from schemas.moments import DAY_MS


def key(file: Path, *words: str) -> Result:
    """Run the command with a file of keys."""
    variables = {"HOSTWATCH_INTAKE__KEYS_FILE": str(file)}
    return CliRunner().invoke(app, ["intake", "key", *words], env=variables)


def test_a_key_is_made_shown_once_listed_and_revoked(tmp_path):
    """Standard output has the key alone; no list and no file ever has it again."""
    file = tmp_path / "keys"
    made = key(file, "create", "--hotline", "north", "--valid-days", "30", "--sandbox")
    assert made.exit_code == 0, made.output
    text = made.stdout.strip()
    keys = ApiKeys(file)
    keys.load()
    found = keys.find(text)
    assert (found.hotline, found.sandbox) == ("north", True)
    assert abs(found.expires_at - Clock().now() - 30 * DAY_MS) < DAY_MS
    (row,) = json.loads(key(file, "list", "--json").stdout)
    assert (row["id"], row["hotline"], row["state"], row["sandbox"]) == (
        found.id,
        "north",
        "valid",
        True,
    )
    assert found.id in key(file, "list").stdout
    assert key(file, "revoke", found.id).exit_code == 0
    assert keys.find(text) is None
    assert json.loads(key(file, "list", "--json").stdout)[0]["state"] == "revoked"
    assert text not in file.read_text() + key(file, "list").output


def test_the_command_of_the_release_before_works(tmp_path):
    """It says on standard error what to use instead, and its output is still the key alone."""
    file = tmp_path / "keys"
    made = key(file, "--hotline", "north")
    keys = ApiKeys(file)
    keys.load()
    assert keys.find(made.stdout.strip()).hotline == "north"
    assert "intake key create" in made.stderr
    assert key(file).exit_code == 2


def test_a_mistake_is_named_in_one_line(tmp_path):
    """An id of no key or no hotline, and settings without a file, are told; nothing is written."""
    file = tmp_path / "keys"
    file.touch()
    unknown = key(file, "revoke", "00000000")
    assert isinstance(unknown.exception, UserError)
    assert "intake key list" in str(unknown.exception)
    assert key(file, "create", "--hotline", "No One").exit_code == 2
    assert file.read_text() == ""
    without = CliRunner().invoke(app, ["intake", "key", "list"])
    assert isinstance(without.exception, UserError)
    assert "intake.keys_file" in str(without.exception)
