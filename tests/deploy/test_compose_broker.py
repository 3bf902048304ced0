"""Secrets and broker of docker-compose.yml: what its scripts make, and what the broker lets do.

There is no container engine on every machine, so the parts are tried without one: the same scripts
and settings on a real broker.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from compose_file import COMPOSE, ROOT, SERVICES
from waiting import until

from agents.config import PREFIX, KafkaSecurity, KafkaSettings, Settings
from agents.edges.child_process.ports import answers, reserved
from agents.edges.child_process.tether import tethered
from agents.edges.crypto.person_key import PersonKey
from agents.edges.kafka import acl
from agents.edges.kafka.acl_check import rights
from agents.edges.kafka.topic_admin import plan, wanted
from agents.edges.local_broker.kafka_server import server_command
from agents.engine.failures import SendFailed
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send
from agents.tools.roots.write import RootKey, write_roots
from schemas.moments import HOUR_MS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder in which the secrets were made."""
    root = tmp_path_factory.mktemp("compose")
    ignored = shutil.ignore_patterns("secrets", "__pycache__")
    shutil.copytree(ROOT / "deploy", root / "deploy", ignore=ignored)
    owner = f"{os.getuid()}:{os.getgid()}"
    subprocess.run(
        [root / "deploy/compose/secrets.sh"],
        check=True,
        capture_output=True,
        timeout=60,
        env={**os.environ, "OWNER": owner},
    )
    return root


def test_secrets_are_made_by_their_script(made: Path) -> None:
    """Every file of deploy/secrets that is named is made; none is empty but what a person fills."""
    files = [entry["file"] for key in ("secrets", "configs") for entry in COMPOSE[key].values()]
    by_hand = {"alert-mail", "alert-webhook", "alert-watchdog"}
    for file in files:
        path = made / file if "secrets" in file else ROOT / file
        assert path.is_file(), file
        assert path.stat().st_size or path.name in by_hand, file
    assert (made / "deploy/secrets").stat().st_mode & 0o077 == 0
    mounted = [str(v).split(":")[0] for s in SERVICES.values() for v in s.get("volumes", [])]
    folders = {place for place in mounted if place.startswith("./deploy/secrets/")}
    assert len(folders) == 3
    assert all((made / place).is_dir() for place in folders)
    assert (made / "deploy/secrets/datasets").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("name", ["kafka.pem", "intake.pem", "proxy.pem"])
