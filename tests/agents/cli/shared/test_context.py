"""What stood before a command's name reaches the command, however deep it is."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from agents.cli.shared.context import CommandContext, settings_of
from agents.errors import UserError


def commands(context: CommandContext | None) -> typer.Typer:
    app, inner = typer.Typer(), typer.Typer()

    @app.callback()
    def before(ctx: typer.Context) -> None:
        ctx.obj = context

    @inner.command()
    def show(ctx: typer.Context) -> None:
        typer.echo(settings_of(ctx).kafka.topic_prefix)

    @inner.command()
    def other() -> None:
        pass

    app.add_typer(inner, name="inner")
    return app


def test_a_command_in_a_group_reads_the_file_that_was_named(tmp_path: Path) -> None:
    """Without one it reads variables and defaults."""
    file = tmp_path / "hostwatch.toml"
    file.write_text('[kafka]\ntopic_prefix = "there."\n')
    found = CliRunner().invoke(commands(CommandContext(file)), ["inner", "show"])
    assert found.stdout == "there.\n"
    assert CliRunner().invoke(commands(None), ["inner", "show"]).stdout == "\n"


def test_a_mistake_in_it_is_the_user_s(tmp_path: Path) -> None:
    """It ends the command."""
    missing = CommandContext(tmp_path / "none.toml")
    found = CliRunner().invoke(commands(missing), ["inner", "show"])
    assert isinstance(found.exception, UserError)
    with pytest.raises(UserError):
        raise found.exception
