"""The keys a person presses while the demo runs, read one by one from a terminal."""

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager

KeyPresses = asyncio.Queue[str]
"""What was pressed, in order."""

_BYTES_MAX = 64


def can_be_pressed() -> bool:
    """Return whether a person is there to press them."""
    return sys.stdin.isatty() and sys.stdout.isatty()


@contextmanager
def pressed() -> Iterator[KeyPresses | None]:
    """Read keys from standard input without waiting for a line; None where that is no terminal.

    Ctrl-C stays a signal. The terminal is as it was afterwards.
    """
    if not can_be_pressed():
        yield None
        return
    loop, keys = asyncio.get_running_loop(), KeyPresses()
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)
    loop.add_reader(terminal, _read, terminal, keys)
    try:
        yield keys
    finally:
        loop.remove_reader(terminal)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _read(terminal: int, keys: KeyPresses) -> None:
    try:
        found = os.read(terminal, _BYTES_MAX)
    except OSError:
        found = b""
    if not found:  # the terminal is gone, and would be readable for ever
        asyncio.get_running_loop().remove_reader(terminal)
    for key in found.decode("ascii", "ignore"):
        keys.put_nowait(key)
