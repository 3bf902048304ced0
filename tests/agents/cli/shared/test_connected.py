"""Which broker a command asks, and what a person reads of one that fails."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError

from agents import cli
from agents.cli.shared.connected import connected, reached, writing
from agents.config import Settings
from agents.edges.child_process.ports import reserved
from agents.edges.crypto.keys import Keyring
from agents.engine.failures import NoSuchTopic, SendFailed, UnreadableBatch
from agents.engine.read.log_reader import LogShrunk
from agents.errors import UserError


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("HOSTWATCH_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def asked(get: Callable[[typer.Context], Settings]) -> tuple[int, list[Settings]]:
    """Return the exit code of a command that asks for its settings, and these."""
    commands, found = typer.Typer(), list[Settings]()

    @commands.callback()
    def before() -> None:
        pass

    @commands.command()
    def ask(ctx: typer.Context) -> None:
        found.append(get(ctx))

    return cli.run(["ask"], commands), found


@pytest.mark.parametrize("get", [connected, writing])
def test_without_a_broker_the_person_is_told_how_to_start_one(
    capsys: pytest.CaptureFixture[str], get: Callable[[typer.Context], Settings]
) -> None:
    """Neither named nor running: one line with the command, and exit code 2."""
    assert asked(get) == (2, [])
    assert "hostwatch kafka start" in capsys.readouterr().err


def test_the_broker_that_is_named_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked yet, so a command that fails to reach it says so itself."""
    monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", "192.0.2.10:9092")
    code, (settings,) = asked(connected)
    assert (code, settings.kafka.bootstrap) == (0, "192.0.2.10:9092")


def test_who_is_about_to_write_has_the_key_file_checked_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A broker that does not answer cannot say that it is the ledger's, so nothing is written."""
    with reserved(0) as port:
        pass
    monkeypatch.setenv("HOSTWATCH_KAFKA__BOOTSTRAP", f"127.0.0.1:{port}")
    monkeypatch.setenv("HOSTWATCH_KEY_FILE", str(tmp_path / "keys.json"))
    assert asked(writing)[0] == 0  # no key file: there is nothing that could be another ledger's
    Keyring.create(tmp_path / "keys.json")
    assert asked(writing) == (2, [])
    assert "the broker does not answer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KafkaConnectionError("secret.example:9092"), "does not answer (KafkaConnectionError)"),
        (TopicAuthorizationFailedError("x"), "does not answer (TopicAuthorizationFailedError)"),
        (SendFailed("secret.example"), "does not answer (SendFailed)"),
        (TimeoutError(), "does not answer (TimeoutError)"),
        (UnreadableBatch("keys.v1", 0, 2), "keys.v1/0/2 begins"),
        (NoSuchTopic("x.cases.v1"), "no topic x.cases.v1: check kafka.topic_prefix, then"),
        (LogShrunk(), "a topic ends before what was read of it"),
    ],
)
def test_a_failure_of_the_broker_is_one_line(error: Exception, told: str) -> None:
    """What to look at, and the kind of the error; its text may name a host."""
    with pytest.raises(UserError) as refused, reached():
        raise error
    assert told in str(refused.value)
    assert "secret" not in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("error", [UserError("do this"), ZeroDivisionError()])
def test_what_is_not_the_brokers_passes_as_it_is(error: Exception) -> None:
    """A mistake keeps its own line, and a fault of ours stays one."""
    with pytest.raises(type(error)) as passed, reached():
        raise error
    assert passed.value is error
