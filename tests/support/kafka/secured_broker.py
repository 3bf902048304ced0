"""A real broker with TLS, SCRAM users and ACLs: nobody may do what was not allowed."""

import asyncio
import contextlib
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from agents.config import KafkaSecurity, KafkaSettings, Settings
from agents.edges.child_process.ports import reserved
from agents.edges.child_process.tether import tethered
from agents.edges.kafka import acl
from agents.edges.kafka.admin_client import AdminError
from agents.edges.kafka.topic_admin import plan
from agents.edges.local_broker.jars import jars
from agents.edges.local_broker.kafka_server import server_command
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send

ADMIN = "admin"
NORTH, SOUTH = "north", "south"
CLUSTER = "k0Bh5mZtQ8OQb1nW2pXv3w"
READY_DEADLINE_S = 90.0
POLL_S = 0.2


def hotline_user(id: str) -> str:
    """Return the user of a hotline."""
    return acl.HOTLINE_USER.format(id=id)


USERS = (acl.WORKER, acl.DESK, acl.HTTP_INTAKE, hotline_user(NORTH), hotline_user(SOUTH))
"""Those that a broker of the tests knows beside the admin."""

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=CLIENTS://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
listener.security.protocol.map=CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENTS
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.clients.scram-sha-512.sasl.jaas.config=\\
  org.apache.kafka.common.security.scram.ScramLoginModule required \\
  username="admin" password="{password}";
listener.name.clients.ssl.keystore.type=PEM
listener.name.clients.ssl.keystore.location=server.pem
listener.name.clients.ssl.truststore.type=PEM
listener.name.clients.ssl.truststore.location=ca.pem
metadata.max.idle.interval.ms=0
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:admin;User:ANONYMOUS
allow.everyone.if.no.acl.found=false
log.dirs=log
auto.create.topics.enable=true
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""
"""ANONYMOUS is who comes in at the controller's port, which is the broker itself."""


@dataclass(frozen=True, slots=True)
class Secured:
    """The running broker.

    Attributes:
        folder: passwords stand in `<user>.password`, the authority in `ca.pem`.
    """

    bootstrap: str
    folder: Path

    def kafka(self, user: str, **others: object) -> KafkaSettings:
        """Return the settings by which a user connects."""
        security = KafkaSecurity(
            tls=True,
            ca_file=self.folder / "ca.pem",
            username=user,
            password_file=self.folder / f"{user}.password",
        )
        return KafkaSettings(bootstrap=self.bootstrap, security=security, **others)

    def settings(self, user: str, prefix: str = "acl.") -> Settings:
        """Return the settings of a user, of a ledger with few partitions."""
        return Settings(kafka=self.kafka(user, topic_prefix=prefix, partitions=3))


async def write_one(settings: Settings, topic: str) -> None:
    """Write one record as the user of the settings."""
    outbox = KafkaOutbox(settings)
    await outbox.start()
    try:
        await outbox.send([Send(topic, b"key", b"value")])
    finally:
        await outbox.stop()


@contextmanager
def secured_broker(folder: Path) -> Iterator[Secured]:
    """Run a broker that knows the admin and the users."""
    passwords = {user: secrets.token_urlsafe(18) for user in (ADMIN, *USERS)}
    for user, password in passwords.items():
        (folder / f"{user}.password").write_text(f"{password}\n")
    _certificates(folder)
    with reserved(0) as port, reserved(0) as controller:
        text = PROPERTIES.format(port=port, controller=controller, password=passwords[ADMIN])
    (folder / "server.properties").write_text(text)
    jars()
    _format(folder, passwords)
    with (folder / "broker.log").open("wb") as log:
        child = subprocess.Popen(
            tethered(server_command()), cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        broker = Secured(f"127.0.0.1:{port}", folder)
        asyncio.run(_ready(Settings(kafka=broker.kafka(ADMIN))))
        yield broker
    finally:
        child.kill()
        child.wait()


async def _ready(settings: Settings) -> None:
    """Wait until the admin is let in."""
    async with asyncio.timeout(READY_DEADLINE_S):
        while True:
            with contextlib.suppress(AdminError):
                await plan(settings, [])
                return
            await asyncio.sleep(POLL_S)


def _certificates(folder: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    # Kafka reads keys in PKCS 8 only
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    (folder / "server.pem").write_bytes(pem + chain)
    authority.cert_pem.write_to_path(folder / "ca.pem")


def _format(folder: Path, passwords: dict[str, str]) -> None:
    scram = [
        f"SCRAM-SHA-512=[name={user},password={password}]" for user, password in passwords.items()
    ]
    command = [
        *server_command()[:-2],
        *("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", "server.properties"),
        *(part for one in scram for part in ("--add-scram", one)),
    ]
    subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # it prints the keys
        timeout=READY_DEADLINE_S,
        check=True,
    )