def test_certificates_hold_by_the_strict_rules(made: Path, name: str) -> None:
    """Python 3.13 takes no others (RFC 5280): who signs them, and what they are for, is said."""
    folder = made / "deploy/secrets"
    verify = ["openssl", "verify", "-x509_strict", "-CAfile", "ca.pem", name]
    done = subprocess.run(verify, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout == f"{name}: OK\n", done.stderr


def test_no_secret_stands_in_an_argument_or_a_variable(made: Path) -> None:
    """Whoever can list processes or containers reads those: each secret is a file."""
    secrets = {
        path.read_text().strip()
        for path in (made / "deploy/secrets").iterdir()
        if path.is_file() and path.suffix == "" and path.stat().st_size < 1_000
    } - {""}
    written = (made / "deploy/secrets/kafka-exporter-arguments").read_text()
    assert written == f"--sasl.password={(made / 'deploy/secrets/kafka-exporter').read_text()}\n"
    for name, service in SERVICES.items():
        assert "env_file" not in service, name
        listed = (
            f"{service.get('command')} {service.get('environment')} {service.get('entrypoint')}"
        )
        assert not any(secret in listed for secret in secrets), name
        variables = service.get("environment", {})
        assert not [one for one in variables if re.search(r"(PASSWORD|TOKEN|SECRET)$", one)], name


def test_a_hotline_s_key_can_be_added(made: Path) -> None:
    """The file of keys is written by its owner, without any capability, and read by the intake."""
    file = made / "deploy/secrets/hotlines/keys"
    assert file.stat().st_mode & 0o777 == 0o644
    assert file.parent.stat().st_mode & 0o777 == 0o755


KAFKA_BIN = {
    "kafka-configs.sh": "kafka.admin.ConfigCommand",
    "kafka-storage.sh": "kafka.tools.StorageTool",
    "kafka-server-start.sh": "kafka.Kafka",
}


@pytest.fixture(scope="module")
def broker(made: Path) -> Iterator[KafkaSettings]:
    """The compose file's broker without its container: same script, same properties."""
    home = made / "broker"
    secrets = home / "secrets"
    secrets.mkdir(parents=True)
    for name, entry in COMPOSE["secrets"].items():
        (secrets / name).symlink_to(made / entry["file"])
    for script, java in KAFKA_BIN.items():
        command = [*server_command()[:-2], java]
        file = home / "bin" / script
        file.parent.mkdir(exist_ok=True)
        quoted = " ".join(f"'{part}'" for part in command)
        file.write_text(
            f'#!/bin/sh\n{{ echo $0 "$@"; env; ulimit -Hc; }} >>{home / "seen"}\n'
            f'exec {quoted} "$@"\n'
        )
        file.chmod(0o755)
    with reserved(0) as port, reserved(0) as controller, reserved(0) as inside:
        text = (ROOT / "deploy/kafka/server.properties").read_text()
        text = text.replace("/run/secrets", str(secrets)).replace(":9094", f":{controller}")
        text = text.replace("CLIENTS://:9093", f"CLIENTS://127.0.0.1:{port}")
        text = text.replace("kafka:9093", f"127.0.0.1:{port}")
        text = text.replace("/var/lib/kafka/data", str(home / "data"))
    (home / "server.properties").write_text(text)
    variables = {
        "KAFKA_BIN": str(home / "bin"),
        "KAFKA_SECRETS": str(secrets),
        "KAFKA_PROPERTIES": str(home / "server.properties"),
        "KAFKA_INSIDE": f"127.0.0.1:{inside}",
    }
    with (home / "broker.log").open("wb") as log:
        child = subprocess.Popen(
            tethered(["/bin/sh", str(ROOT / "deploy/kafka/start.sh")]),
            env={**os.environ, **variables},
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        assert until((home / "data" / "users.made").exists), (home / "broker.log").read_text()
        assert until(lambda: answers(port)), (home / "broker.log").read_text()
        yield KafkaSettings(
            bootstrap=f"127.0.0.1:{port}",
            security=KafkaSecurity(
                tls=True,
                ca_file=secrets / "ca",
                username="hostwatch-desk",
                password_file=secrets / "kafka_desk",
            ),
        )
    finally:
        child.kill()
        child.wait()


def set_up(made: Path, broker: KafkaSettings) -> None:
    """Run the topics job, as often as it takes the broker to come up."""
    home = made / "broker"
    settings = home / "settings"
    settings.mkdir(exist_ok=True)
    shutil.copy(ROOT / "deploy/compose/hostwatch.toml", settings)
    shutil.copy(made / "deploy/secrets/hosters.toml", settings)
    program = home / "bin" / "hostwatch"
    program.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'from agents.cli import main; main()' \"$@\"\n"
    )
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    variables = {
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "SECRETS": str(home / "secrets"),
        "SETTINGS": str(settings),
        f"{PREFIX}KAFKA__BOOTSTRAP": broker.bootstrap or "",
        f"{PREFIX}KAFKA__SECURITY__TLS": "true",
        f"{PREFIX}KAFKA__SECURITY__CA_FILE": str(home / "secrets" / "ca"),
    }
    for _ in range(20):
        done = subprocess.run(
            ["/bin/sh", "-e", str(ROOT / "deploy/compose/topics.sh")],
            env={**kept, **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode == 0:
            return
        assert "KafkaConnectionError" in done.stderr, done.stdout + done.stderr
    raise AssertionError(done.stdout + done.stderr)


def of(broker: KafkaSettings, made: Path, user: str, secret: str) -> Settings:
    """Return the settings of one of the broker's users."""
    changes = {"username": user, "password_file": made / "broker/secrets" / secret}
    security = broker.security.model_copy(update=changes)
    settings = Settings.load(ROOT / "deploy/compose/hostwatch.toml")
    kafka = settings.kafka.model_copy(update={"bootstrap": broker.bootstrap, "security": security})
    return settings.model_copy(update={"kafka": kafka})


@pytest.fixture(scope="module")
def stack(made: Path, broker: KafkaSettings) -> KafkaSettings:
    """The broker, set up by its job."""
    set_up(made, broker)
    return broker


async def test_the_stack_s_broker_lets_each_do_its_own(made: Path, stack: KafkaSettings) -> None:
    """Started by its script, set up by its job: topics stand, users have their rights and no more.

    The job run again changes nothing.
    """
    set_up(made, stack)
    worker = of(stack, made, acl.WORKER, "kafka_hostwatch")
    assert await plan(worker, wanted(worker, [])) == []
    meter = of(stack, made, acl.EXPORTER, "kafka_exporter")
    needed = [one for one in acl.grants(meter, []) if one.user == acl.EXPORTER]
    assert {one.operation for one in needed} == {acl.AclOperation.DESCRIBE}
    assert await rights(meter, needed) == ([], [])
    intake = of(stack, made, acl.HTTP_INTAKE, "kafka_intake")
    outbox = KafkaOutbox(intake)
    await outbox.start()
    try:
        with pytest.raises(SendFailed, match="TopicAuthorizationFailed"):
            await outbox.send([Send("reports.v1", b"key", b"value")])
    finally:
        await outbox.stop()


async def test_the_stack_s_roots_are_signed_by_a_user_that_can_do_nothing_else(
    made: Path, stack: KafkaSettings
) -> None:
    """With the key and the password that the secrets' script makes; it cannot write the ledger."""
    signer = of(stack, made, acl.SIGNER, "kafka_roots")
    key = PersonKey.load(made / "deploy/secrets/roots/key.pem", str)
    done = await write_roots(
        signer, RootKey(key, "roots"), time.time_ns() // 1_000_000 + 2 * HOUR_MS
    )
    assert done.new == len(done.roots) > 0
    outbox = KafkaOutbox(signer)
    await outbox.start()
    try:
        for topic in ("reports.v1", "decisions.v1", "registry.v1", "cases.v1"):
            with pytest.raises(SendFailed, match="TopicAuthorizationFailed"):
                await outbox.send([Send(topic, b"key", b"value")])
    finally:
        await outbox.stop()


def test_no_password_of_kafka_stands_in_an_argument_or_a_variable(
    made: Path, stack: KafkaSettings
) -> None:
    """What any process of the machine can list of the broker and its tools holds no secret.

    None of them leaves a core dump.
    """
    assert stack.bootstrap
    seen = (made / "broker" / "seen").read_text()
    assert seen.count("kafka-configs.sh --bootstrap-server") >= 5
    assert seen.count("kafka-server-start.sh") == 2
    for name in (
        *("kafka_admin", "kafka_hostwatch", "kafka_desk"),
        *("kafka_intake", "kafka_roots", "kafka_exporter"),
    ):
        secret = (made / "broker" / "secrets" / name).read_text().strip()
        assert len(secret) > 16
        assert secret not in seen
    assert set(re.findall(r"^(?:\d+|unlimited)$", seen, re.MULTILINE)) == {"0"}


def test_the_administrator_s_tools_reach_the_broker(made: Path, stack: KafkaSettings) -> None:
    """The script's settings let one of Kafka's tools in; nothing of the password is left behind."""
    home = made / "broker"
    scratch = home / "scratch"
    scratch.mkdir()
    users = ["--describe", "--entity-type", "users", "--entity-name", "hostwatch"]
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "deploy/kafka/admin.sh"), "kafka-configs.sh", *users],
        env={
            **os.environ,
            "KAFKA_BIN": str(home / "bin"),
            "KAFKA_SECRETS": str(home / "secrets"),
            "KAFKA_SERVER": stack.bootstrap or "",
            "TMPDIR": str(scratch),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "SCRAM-SHA-512=iterations=" in done.stdout, done.stdout + done.stderr
    assert list(scratch.iterdir()) == []
