"""Says which files hold keys, so that none is handed in as records or replaced by a result."""

import re
from pathlib import Path
from typing import Final

HEAD_BYTES: Final = 4_096
"""The key file is shorter; a private key in PEM (RFC 7468) says so in its first line."""

_KEYS: Final = re.compile(rb'-----BEGIN [A-Z ]*PRIVATE KEY-----|"(?:master|secret)"\s*:')


def holds_keys(file: Path) -> bool:
    """Return whether a file begins as the ledger's keys, a copy of them, or a private key does.

    Args:
        file: may be missing; of what is no regular file, nothing is read.

    Raises:
        OSError: it cannot be read.
    """
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        return _KEYS.search(opened.read(HEAD_BYTES)) is not None
