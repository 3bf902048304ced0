"""How a command ends when the person who typed it can mend something: one line per mistake."""

import os
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from agents.config import PREFIX, Settings
from agents.errors import UserError
from agents.spelling import meant

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
        raise UserError("\n".join(_lines(error, file))) from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{file}: not TOML: {error}") from None
    except UnicodeDecodeError:
        raise UserError(f"{file}: not UTF-8") from None
    except SettingsError as error:
        raise UserError(f"HOSTWATCH_ variables: {error}") from None


def _lines(error: ValidationError, file: Path | None) -> list[str]:
    return [
        f"{_place(mistake['loc'], file)}: {_said(mistake)}"
        for mistake in error.errors(include_url=False)
    ]


def _place(at: tuple[int | str, ...], file: Path | None) -> str:
    """Return where a setting was given, its variable or the file, and its name."""
    name = ".".join(str(part) for part in at) or "settings"
    for depth in range(len(at), 0, -1):
        variable = PREFIX + "__".join(str(part) for part in at[:depth]).upper()
        if variable in os.environ:
            return f"{variable}: {name}"
    return f"{file}: {name}" if file is not None else name


def _said(mistake: ErrorDetails) -> str:
    """Return what is wrong with a setting, and what is allowed; never its value."""
    match mistake["type"]:
        case "extra_forbidden":
            *tables, word = mistake["loc"]
            return f"no such setting{meant(str(word), _settings_in(tables))}"
        case "literal_error":
            allowed = re.findall(r"'([^']*)'", mistake["ctx"]["expected"])
            return f"no such value{meant(str(mistake['input']), allowed)}"
        case "string_pattern_mismatch":
            return f"must match {mistake['ctx']['pattern']}"
        case _:
            return mistake["msg"]


def _settings_in(tables: Sequence[int | str]) -> list[str]:
    """Return the names of the settings in a table, by the way to it."""
    model: type[BaseModel] = Settings
    for table in tables:
        if isinstance(table, str):
            kind = model.model_fields[table].annotation
            inner = next(iter(get_args(kind)), kind)
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                model = inner
    return list(model.model_fields)
