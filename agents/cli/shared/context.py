"""What every command gets: the file named by --config, and the settings when it asks."""

from dataclasses import dataclass
from pathlib import Path

import typer

from agents.cli.shared.errors import load_settings
from agents.config import Settings


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What stood before the command's name.

    Attributes:
        config: the settings file; None = variables and defaults only.
    """

    config: Path | None = None


def settings_of(ctx: typer.Context) -> Settings:
    """Read the settings of this command.

    Raises:
        UserError: what is wrong with them, one line per key.
    """
    before = ctx.find_object(CommandContext) or CommandContext()
    return load_settings(before.config)
