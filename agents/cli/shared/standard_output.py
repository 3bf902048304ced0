"""Standard output that remembers that it could not be written, as on a full disk.

What is printed is the result of a command. Where it cannot be written, the command has not done
what it was called for, and whoever reads the exit code has to know.
"""

import errno
import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

EXIT_UNWRITTEN: Final = 74
"""EX_IOERR of sysexits.h."""


class _Remembering(io.FileIO):
    """The file behind standard output.

    Attributes:
        failure: why a write failed; None = none did. Who reads through a pipe may end at will.
    """

    failure: OSError | None = None

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write some of the data."""
        try:
            return super().write(data)
        except OSError as error:
            if error.errno != errno.EPIPE:
                self.failure = error
            raise


class StandardOutput:
    """Takes the place of this process's standard output until the process ends."""

    def __init__(self) -> None:
        """Put it there; a process without standard output has nothing to lose."""
        self._file: _Remembering | None = None
        before = sys.stdout
        if not isinstance(before, io.TextIOWrapper):
            return
        before.flush()
        self._file = _Remembering(before.fileno(), "wb", closefd=False)
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(self._file),
            encoding=before.encoding,
            errors=before.errors,
            line_buffering=before.line_buffering,
            write_through=before.write_through,
        )

    def unwritten(self) -> str | None:
        """Write what waits; return a line that says why it could not be, None if all was written.

        What could not be written is dropped: the end of the process would try it once more.
        """
        file = self._file
        if file is None:
            return None
        with suppress(OSError):  # the file remembers it, or nobody reads any more
            sys.stdout.flush()
        if file.failure is None:
            return None
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), file.fileno())
        why = os.strerror(file.failure.errno or errno.EIO)
        return f"standard output cannot be written ({why}): free space there or name another place"
