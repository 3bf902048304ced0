"""The working folder of a report: what was read of the ledger, so that an interrupted one goes on.

It holds what the report is made of and nothing else of the ledger: the position, and of each
partition that was read its published cases. No URL, host or url_key stands there; names of cases
are those of the publication. Hosters have their ids, so nobody but the owner may read it. It is
removed when the report is written.
"""

import fcntl
import hashlib
import os
import shutil
import stat
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec
from msgspec import Struct, structs

from agents.errors import UserError
from agents.process.atomic_file import write_whole
from agents.tools.report.reading.partition import PartitionCases
from agents.tools.report.reading.position import Stated
from schemas.moments import rfc3339
from streams.lifecycle import METHOD_VERSION
from streams.report.cohort import Cohort

SUFFIX: Final = ".reading"
"""Of the working folder, which stands beside the report."""

HEAD_FILE: Final = "reading.json"
LOCK_FILE: Final = "lock"


class _Head(Struct, frozen=True, kw_only=True):
    """What a reading is bound to.

    Attributes:
        asked: what was asked for and by which release.
        stated: the ledger and its position.
    """

    asked: dict[str, str]
    stated: Stated


_HEAD: Final = msgspec.json.Decoder(_Head)
_PART: Final = msgspec.json.Decoder(PartitionCases)


def folder_beside(out: Path) -> Path:
    """Return the working folder of a report that is written to a folder."""
    whole = out.absolute()
    return whole.with_name(whole.name + SUFFIX)


class WorkingFolder:
    """A working folder, held by one process at a time.

    Args:
        folder: it is made where it is not there.
        cohort: the period.
        methods: two methods, as `PartitionTask` has it.

    Raises:
        UserError: it cannot be written, others may read it, another process reads there, or it
            is of another report.
    """

    def __init__(
        self, folder: Path, cohort: Cohort, methods: tuple[str, str] | None = None
    ) -> None:
        self._folder = folder
        self._asked = _asked(cohort, methods)
        self._lock = _held(folder)
        try:
            self._head = self._found()
        except UserError:
            os.close(self._lock)
            raise

    @property
    def stated(self) -> Stated | None:
        """The position of the reading that was begun here; None = none was."""
        return None if self._head is None else self._head.stated

    def begin(self, stated: Stated) -> None:
        """Write down what is to be read, or find that it was begun.

        Where two persons signed more since, what was read is dropped and the reading begins anew.

        Args:
            stated: the ledger and its position.

        Raises:
            UserError: it was begun with another ledger or position, or cannot be written.
        """
        before = self.stated
        if before == stated:
            return
        if before is not None and structs.replace(before, signed=stated.signed) != stated:
            raise self._foreign()
        self._head = _Head(asked=self._asked, stated=stated)
        self._write(HEAD_FILE, msgspec.json.encode(self._head))
        if before is not None:
            self._drop(before.partitions)

    def part(self, partition: int) -> PartitionCases | None:
        """Return what was read of a partition; None = nothing, or its file is damaged.

        Args:
            partition: of the ledger.
        """
        try:
            whole = (self._folder / _name(partition)).read_bytes()
        except OSError:
            return None
        digest, _, body = whole.partition(b"\n")
        if digest.decode("ascii", "replace") != self._digest(body):
            return None
        try:
            return _PART.decode(body)
        except msgspec.DecodeError:
            return None

    def keep(self, partition: int, part: PartitionCases) -> None:
        """Keep what was read of a partition.

        Args:
            partition: of the ledger.
            part: all of it.

        Raises:
            UserError: it cannot be written.
        """
        body = msgspec.json.encode(part)
        self._write(_name(partition), self._digest(body).encode() + b"\n" + body)

    def remove(self) -> None:
        """Remove the folder; the report is written."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        """Hold the folder."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the folder go; what was read stays."""
        if self._head is None:
            self.remove()  # nothing was begun
        os.close(self._lock)

    def _digest(self, body: bytes) -> str:
        """Return the digest of a part of this reading; a part of another one has another."""
        return hashlib.sha256(msgspec.json.encode(self._head) + body).hexdigest()

    def _found(self) -> _Head | None:
        try:
            head = _HEAD.decode((self._folder / HEAD_FILE).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError):
            raise self._foreign() from None
        if head.asked != self._asked:
            raise self._foreign()
        return head

    def _foreign(self) -> UserError:
        return UserError(
            f"{self._folder} is what was read for another report, ledger or release: finish that"
            " one, remove the folder, or name another --out"
        )

    def _drop(self, partitions: int) -> None:
        """Remove what was read; under another head it is none of this reading already."""
        try:
            for partition in range(partitions):
                (self._folder / _name(partition)).unlink(missing_ok=True)
        except OSError:
            raise UserError(f"{self._folder} cannot be written") from None

    def _write(self, name: str, content: bytes) -> None:
        try:
            write_whole(self._folder / name, content)
        except OSError:
            raise UserError(f"{self._folder} cannot be written") from None


def _name(partition: int) -> str:
    return f"partition-{partition}"


def _asked(cohort: Cohort, methods: tuple[str, str] | None) -> dict[str, str]:
    return {
        "from": rfc3339(cohort.from_at),
        "to": rfc3339(cohort.to_at),
        "norm": "order" if cohort.norm_s is None else str(cohort.norm_s),
        "country": cohort.country,
        "country_basis": cohort.country_basis,
        "bridge": " ".join(methods or ()),
        "method": METHOD_VERSION,
        "code": metadata.version("hostwatch"),
    }


def _held(folder: Path) -> int:
    """Make the folder if it is not there, and lock it for this process."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise UserError(f"{folder} has to be a folder that its owner alone may enter (0700)")
        lock = os.open(folder / LOCK_FILE, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:
        raise UserError(f"{folder} cannot be written") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise UserError(f"{folder}: another process reads for this report") from None
    return lock
