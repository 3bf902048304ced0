"""`hostwatch topics`: what is shown, what is changed, and what is refused before anybody asks."""

import asyncio
import json
import os
from pathlib import Path

import pytest
from scratch_topics import scratch_settings
from secured_broker import ADMIN, NORTH, Secured, hotline_user
from typer.testing import CliRunner, Result

from agents import cli
from agents.config import KafkaSettings, Settings, VantageSettings
from agents.edges.kafka import acl
from agents.edges.kafka.topic_admin import apply, wanted
from sim.demo.demo_settings import as_toml

NOWHERE = Settings(kafka=KafkaSettings(bootstrap="127.0.0.1:9"))
"""Nobody is asked there: what a test gets of it, it gets without a broker."""


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("HOSTWATCH_"):
            monkeypatch.delenv(name)


def ran(folder: Path, settings: Settings, *arguments: str) -> Result:
    """Run `hostwatch topics` with settings."""
    config = folder / "hostwatch.toml"
    config.write_text(as_toml(settings))
    wide = {"COLUMNS": "200"}
    return CliRunner().invoke(cli.app, ["--config", str(config), "topics", *arguments], env=wide)


def test_a_plan_is_what_apply_does(bootstrap: str, tmp_path: Path) -> None:
    """1 and every difference before; afterwards 0, also with the hotlines of the registry."""
    made = scratch_settings(bootstrap, vantages=(VantageSettings(id="home"),))
    kafka = made.kafka.model_copy(update={"partitions": 1})
    settings = made.model_copy(update={"kafka": kafka})
    named = ("--hotline", NORTH)
    planned = ran(tmp_path, settings, "plan", *named)
    assert planned.exit_code == 1
    assert {"hotline.north.v1", "probes.home.v1", "cases.v1"} <= {*planned.stdout.split()}
    as_json = ran(tmp_path, settings, "plan", *named, "--json", "-")
    assert as_json.exit_code == 1
    assert {row["topic"] for row in json.loads(as_json.stdout)} <= {*planned.stdout.split()}
    applied = ran(tmp_path, settings, "apply", *named)
    assert (applied.exit_code, applied.stdout) == (0, planned.stdout)
    for more in (named, ()):
        again = ran(tmp_path, settings, "plan", *more)
        assert (again.exit_code, again.stdout) == (0, "every topic is as it must be\n")
    other = ran(tmp_path, settings, "plan", "--vantage", "away")
    assert (other.exit_code, "probes.away.v1" in other.stdout) == (1, True)


@pytest.mark.parametrize("option", ["--hotline", "--vantage"])
@pytest.mark.parametrize("command", ["plan", "apply", "acls"])
def test_an_id_that_is_none_names_no_topic(tmp_path: Path, command: str, option: str) -> None:
    """It would become part of a topic's name, or of a user's."""
    said = ran(tmp_path, NOWHERE, command, "--hotline", NORTH, option, "North.*")
    assert said.exit_code == 2
    assert "lower-case letters, digits and dashes" in " ".join(said.stderr.split())


def test_rights_are_shown_without_being_given(tmp_path: Path) -> None:
    """Of the hotlines named, each with the operation on its topic; nobody is asked for it."""
    said = ran(tmp_path, NOWHERE, "acls", "--hotline", NORTH)
    assert said.exit_code == 0, said.output
    rows = [
        [cell.strip() for cell in line.split("\u2502")[1:-1]] for line in said.stdout.split("\n")
    ]
    assert [hotline_user(NORTH), "topic", "hotline.north.v1", "write"] in rows
    assert any(row and row[2].endswith("*") for row in rows)
    as_json = json.loads(ran(tmp_path, NOWHERE, "acls", "--hotline", NORTH, "--json", "-").stdout)
    assert [[*one.values()] for one in as_json] == [row for row in rows if row]
    assert "rights are given" not in said.stdout


def test_a_ledger_is_not_copied_onto_itself(tmp_path: Path) -> None:
    """The old one would be removed behind the copy."""
    said = ran(tmp_path, NOWHERE, "migrate", "--from-prefix", "a.", "--to-prefix", "a.", "--yes")
    assert (said.exit_code, "the two are the same" in said.stderr) == (2, True)


def test_an_old_ledger_is_removed_by_who_said_so(tmp_path: Path) -> None:
    """Asked and not confirmed, nothing begins."""
    said = ran(tmp_path, NOWHERE, "migrate", "--from-prefix", "a.", "--to-prefix", "b.")
    assert said.exit_code == 1
    assert "Remove the old ledger" in said.output


def test_the_command_takes_rights_back(secured: Secured, tmp_path: Path) -> None:
    """`topics acls --apply` says what it took back; with hotlines named it only gives."""
    admin = secured.settings(ADMIN, "acl7.")
    more = acl.Grant(acl.WORKER, acl.ResourceType.TOPIC, "acl7.registry.v1", acl.AclOperation.WRITE)
    asyncio.run(apply(admin, wanted(admin, [])))
    asyncio.run(acl.allow(admin, [more]))
    config = tmp_path / "admin.toml"
    config.write_text(as_toml(admin))
    command = ["--config", str(config), "topics", "acls", "--apply"]
    only = CliRunner().invoke(cli.app, [*command, "--hotline", NORTH])
    assert (only.exit_code, "revoked" in only.stdout) == (0, False), only.output
    whole = CliRunner().invoke(cli.app, command)
    assert whole.exit_code == 0, whole.output
    assert f"revoked from {acl.WORKER}: write on topic acl7.registry.v1" in whole.stdout
    assert (
        f"revoked from {hotline_user(NORTH)}: write on topic acl7.hotline.{NORTH}.v1"
        in whole.stdout
    )
