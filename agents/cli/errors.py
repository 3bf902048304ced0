"""How a command ends when the person who typed it can mend something: one line per mistake."""

import tomllib
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import SettingsError

from agents.config import Settings
from agents.errors import UserError

__all__ = ["UserError", "load_settings"]


def load_settings(file: Path | None) -> Settings:
    """Read the settings.

    Args:
        file: a TOML file; None = variables and defaults only.

    Raises:
        UserError: what is wrong, one line per key; a value is never shown.
    """
    if file is not None and not file.is_file():
        raise UserError(f"--config: there is no file {file}")
    try:
        return Settings.load(file)
    except ValidationError as error:
        raise UserError("\n".join(_lines(error))) from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{file}: not TOML: {error}") from None
    except UnicodeDecodeError:
        raise UserError(f"{file}: not UTF-8") from None
    except SettingsError as error:
        raise UserError(f"HOSTWATCH_ variables: {error}") from None


def _lines(error: ValidationError) -> list[str]:
    lines = []
    for mistake in error.errors(include_input=False, include_context=False, include_url=False):
        key = ".".join(str(part) for part in mistake["loc"]) or "settings"
        unknown = mistake["type"] == "extra_forbidden"
        lines.append(f"{key}: {'no such setting' if unknown else mistake['msg']}")
    return lines
