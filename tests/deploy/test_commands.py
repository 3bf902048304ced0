"""Laws of what docker-compose.yml runs: each command line is one that its program takes.

There is no container engine here, so Debian's programs are started with them. Each option is also
looked up in the list of those of the image's own version: another version may know others.
"""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest
import yaml
from compose_file import ROOT, SERVICES
from typer.testing import CliRunner

from agents.cli import app
from agents.edges.child_process.ports import reserved
from agents.edges.local_broker.jars import kafka_version
from sim.demo.children import Child

FLAGS = Path(__file__).parent / "flags"
BASE = "https://watch.example.org"
DEADLINE_S = 60.0
POLL_S = 0.1
PROGRAMS = {"prometheus": "prometheus", "alertmanager": "prometheus-alertmanager"}


def listed(service: str) -> set[str] | None:
    """Return the options of a service's image, None for one whose options are tried elsewhere.

    Those that take a value end in `=`. A line that begins with `#` says what the list is.
    """
    name = re.sub(r"[/:]", "_", SERVICES[service]["image"])
    file = FLAGS / f"{name}.txt"
    if not file.exists():
        return None
    return {line for line in file.read_text().splitlines() if line and not line.startswith("#")}


def set_to(text: str) -> str:
    """Return a text with BASE_URL put in, as Compose does it."""
    return re.sub(r"\$\{BASE_URL:-[^}]*\}", BASE, text)


def command(service: str) -> list[str]:
    """Return a service's command with the variables put in."""
    return [set_to(word) for word in SERVICES[service].get("command", [])]


def unknown(words: list[str], options: set[str]) -> list[str]:
    """Return the words that are no options of a list, or have a value where none is taken."""
    wrong = []
    for word in words:
        name, equals, _ = word.partition("=")
        if name + equals not in options:
            wrong.append(word)
    return wrong


def test_the_broker_that_is_tried_is_the_image_s() -> None:
    """test_compose_broker starts it from the jars: they have to be those of the image's version."""
    assert SERVICES["kafka"]["image"].endswith(f":{kafka_version()}")


TRIED_ELSEWHERE = {"kafka", "proxy", "topics", "intake", "worker-1", "worker-2", "roots"}
"""Kafka and the scripts in test_compose_broker, the proxy in test_proxy, ours below."""


def test_every_service_is_tried() -> None:
    """A list for each image of another's, or a test of its own."""
    without = {name for name in SERVICES if listed(name) is None}
    assert without == TRIED_ELSEWHERE
    used = {re.sub(r"[/:]", "_", one["image"]) for one in SERVICES.values()}
    assert {file.stem for file in FLAGS.iterdir()} <= used


@pytest.mark.parametrize("service", ["prometheus", "alertmanager", "kafka-exporter"])
def test_an_option_is_one_of_the_image_s_version(service: str) -> None:
    """What the version does not know ends the container at its start, and again, for ever."""
    options = listed(service)
    assert options
    words = [word for word in command(service) if not word.startswith("@")]  # a file of options
    assert unknown(words, options) == []


@pytest.mark.parametrize("word", ["--web.enable-lifecycle=false", "--storage.tsdb.path", "--x=1"])
def test_a_wrong_option_is_found(word: str) -> None:
    """A switch with a value is one: Prometheus refuses it, and never started for it."""
    assert unknown([word], listed("prometheus") or set()) == [word]


def test_grafana_s_settings_are_those_of_its_version() -> None:
    """An unknown variable is passed over in silence, so that a door might stand open."""
    options = listed("grafana")
    assert options
    known = {f"GF_{re.sub('[.-]', '_', one).upper()}" for one in options}
    names = {name.removesuffix("__FILE") for name in SERVICES["grafana"]["environment"]}
    assert names <= known


@pytest.mark.parametrize("service", ["intake", "worker-1", "worker-2", "roots"])
def test_a_command_of_hostwatch_is_one(service: str) -> None:
    """The words are a command, and its options are options."""
    first, *words = command(service)
    assert first.partition("=")[0] == "--config"
    done = CliRunner().invoke(app, [*(words if "=" in first else words[1:]), "--help"])
    assert done.exit_code == 0, done.output


