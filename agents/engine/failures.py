"""The two ways a stage's process can end on its own account."""

import os
import sys
import traceback
from typing import NoReturn

EXIT_CRASHED = 70
"""EX_SOFTWARE of sysexits.h: the supervisor restarts the process, the log is replayed."""


class SendFailed(Exception):
    """The broker refused a record or did not answer in time; what was written is not known."""


def crash(where: str, error: BaseException) -> NoReturn:
    """End the process at once, before any offset moves past work that was not done.

    The text of the error is not printed: it may hold an address or a byte of a record. Its type
    and the lines it passed are enough to find it.
    """
    reason = f" ({error})" if isinstance(error, SendFailed) else ""  # a broker's error by name
    sys.stderr.write(f"hostwatch: {where} stopped on {type(error).__name__}{reason}\n")
    for frame in traceback.extract_tb(error.__traceback__):
        sys.stderr.write(f"  {frame.filename}:{frame.lineno} {frame.name}\n")
    sys.stderr.flush()
    os._exit(EXIT_CRASHED)
