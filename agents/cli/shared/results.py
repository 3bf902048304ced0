"""Writes what a command found to where `--json` or `--out` says."""

import sys
from pathlib import Path

from agents.errors import UserError


def write_result(out: str, text: bytes) -> None:
    """Write a result to a file, or to standard output if that is `-`.

    Raises:
        UserError: the file cannot be written.
    """
    if out == "-":
        sys.stdout.buffer.write(text)
        sys.stdout.flush()
        return
    try:
        Path(out).write_bytes(text)
    except OSError:
        raise UserError(f"{out} cannot be written") from None