def test_the_administrator_s_commands_are_commands() -> None:
    """What the job calls; that it works is tried on a real broker in test_compose_broker."""
    text = (ROOT / "deploy/compose/topics.sh").read_text()
    called = re.findall(r"^hostwatch (\w+ \w+)", text, re.MULTILINE)
    assert called
    for words in called:
        done = CliRunner().invoke(app, [*words.split(), "--help"])
        assert done.exit_code == 0, words


@asynccontextmanager
async def started(service: str, folder: Path) -> AsyncIterator[str]:
    """Run a service's command with Debian's program; its files stand in a folder, loopback only."""
    shutil.copytree(ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("secrets"))
    places = {
        "/etc/prometheus/prometheus.yml": folder / "deploy/compose/prometheus.yml",
        "/etc/alertmanager/": f"{folder}/deploy/alertmanager/",
        "=/prometheus": f"={folder}/data",
        "=/alertmanager": f"={folder}/data",
    }
    config = folder / "deploy/compose/prometheus.yml"
    text = config.read_text().replace("/etc/prometheus/rules", f"{folder}/deploy/prometheus/rules")
    config.write_text(text.replace("evaluation_interval: 30s", "evaluation_interval: 1s"))
    for rules in (folder / "deploy/prometheus/rules").iterdir():
        rules.write_text(re.sub(r"interval: \w+", "interval: 1s", rules.read_text()))
    words = command(service)
    for there, here in places.items():
        words = [word.replace(there, str(here)) for word in words]
    with reserved(0) as port:
        pass
    listen = f"--web.listen-address=127.0.0.1:{port}"
    environment = {k: set_to(v) for k, v in SERVICES[service].get("environment", {}).items()}
    env = [f"{name}={value}" for name, value in environment.items()]
    log = folder / "log"
    child = await Child.start(service, ["env", *env, PROGRAMS[service], *words, listen], log)
    try:
        address = f"http://127.0.0.1:{port}"
        async with asyncio.timeout(DEADLINE_S), aiohttp.ClientSession() as session:
            while not await ready(session, f"{address}/-/ready"):
                assert child.process.returncode is None, log.read_text()
                await asyncio.sleep(POLL_S)
        yield address
    finally:
        await child.stop()


async def ready(session: aiohttp.ClientSession, address: str) -> bool:
    """Return whether it answers with 200."""
    try:
        async with session.get(address) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def test_prometheus_starts_and_its_alerts_lead_somewhere(tmp_path: Path) -> None:
    """Started as the container is; links are absolute, and the labels they are made from gone."""
    async with (
        started("prometheus", tmp_path) as address,
        aiohttp.ClientSession() as session,
        asyncio.timeout(DEADLINE_S),
    ):
        told: dict[str, str] = {}
        while not told:
            async with session.get(f"{address}/api/v1/alerts") as answer:
                alerts = (await answer.json())["data"]["alerts"]
            found = [one for one in alerts if one["labels"]["alertname"] == "HostwatchWatchdog"]
            told = found[0]["annotations"] if found else {}
            await asyncio.sleep(POLL_S)
    assert told["runbook_url"] == f"{BASE}/runbook#hostwatchwatchdog"
    assert told["dashboard_url"] == f"{BASE}/grafana/d/hostwatch-pipeline"


async def test_alertmanager_is_ready_when_started_as_its_container_is(tmp_path: Path) -> None:
    """Started as the container is, it is ready."""
    async with (
        started("alertmanager", tmp_path) as address,
        aiohttp.ClientSession() as session,
        session.get(f"{address}/-/ready") as answer,
    ):
        assert answer.status == HTTPStatus.OK


@pytest.mark.parametrize(
    "file", ["deploy/compose/prometheus.yml", "deploy/prometheus/prometheus.yml"]
)
def test_the_labels_of_the_links_are_no_labels_of_an_alert(file: str) -> None:
    """Each would be another group of messages at the receiver."""
    config = yaml.safe_load((ROOT / file).read_text())
    (rule,) = config["alerting"]["alert_relabel_configs"]
    assert rule["action"] == "labeldrop"
    names = set(config["global"]["external_labels"])
    assert names == {"runbook_base", "grafana_base"}
    assert all(re.fullmatch(rule["regex"], name) for name in names)
