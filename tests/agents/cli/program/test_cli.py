"""The command line: a user's mistake is one line, and every end has its exit code."""

import os
import subprocess
import sys

import pytest
import typer

from agents import cli
from agents.cli.shared.context import settings_of
from agents.cli.shared.errors import UserError
from agents.edges.child_process.ports import reserved


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("HOSTWATCH_"):
            monkeypatch.delenv(name)


def test_version_stands_alone_and_every_command_has_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """--version prints the version alone; --help of every command works."""
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.strip().count(".") == 2
    for command in ([], ["kafka"], ["kafka", "start"], ["topics", "apply"], ["doctor"]):
        assert cli.run([*command, "--help"]) == 0


HEAVY = ("aiohttp", "faust", "numpy", "streams.lifecycle", "streams.statistics")
"""Each takes a tenth of a second of a core and more to load."""

LOADED = f"""
import sys
def heavy(*more):
    return [name for name in (*{HEAVY}, *more) if name in sys.modules]
import agents.cli
print(heavy("aiokafka"))
import agents.edges.kafka.surplus_acls, agents.edges.kafka.topic_admin
import agents.edges.registry.hotlines
print(heavy())
"""


def test_a_command_loads_what_it_needs() -> None:
    """--help loads no client and no arithmetic, and what asks the broker loads its client alone."""
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split("\n") == ["[]", "[]", ""]


def test_an_unknown_command_is_a_usage_error() -> None:
    """What no command is called ends with 2, as in every program."""
    assert cli.run(["nothing"]) == 2


def commands_that_raise(error: BaseException) -> typer.Typer:
    commands = typer.Typer()

    @commands.callback()
    def before() -> None:
        pass

    @commands.command()
    def fail(ctx: typer.Context) -> None:
        settings_of(ctx)
        raise error

    return commands


@pytest.mark.parametrize(
    ("error", "code"),
    [(KeyboardInterrupt(), 130), (UserError("do this"), 2), (typer.Exit(7), 7)],
)
def test_every_end_has_its_code(error: BaseException, code: int) -> None:
    """Ctrl-C is 130, a user's mistake 2, and a command's own code is passed on."""
    assert cli.run(["fail"], commands_that_raise(error)) == code


MAIN = "from agents.cli import main; main()"


@pytest.mark.parametrize(
    "command", ["registry show", "cases list", "decide list", "topics plan", "keys audit"]
)
def test_an_unreachable_broker_is_one_line(command: str) -> None:
    """What the broker's client says of each try is left out, in a process of its own."""
    with reserved(0) as port:
        pass
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *command.split()],
        env={**os.environ, "HOSTWATCH_KAFKA__BOOTSTRAP": f"127.0.0.1:{port}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    (line,) = (done.stdout + done.stderr).splitlines()
    assert line.startswith("hostwatch: ")


def test_what_nobody_expected_is_not_hidden() -> None:
    """A fault of ours is no user's mistake: it leaves as what it is."""
    with pytest.raises(ZeroDivisionError):
        cli.run(["fail"], commands_that_raise(ZeroDivisionError()))
