"""Kafka's own programs: what they are told, and what their log says when they end."""

import base64
import secrets
import subprocess
from pathlib import Path
from typing import Final

from agents.edges.jars import jars
from agents.errors import UserError

_FORMAT_DEADLINE_S: Final = 60.0
"""Formatting is one start of the virtual machine: 1 s, on a busy machine ten."""

_TAIL_BYTES: Final = 65_536
"""A failed start says why in its last lines."""

_JAVA: Final = (
    "java",
    "-Xmx1g",
    "-Xms256m",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)

_PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
controller.listener.names=CONTROLLER
log.dirs=log
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""


class BrokerError(UserError):
    """The broker cannot be started; the message says what to do."""


def server_command() -> list[str]:
    """Return the command that runs the broker of the current folder's `server.properties`."""
    return [*_java(), "kafka.Kafka", "server.properties"]


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
    if (folder / "log" / "meta.properties").exists():
        return
    # A letter first: an id that began with a dash would be read as an option.
    cluster = base64.urlsafe_b64encode(b"k" + secrets.token_bytes(15)).decode().rstrip("=")
    arguments = ["kafka.tools.StorageTool", "format", "-g", "-t", cluster]
    with (folder / "broker.log").open("ab") as log:
        try:
            done = subprocess.run(  # noqa: S603 - fixed arguments
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


def _java() -> list[str]:
    return [*_JAVA, "-cp", f"{jars()}/*"]


def _tail(file: Path) -> str:
    with file.open("rb") as log:
        log.seek(max(0, file.stat().st_size - 65_536))  # the end of the last start is enough
        return log.read().decode(errors="replace")
