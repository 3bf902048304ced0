"""Where alerts lead to, by the configuration of the Prometheus on this machine."""

import os
import re
from pathlib import Path
from typing import Final

CONFIG: Final = Path("/etc/prometheus/prometheus.yml")
"""Where Debian's package and the containers of docker-compose.yml have it."""

CONFIG_BYTES_MAX: Final = 1_000_000
"""A configuration is some kilobytes; what is larger is another file."""

NAMES: Final = ("runbook_base", "grafana_base")
_HERE: Final = re.compile(
    r"https?://(localhost|127\.|\[::1\]|[^/]*\bexample\.(org|com|net)\b)", re.ASCII
)


def fault(file: Path = CONFIG) -> str | None:
    """Return what is wrong with the links in alerts; None = they are absolute and somebody's.

    Args:
        file: prometheus.yml; its variables are those of this process, as Prometheus takes its own.

    Raises:
        OSError, UnicodeDecodeError: it cannot be read.
    """
    with file.open("rb") as opened:
        text = opened.read(CONFIG_BYTES_MAX).decode()
    for name in NAMES:
        found = re.search(rf"^\s+{name}:\s*(\S+)", text, re.ASCII | re.MULTILINE)
        link = os.path.expandvars(found[1].strip("\"'")) if found else ""
        if not link.startswith(("https://", "http://")):
            return f"links in alerts are relative: set {name} under external_labels in {file}"
        if _HERE.match(link):
            return f"links in alerts lead to an example or to this machine itself: set {name}"
    return None
