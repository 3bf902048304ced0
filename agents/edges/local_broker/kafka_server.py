"""Kafka's own programs: what they are told, and what their log says when they end."""

import base64
import hashlib
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Final

from agents.edges.local_broker.jars import check, jars
from agents.errors import UserError
from agents.process.atomic_file import write_whole

_META: Final = "meta.properties"

_FORMAT_DEADLINE_S: Final = 60.0
"""Formatting is one start of the virtual machine: 1 s, on a busy machine ten."""

_TAIL_BYTES: Final = 65_536
"""A failed start says why in its last lines."""

CLASSES: Final = "classes.jsa"
CHECKPOINT: Final = "bootstrap.checkpoint"
"""What a rehearsal leaves: the archive of loaded classes, and what formatting writes."""

_JAVA: Final = (
    "java",
    "-Xmx1g",
    "-Xms256m",
    # Compiling with the second compiler costs more than it saves below some million records.
    "-XX:TieredStopAtLevel=1",
    "-XX:-CreateCoredumpOnCrash",  # it would hold inboxes in clear
    "-XX:+UseSerialGC",  # one thread to start; 1 GB is collected in milliseconds
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)

_LASTING: Final = (
    "-XX:TieredStopAtLevel=4",
    "-XX:-UseSerialGC",
    "-XX:+UseG1GC",
    "-XX:MaxGCPauseMillis=20",
    "-XX:InitiatingHeapOccupancyPercent=35",
)
"""As Kafka's own start script has it: both compilers, short pauses."""

_PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
controller.listener.names=CONTROLLER
metadata.max.idle.interval.ms=0
log.dirs=log
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.retention.minutes=576000
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""
"""One broker has no followers to tell of the end of its metadata, so it writes no records for that
twice a second. What groups have read is kept for 400 days instead of 7: a role that was stopped for
longer begins at the beginning, and attribution asks for all URLs anew."""


class BrokerError(UserError):
    """The broker cannot be started; the message says what to do."""


def server_command(*options: str, lasting: bool = False) -> list[str]:
    """Return the command that runs the broker of the current folder's `server.properties`.

    Args:
        options: of the virtual machine, in place of those that use what was rehearsed.
        lasting: it is to run fast for hours rather than to start fast.
    """
    kind = _LASTING if lasting else ()
    return [*_java(*kind, *(options or _archive())), "kafka.Kafka", "server.properties"]


def check_command(classes: Path) -> list[str]:
    """Return a command that ends with 0 if an archive of classes is whole and of this machine."""
    options = ("-Xshare:on", "-XX:+VerifySharedSpaces", f"-XX:SharedArchiveFile={classes}")
    silent = "-XX:ErrorFile=/dev/null"  # else a machine that crashes on it leaves a report
    return [*_java(*options, silent), "kafka.tools.StorageTool", "random-uuid"]


def rehearsed() -> Path:
    """Return the folder of what a rehearsal with these jars and this Java leaves.

    Raises:
        BrokerError: Java is missing.
    """
    found = shutil.which("java")
    if found is None:
        raise BrokerError(
            "java is missing: install Java 17 or newer"
            " (Debian: apt-get install default-jre-headless)"
        )
    java = Path(found).resolve()
    stat = java.stat()
    mark = hashlib.sha256(f"{java}\0{stat.st_size}\0{stat.st_mtime_ns}".encode()).hexdigest()[:8]
    folder = jars()
    return folder.with_name(f"{folder.name}-java-{mark}")


def configure(folder: Path, port: int, controller: int) -> None:
    """Write the broker's properties; format the folder's data if they are new.

    Args:
        folder: where `server.properties` and the data stand.
        port: where clients connect.
        controller: where the controller listens.

    Raises:
        BrokerError: the data cannot be formatted.
    """
    properties = _PROPERTIES.format(port=port, controller=controller)
    (folder / "server.properties").write_text(properties, encoding="ascii")
    if (folder / "log" / _META).exists():
        return
    checkpoint = rehearsed() / CHECKPOINT
    if checkpoint.exists():
        _format_like(checkpoint, folder / "log")
    else:
        _format(folder)


def _id() -> str:
    # A letter first: an id that began with a dash would be read as an option.
    return base64.urlsafe_b64encode(b"k" + secrets.token_bytes(15)).decode().rstrip("=")


def _format_like(checkpoint: Path, data: Path) -> None:
    """Do what Kafka's tool did in the rehearsal, with ids of its own."""
    data.mkdir(exist_ok=True)
    shutil.copyfile(checkpoint, data / CHECKPOINT)
    ids = f"cluster.id={_id()}\ndirectory.id={_id()}\n"
    content = f"version=1\nnode.id=1\n{ids}".encode("ascii")
    write_whole(data / _META, content)  # last: it says that the rest is there


def _format(folder: Path) -> None:
    arguments = ["kafka.tools.StorageTool", "format", "-g", "-t", _id()]
    with (folder / "broker.log").open("ab") as log:
        try:
            done = subprocess.run(
                [*_java(), *arguments, "-c", "server.properties"],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=_FORMAT_DEADLINE_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BrokerError(why_ended(folder)) from None
    if done.returncode != 0:
        raise BrokerError(why_ended(folder))


def lost_port(folder: Path) -> bool:
    """Return whether the broker ended because another process took its port first."""
    return "Address already in use" in _tail(folder / "broker.log")


def why_ended(folder: Path) -> str:
    """Return one line about why the broker ended, for the person who started it."""
    log = folder / "broker.log"
    if "UnsupportedClassVersionError" in _tail(log):
        return "java is too old: install Java 17 or newer"
    return f"the broker did not start: see {log}"


def _archive() -> tuple[str, ...]:
    """Return the option that maps the archive of classes; any collector of garbage can."""
    classes = rehearsed() / CLASSES
    return (f"-XX:SharedArchiveFile={classes}",) if classes.exists() else ()


def _java(*options: str) -> list[str]:
    folder = jars()
    check(folder)
    return [*_JAVA, *options, "-cp", f"{folder}/*"]


def _tail(file: Path) -> str:
    with file.open("rb") as log:
        log.seek(max(0, file.stat().st_size - 65_536))  # the end of the last start is enough
        return log.read().decode(errors="replace")
