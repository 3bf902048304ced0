"""Laws of docker-compose.yml: what it names exists, and its broker does what it promises.

There is no container engine on every machine, so the parts are tried without one: the same scripts
and settings on a real broker.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from waiting import until

from agents.config import PREFIX, KafkaSecurity, KafkaSettings, Settings
from agents.edges.kafka import acl
from agents.edges.kafka.acl_check import rights
from agents.edges.kafka.topic_admin import plan, wanted
from agents.edges.local_broker.kafka_server import server_command
from agents.edges.process.ports import reserved
from agents.edges.process.tether import tethered
from agents.engine.failures import SendFailed
from agents.engine.produce.outbox import KafkaOutbox
from agents.engine.stage import Send

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SECRETS = ROOT / "deploy" / "secrets"


def environment(service: str) -> dict[str, str]:
    """Return a service's variables."""
    return {name: str(value) for name, value in SERVICES[service].get("environment", {}).items()}


def names(service: dict[str, Any], key: str) -> set[str]:
    """Return what a service names under a key: a list, a mapping, or a list with `source`."""
    found = service.get(key, [])
    return {one["source"] if isinstance(one, dict) else one for one in found}


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


@pytest.mark.parametrize("key", ["networks", "secrets", "configs"])
def test_what_is_named_is_declared_and_what_is_declared_is_used(key: str) -> None:
    """A typing error in a name would be found at the first start, on somebody's machine."""
    used = set().union(*(names(service, key) for service in SERVICES.values()))
    assert used == set(COMPOSE[key])


def test_volumes_and_dependencies_exist() -> None:
    """Named volumes are declared, mounted files are there, depended-on services are services."""
    mounted = [str(v).split(":")[0] for s in SERVICES.values() for v in s.get("volumes", [])]
    assert {v for v in mounted if not v.startswith(".")} == set(COMPOSE["volumes"])
    for place in (v for v in mounted if v.startswith(".") and "secrets" not in v):
        assert (ROOT / place).exists(), place
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)


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


def test_nothing_but_the_proxy_and_the_intake_is_published() -> None:
    """Every other port is reached from the inside only, Grafana's by the proxy and no other."""
    published = {name for name, service in SERVICES.items() if service.get("ports")}
    assert published == {"proxy", "intake"}
    (with_grafana,) = (names(SERVICES[one], "networks") for one in ["grafana"])
    near = {one for one in SERVICES if names(SERVICES[one], "networks") & with_grafana}
    assert near == {"grafana", "proxy", "prometheus"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_more_rights_than_it_needs(name: str) -> None:
    """No capability, no new privilege, a fixed image, bounded logs, a health check, a restart."""
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert re.search(r":v?\d", service["image"])
    assert service["logging"]["options"]["max-size"]
    assert re.fullmatch(r"[0-9]+[mg]", service["mem_limit"])  # one part must not end the others
    assert "privileged" not in service
    assert service["restart"] in ("unless-stopped", "no")
    assert "healthcheck" in service or "build" in service  # our image brings its own
    assert not any(re.search(r"(?i)password$", key) for key in environment(name))


def test_the_memory_of_all_is_what_the_document_says() -> None:
    """Who buys the machine reads it there."""
    units = {"m": 1 / 1_024, "g": 1.0}
    limits = [service["mem_limit"] for service in SERVICES.values()]
    whole = sum(float(limit[:-1]) * units[limit[-1]] for limit in limits)
    text = (ROOT / "docs" / "operations.md").read_text()
    assert f"(`mem_limit`), {whole:.0f} GiB in total" in text


@pytest.mark.parametrize("name", ["topics", "intake", "worker-1", "worker-2"])
def test_settings_are_settings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables and the file together are read without a complaint."""
    for variable, value in environment(name).items():
        if variable.startswith(PREFIX):
            monkeypatch.setenv(variable, value)
    if name == "topics":  # its script names the user
        monkeypatch.setenv(f"{PREFIX}KAFKA__SECURITY__USERNAME", "admin")
        monkeypatch.setenv(f"{PREFIX}KAFKA__SECURITY__PASSWORD_FILE", "/run/secrets/kafka_admin")
    settings = Settings.load(ROOT / "deploy/compose/hostwatch.toml")
    security = settings.kafka.security
    secrets = {f"/run/secrets/{one}" for one in names(SERVICES[name], "secrets")}
    assert {str(security.ca_file), str(security.password_file)} <= secrets
    if settings.web.password_file:
        assert str(settings.web.password_file) in secrets
        assert str(settings.intake.cert_file) in secrets  # a worker tells when it ends
        assert str(settings.intake.key_file) not in secrets


def test_prometheus_scrapes_what_is_there() -> None:
    """Targets are services at the ports they listen on; rules and password are mounted."""
    config = yaml.safe_load((ROOT / "deploy/compose/prometheus.yml").read_text())
    targets = {
        target
        for job in config["scrape_configs"]
        for static in job["static_configs"]
        for target in static["targets"]
    }
    workers = {f"{name}:9464" for name in SERVICES if name.startswith("worker-")}
    others = {
        "proxy:8080",
        "intake:9465",
        "kafka-exporter:9308",
        "127.0.0.1:9090",
        "alertmanager:9093",
    }
    assert targets == workers | others
    assert config["scrape_configs"][0]["basic_auth"]["password_file"] == "/run/secrets/pages"
    rules = (ROOT / "deploy/prometheus/rules/hostwatch.process.rules.yml").read_text()
    jobs = {job["job_name"] for job in config["scrape_configs"]}
    named = "|".join(re.findall(r'job=~?"([^"]+)"', rules)).split("|")
    assert set(named) <= jobs
    alert = (ROOT / "deploy/alertmanager/alertmanager.yml").read_text()
    files = set(re.findall(r"/run/secrets/(\w+)", alert))
    assert files == names(SERVICES["alertmanager"], "secrets")


def test_by_default_a_case_can_be_named() -> None:
    """Two vantages and more, one of which does not say who it is; in Kubernetes too."""
    for file in ("deploy/compose/hostwatch.toml", "deploy/kubernetes/hostwatch.toml"):
        vantages = [v for v in Settings.load(ROOT / file).vantages if not v.recheck]
        assert len(vantages) >= 2, file
        assert {v.announced for v in vantages} == {True, False}, file


def test_the_image_s_user_is_the_compose_file_s() -> None:
    """Volumes and keys belong to that number."""
    text = (ROOT / "deploy/Dockerfile").read_text()
    assert "USER 10001:10001" in text
    assert SERVICES["worker-1"]["user"] == "10001:10001"


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
    assert {one.operation for one in needed} == {acl.Operation.DESCRIBE}
    assert await rights(meter, needed) == ([], [])
    intake = of(stack, made, acl.HTTP_INTAKE, "kafka_intake")
    outbox = KafkaOutbox(intake)
    await outbox.start()
    try:
        with pytest.raises(SendFailed, match="TopicAuthorizationFailed"):
            await outbox.send([Send("reports.v1", b"key", b"value")])
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
    for name in ("kafka_admin", "kafka_hostwatch", "kafka_desk", "kafka_intake", "kafka_exporter"):
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
