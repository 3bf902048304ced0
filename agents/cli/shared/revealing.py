"""The options with which a person has sealed texts opened, on the person's own word."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agents.cli.shared.signing import key_of, reason_of
from agents.errors import UserError

if TYPE_CHECKING:
    from agents.tools.sealed.audit import Authority

Reveal = Annotated[
    bool,
    typer.Option(
        "--reveal",
        help="Open what is sealed. Needs the key file, --reason and --person. `audit.v1` gets an"
        " entry first.",
    ),
]
Why = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Why, for --reveal; no URL.")
]
Who = Annotated[
    Path | None, typer.Option("--person", metavar="FILE", help="Your key, for --reveal.")
]


def authority(reveal: bool, reason: str | None, person: Path | None) -> "Authority | None":
    """Return on whose word texts are opened; None = nothing is to be opened.

    Raises:
        UserError: one of the options lacks the others, or the key cannot be used.
    """
    if not reveal:
        if reason is not None or person is not None:
            raise UserError("--reason and --person go with --reveal")
        return None
    return given(reason, person, "--reveal")


def given(reason: str | None, person: Path | None, what: str) -> "Authority":
    """Return on whose word something is done.

    Args:
        reason: the option.
        person: the option.
        what: needs both.

    Raises:
        UserError: one is missing, or the key cannot be used.
    """
    from agents.tools.sealed.audit import Authority

    if reason is None or person is None:
        raise UserError(f"{what} needs --reason TEXT and --person FILE, your own key")
    return Authority(key_of(person), reason_of(reason))
