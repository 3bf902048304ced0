"""What the tests of several commands of custody share."""

import asyncio

import pytest
from scratch_topics import scratch_settings

from agents import cli
from agents.edges.kafka.topic_admin import apply, wanted
from sim.demo.demo_settings import as_toml


@pytest.fixture
def hostwatch(bootstrap, tmp_path, capsys, monkeypatch):
    """Return what runs a command on a ledger of its own and gives its exit code and lines."""
    made = scratch_settings(
        bootstrap, key_file=tmp_path / "keys.json", state_dir=tmp_path / "state", vantages=()
    )
    kafka = made.kafka.model_copy(update={"partitions": 1})
    settings = made.model_copy(update={"kafka": kafka})
    config = tmp_path / "hostwatch.toml"
    config.write_text(as_toml(settings))
    monkeypatch.chdir(tmp_path)
    asyncio.run(apply(settings, wanted(settings)))

    def run(*arguments):
        code = cli.run(["--config", str(config), *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    for id in ("anna", "bram", "cleo"):
        assert run("keys", "person", "create", f"{id}.pem", "--id", id, "--name", id)[0] == 0
    return run


@pytest.fixture
def found(hostwatch):
    """Return what sets Anna and Bram as the ledger's first two persons."""

    def both():
        proposed = ("keys", "person", "propose", "anna.pem.card", "bram.pem.card")
        assert hostwatch(*proposed, "--person", "anna.pem")[0] == 0
        confirmed = ("keys", "person", "confirm", "proposal.json", "--yes")
        assert hostwatch(*confirmed, "--person", "bram.pem")[0] == 0

    return both
