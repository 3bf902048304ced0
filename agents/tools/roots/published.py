"""The file of roots for people outside: a line for each hour, the records of `roots.v1`."""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

from agents.errors import UserError
from schemas.codec import ROOT, Rejected
from schemas.records.custody import LedgerRoot


def publish(file: Path, roots: Sequence[LedgerRoot]) -> int:
    """Bring a file up to date, and return how many lines were added.

    What stands in it is never changed. A last line that a killed run left half is completed. Runs
    take turns; one that read the ledger earlier than the run before finds nothing to do.

    Args:
        file: is made where there is none.
        roots: all of the ledger, in order.

    Raises:
        UserError: the file has another root than the ledger, or cannot be written.
    """
    text = b"".join(ROOT.encode(one) + b"\n" for one in roots)
    try:
        with file.open("ab+") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX)
            opened.seek(0)
            before = opened.read()
            if before.startswith(text):
                return 0
            if not text.startswith(before):
                raise UserError(
                    f"{file}: it has roots that are not the ledger's. One of them was changed, or"
                    " the file is another ledger's: keep both, and compare them"
                )
            opened.write(text[len(before) :])
            opened.flush()
            os.fsync(opened.fileno())
    except OSError:
        raise UserError(f"{file}: cannot be written") from None
    return text.count(b"\n") - before.count(b"\n")


def read_published(file: Path) -> list[LedgerRoot]:
    """Return the roots of a file, whatever is wrong with them.

    Raises:
        UserError: it cannot be read, or a line of it is no root.
    """
    try:
        return [ROOT.decode(line) for line in file.read_bytes().splitlines()]
    except OSError:
        raise UserError(f"{file}: cannot be read") from None
    except Rejected:
        raise UserError(f"{file}: a line of it is no root") from None
