"""Changes of the file of keys: it is replaced as a whole, so that nobody reads half of it."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from agents.edges.crypto.key_file import locked
from agents.edges.intake_http.api_keys import ID_DIGITS, ApiKey, digest_of, new_key, read_keys
from agents.errors import UserError
from agents.process.atomic_file import write_whole
from schemas.moments import Instant
from schemas.records.reports import HotlineId


def create(
    file: Path, hotline: HotlineId, expires_at: Instant | None, *, sandbox: bool = False
) -> tuple[str, ApiKey]:
    """Make a key, add its digest to the file, and return both.

    Args:
        file: of keys; it is made where there is none.
        hotline: whose key it is.
        expires_at: when it ends; None = never.
        sandbox: what comes with it is written nowhere.

    Raises:
        UserError: the file cannot be read or written.
    """
    text = new_key()
    made = ApiKey(
        id=secrets.token_hex(ID_DIGITS // 2),
        hotline=hotline,
        digest=digest_of(text),
        expires_at=expires_at,
        sandbox=sandbox,
    )
    _change(file, lambda lines: [*lines, made.line()])
    return text, made


def revoke(file: Path, id: str, at: Instant) -> ApiKey:
    """Let a key let nobody in any more, and return it. A key that was revoked stays as it is.

    Args:
        file: of keys.
        id: of the key.
        at: the instant, which the line keeps.

    Raises:
        UserError: there is no such key, or the file cannot be read or written.
    """
    found = next((key for key in read_keys(file) if key.id == id), None)
    if found is None:
        raise UserError(f"no key has the id {id}: see `hostwatch intake key list`")
    if found.revoked_at is not None:
        return found
    revoked = replace(found, revoked_at=at)

    def change(lines: list[str]) -> list[str]:
        return [_revoked(line, revoked) for line in lines]

    _change(file, change)
    return revoked


def _revoked(line: str, key: ApiKey) -> str:
    words, sign, comment = line.partition("#")
    if key.digest not in words.lower().split():
        return line
    return f"{key.line()} {sign}{comment}".rstrip()


def _change(file: Path, change: Callable[[list[str]], list[str]]) -> None:
    """Replace the lines of the file, with its owner and its mode."""
    try:
        file = file.resolve()
        with locked(file):
            lines = file.read_text(encoding="ascii").splitlines() if file.exists() else []
            text = "".join(f"{line}\n" for line in change(lines))
            write_whole(file, text.encode("ascii"), keeps_owner=True)
    except (OSError, UnicodeDecodeError):
        raise UserError("intake.keys_file cannot be read or written") from None
