"""Timestamps of roots by an authority (RFC 3161), asked for and checked by the `openssl` program.

What is timestamped is the root of the log of hours. So one timestamp is of all hours up to it.
hostwatch sends nothing: the request is a file, and so is the authority's response.
"""

import base64
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from agents.errors import UserError
from schemas.dossier.dossier import Stamp
from schemas.records.custody import LedgerRoot

DEADLINE_S: Final = 30
"""For one call of `openssl`, which takes some 10 ms."""

RESPONSE_BYTES_MAX: Final = 65_536
"""A response with the authority's certificates takes some 5 KB."""

_RESPONSE: Final = re.compile(r"root-([0-9]{1,15})\.tsr")


def request(root: LedgerRoot, folder: Path) -> Path:
    """Write a request for a timestamp of a root, and return its file, `root-<hour>.tsq`.

    Raises:
        UserError: there is no `openssl`, or the file cannot be written.
    """
    file = folder / f"root-{root.hour_at}.tsq"
    said = ("ts", "-query", "-digest", root.log_root, "-sha256", "-cert", "-out", str(file))
    if openssl(*said).returncode:
        raise UserError(f"{file}: cannot be written")
    return file


def read_stamps(folder: Path) -> list[Stamp]:
    """Return the responses of an authority that lie in a folder as `root-<hour>.tsr`.

    Raises:
        UserError: one cannot be read.
    """
    found = []
    try:
        for file in sorted(folder.iterdir()):
            name = _RESPONSE.fullmatch(file.name)
            if name is not None:
                raw = file.read_bytes()[: RESPONSE_BYTES_MAX + 1]
                if len(raw) > RESPONSE_BYTES_MAX:
                    raise UserError(f"{file}: is larger than {RESPONSE_BYTES_MAX:,} bytes")
                found.append(Stamp(hour_at=int(name[1]), response=base64.b64encode(raw).decode()))
    except OSError:
        raise UserError(f"{folder}: cannot be read") from None
    return found


def of_roots(stamps: Sequence[Stamp], roots: Sequence[LedgerRoot]) -> tuple[Stamp, ...]:
    """Return the timestamps of some roots, the oldest first."""
    hours = {one.hour_at for one in roots}
    mine = [one for one in stamps if one.hour_at in hours]
    return tuple(sorted(mine, key=lambda one: one.hour_at))


def is_stamped(log_root: str, stamp: Stamp, authority: Path) -> bool:
    """Return whether an authority timestamped a log root.

    Args:
        log_root: in hex; it is what is timestamped.
        stamp: the authority's response.
        authority: its certificate, PEM.

    Raises:
        UserError: there is no `openssl`, or it does not answer.
    """
    with tempfile.NamedTemporaryFile() as response:
        try:
            response.write(base64.b64decode(stamp.response, validate=True))
        except ValueError:
            return False
        response.flush()
        said = ("ts", "-verify", "-digest", log_root, "-in", response.name)
        return openssl(*said, "-CAfile", str(authority)).returncode == 0


def openssl(*said: str) -> "subprocess.CompletedProcess[bytes]":
    """Run the `openssl` program.

    Raises:
        UserError: there is none, or it does not answer.
    """
    try:
        return subprocess.run(  # noqa: S603 - fixed commands; names of files of the operator's
            ["openssl", *said],  # noqa: S607 - the one on the operator's path
            capture_output=True,
            check=False,
            timeout=DEADLINE_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise UserError("the program `openssl` is not there, or does not answer") from None
