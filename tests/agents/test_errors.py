"""A mistake that a person can mend ends a command with what to do, and nothing else."""

import pytest
import typer

from agents import cli
from agents.errors import UserError


def command(told: str) -> typer.Typer:
    """Return commands of which one is ended by a mistake."""
    commands = typer.Typer()

    @commands.callback()
    def before() -> None:
        pass

    @commands.command()
    def fail() -> None:
        try:
            int("http://secret.example/")
        except ValueError as error:
            raise UserError(told) from error

    return commands


@pytest.mark.parametrize("told", ["set kafka.bootstrap", "a [bracket] and 100 %", "two\nmistakes"])
def test_the_message_alone_is_said(capsys: pytest.CaptureFixture[str], told: str) -> None:
    """On standard error, line by line, with exit code 2; never what the error came from."""
    assert cli.run(["fail"], command(told)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [f"hostwatch: {line}" for line in told.splitlines()]
