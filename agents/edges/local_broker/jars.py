"""The broker's jars: brought by Maven once per machine, kept outside every checkout."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from agents.edges.files.shipped import shipped
from agents.errors import UserError

_LIST = "kafka/jars.sha256"
"""Maven checks what it brings against the same server's word only; this list was checked."""

Say = Callable[[str], None]
"""Takes one line about what is going on."""

_FETCH_DEADLINE_S = 900.0
"""45 jars, 43 MB: 5 s on a good line, minutes on a bad one; beyond it the line is down."""


def silent(_line: str) -> None:
    """Say nothing."""


def kafka_version() -> str:
    """Return the version of Kafka that `deploy/kafka/pom.xml` names."""
    pom = shipped("kafka/pom.xml").read_text(encoding="utf-8")
    found = re.search(
        r"<artifactId>kafka_2\.13</artifactId>[ \t\r\n]*<version>([0-9.]+)</version>", pom
    )
    if found is None:
        raise UserError("deploy/kafka/pom.xml names no version of kafka_2.13")
    return found.group(1)


def jars(say: Say = silent) -> Path:
    """Return the folder with the broker's jars, after bringing them if this is the first time.

    Args:
        say: is told before a download begins.

    Raises:
        UserError: Maven is missing, could not bring them, or brought others than are listed.
    """
    pom = shipped("kafka/pom.xml")
    digest = hashlib.sha256(pom.read_bytes()).hexdigest()[:8]  # another list, another folder
    folder = _cache() / f"kafka-{kafka_version()}-{digest}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_name(f"{folder.name}.lock")):
        if not folder.is_dir():  # another process may have brought them meanwhile
            _fetch(pom, folder, say)
    return folder


def check(folder: Path) -> None:
    """Hold a folder of jars against the checked-in list, before they are run: 43 MB, 0.1 s.

    One jar more is refused too: the broker loads all that stand there.

    Args:
        folder: what `jars` returned.

    Raises:
        UserError: one is missing, is another, or is not in the list.
    """
    lines = shipped(_LIST).read_text(encoding="ascii").splitlines()
    listed = {name: digest for digest, name in (line.split() for line in lines)}
    found = {file.name: _digest(file) for file in sorted(folder.iterdir())}
    if wrong := sorted(n for n in listed.keys() | found if listed.get(n) != found.get(n)):
        raise UserError(
            f"{len(wrong)} of Kafka's jars are not those of deploy/{_LIST}, such as {wrong[0]}:"
            f" nothing of them is run; delete {folder} and start again, and if it stays so, look"
            " at where Maven takes them from"
        )


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a file's lock; a second process waits. It is given back even by a killed process."""
    with file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "hostwatch"


def _fetch(pom: Path, folder: Path, say: Say) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise UserError("mvn is missing: install Maven (Debian: apt-get install maven)")
    say(f"Bringing Apache Kafka {kafka_version()} (43 MB, once per machine) ...")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="incoming-") as scratch:
        incoming = Path(scratch) / "jars"
        command = [maven, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"]
        try:
            done = subprocess.run(
                [*command, f"-DoutputDirectory={incoming}"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_FETCH_DEADLINE_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UserError(
                "Maven did not bring Kafka's jars in 15 min: check the network"
            ) from None
        if done.returncode != 0 or not list(incoming.glob("kafka_2.13-*.jar")):
            raise UserError(f"Maven could not bring Kafka's jars: run `mvn -f {pom} validate`")
        check(incoming)
        incoming.rename(folder)  # complete or not there at all
