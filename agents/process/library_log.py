"""Lines of libraries, and what Python says of errors nobody caught, without a word of data in them.

A library writes addresses, keys and bytes of records into its messages and into the texts of its
exceptions. So a record keeps of its message only what stands as a constant in the code that wrote
it. Of an exception it keeps the type and the lines it passed, and it says where it was written.
That is done where records are made, so it holds for every logger and every handler.
"""

import inspect
import logging
import re
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, TracebackType
from typing import Final

NOT_SHOWN: Final = "a line that is not shown: its text may hold data"

FRAMES_MAX: Final = 12
"""The innermost lines an exception passed; they are in the code that failed."""

PER_MINUTE_MAX: Final = 5
"""Lines from one place in a minute; what a client can cause for each request fills no disk."""

_MINUTE_S: Final = 60.0

_CALLERS: Final = 4
"""A message is a constant of who called the logger, or of what wraps it (Faust's mode does)."""

_TAIL_CHARS_MIN: Final = 12
"""A shorter constant at the end of a message says nothing."""

_WRITTEN_WITH_DATA: Final = (
    "Task exception was never retrieved",
    "Future exception was never retrieved",
    "Task was destroyed but it is pending!",
    "Unclosed client session",
    "Unclosed connection",
    "socket.accept() out of system resource",
)
"""Beginnings that asyncio and aiohttp write reprs behind."""

_NAME: Final = re.compile(r"[A-Za-z_]\w{0,39}", re.ASCII)


class ClosedRecord(logging.LogRecord):
    """A record without data.

    Attributes:
        library: whose logger it is.
        where: file and line that wrote it.
        error: type of the exception it tells of; empty = of none.
        frames: the lines that the exception passed.
    """

    library = "other"
    where = ""
    error = ""
    frames = ""


def closed_record(  # noqa: PLR0917 - as logging calls it
    name: str,
    level: int,
    path: str,
    line: int,
    message: object,
    args: object,
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | None,
    func: str | None = None,
    sinfo: str | None = None,  # noqa: ARG001 - a stack is not written
    **_: object,
) -> ClosedRecord:
    """Make a record as `logging` asks for it, and keep no data of what it is made from."""
    record = ClosedRecord(name, level, path, line, _shown(message), (), None, func)
    library = str(name).partition(".")[0]
    if _NAME.fullmatch(library):
        record.library = library
    record.where = f"{record.filename}:{line}"
    error = exc_info[1] if exc_info else _error_among(args)
    if error is not None:
        record.error, record.frames = type(error).__name__, frames_of(error.__traceback__)
    return record


def frames_of(trace: TracebackType | None) -> str:
    """Return the innermost lines of a traceback: file, line and function."""
    passed = traceback.extract_tb(trace)[-FRAMES_MAX:]
    return "".join(f"\n  {frame.filename}:{frame.lineno} {frame.name}" for frame in passed)


def _error_among(args: object) -> BaseException | None:
    values = args if isinstance(args, tuple) else ()
    return next((one for one in values if isinstance(one, BaseException)), None)


def _shown(message: object) -> str:
    """Return what of a message stands in the code of who wrote it."""
    if not isinstance(message, str):
        return NOT_SHOWN
    for begins in _WRITTEN_WITH_DATA:
        if message.startswith(begins):
            return begins
    for code in _callers():
        constants = [one for one in code.co_consts if isinstance(one, str)]
        if message in constants:
            return message
        tails = [one for one in constants if len(one) >= _TAIL_CHARS_MIN and message.endswith(one)]
        if tails:
            return max(tails, key=len)
    return NOT_SHOWN


def _callers() -> Iterator[CodeType]:
    """Give the code that called the logger, and what called that."""
    frame = inspect.currentframe()
    inside = {__file__, logging.__file__}
    while frame is not None and frame.f_code.co_filename in inside:
        frame = frame.f_back
    for _ in range(_CALLERS):
        if frame is None:
            return
        yield frame.f_code
        frame = frame.f_back


@dataclass(slots=True)
class RateLimitFilter:
    """Lets so many lines of one place through in a minute.

    Attributes:
        lines_in_minute: of each place, when its minute began and how many lines it had.
    """

    lines_in_minute: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is written."""
        place = (getattr(record, "where", ""), getattr(record, "error", ""))
        now_s = time.monotonic()
        began_s, count = self.lines_in_minute.get(place, (now_s, 0))
        if now_s - began_s >= _MINUTE_S:
            began_s, count = now_s, 0
        self.lines_in_minute[place] = (began_s, count + 1)
        return count < PER_MINUTE_MAX
