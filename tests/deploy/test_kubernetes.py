"""Laws of the manifests and units: what they name exists, and they give no more than is needed."""

import configparser
import re
import runpy
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from agents.config import PREFIX, Settings

FOLDER = Path(__file__).parents[2] / "deploy" / "kubernetes"
UNITS = sorted((FOLDER.parent / "systemd").glob("*.service"))
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
OBJECTS: list[dict[str, Any]] = [
    one for file in KUSTOMIZATION["resources"] for one in yaml.safe_load_all((FOLDER / file).open())
]


def of(*kinds: str) -> Iterator[dict[str, Any]]:
    """Give the objects of some kinds."""
    yield from (one for one in OBJECTS if one["kind"] in kinds)


WORKLOADS = list(of("StatefulSet", "Deployment"))
LISTENING = [
    one for one in WORKLOADS if "ports" in one["spec"]["template"]["spec"]["containers"][0]
]
"""Roots are written by a pod that nobody asks anything."""


def test_every_file_is_a_resource() -> None:
    """A manifest that is not listed would not be applied."""
    files = {file.name for file in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}
    assert files == set(KUSTOMIZATION["resources"])


def test_the_rules_are_those_of_prometheus() -> None:
    """One source of rules: `python deploy/kubernetes/generate.py`."""
    generate = runpy.run_path(str(FOLDER / "generate.py"))
    assert (FOLDER / "rules.yaml").read_text() == generate["text"]()
    (rules,) = of("PrometheusRule")
    names = [group["name"] for group in rules["spec"]["groups"]]
    assert sorted(names) == ["hostwatch", "hostwatch-process", "hostwatch-trends"]


@pytest.mark.parametrize("workload", LISTENING, ids=lambda one: one["metadata"]["name"])
def test_a_workload_is_found_by_what_selects_it(workload: dict[str, Any]) -> None:
    """Service, budget and policy select its pods; ports have the names they are asked by."""
    labels = workload["spec"]["template"]["metadata"]["labels"]
    assert workload["spec"]["selector"]["matchLabels"] == labels
    services = [one for one in of("Service") if one["spec"]["selector"] == labels]
    budgets = [
        one for one in of("PodDisruptionBudget") if one["spec"]["selector"]["matchLabels"] == labels
    ]
    policies = [
        one for one in of("NetworkPolicy") if one["spec"]["podSelector"]["matchLabels"] == labels
    ]
    assert [len(services), len(budgets), len(policies)] == [1, 1, 1]
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for probe in ("readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"]["port"] in ports
    target = services[0]["spec"]["ports"][0].get(
        "targetPort", services[0]["spec"]["ports"][0]["port"]
    )
    assert target in (*ports, *ports.values())
    (allowed,) = policies[0]["spec"]["ingress"]
    assert {port["port"] for port in allowed["ports"]} == set(ports.values())


def test_roots_are_written_by_one_pod_that_nobody_reaches() -> None:
    """It is found alive by its file: probes run the check, and a policy lets nobody in."""
    (workload,) = (one for one in WORKLOADS if one not in LISTENING)
    assert (workload["metadata"]["name"], workload["spec"]["replicas"]) == ("roots", 1)
    labels = workload["spec"]["template"]["metadata"]["labels"]
    assert workload["spec"]["selector"]["matchLabels"] == labels
    (policy,) = (
        p for p in of("NetworkPolicy") if p["spec"]["podSelector"]["matchLabels"] == labels
    )
    assert policy["spec"]["ingress"] == []
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    (file,) = (one.partition("=")[2] for one in container["args"] if one.startswith("--file="))
    for probe in ("startupProbe", "livenessProbe"):
        program, *words = container[probe]["exec"]["command"]
        assert (program, words) == ("hostwatch", ["roots", "check", file, "--within=2"])


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda one: one["metadata"]["name"])
def test_a_pod_may_do_little(workload: dict[str, Any]) -> None:
    """Not root, nothing writable but its volumes, no capability, no token."""
    spec = workload["spec"]["template"]["spec"]
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["securityContext"]["runAsUser"] == 10_001
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    (container,) = spec["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    volumes = {one["name"] for one in spec["volumes"]}
    claims = {one["metadata"]["name"] for one in workload["spec"].get("volumeClaimTemplates", ())}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes | claims


def test_every_workload_is_watched() -> None:
    """Each service has a monitor that finds it and asks a port of it."""
    services = {
        one["metadata"]["labels"]["app.kubernetes.io/component"]: one for one in of("Service")
    }
    monitors = list(of("ServiceMonitor"))
    found = [
        one["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"] for one in monitors
    ]
    assert sorted(found) == sorted(services)
    for component, monitor in zip(found, monitors, strict=True):
        (endpoint,) = monitor["spec"]["endpoints"]
        assert endpoint["port"] in {port["name"] for port in services[component]["spec"]["ports"]}


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda one: one["metadata"]["name"])
def test_its_settings_are_settings(
    workload: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables and file together are read without a complaint; secrets are mounted files."""
    (container,) = workload["spec"]["template"]["spec"]["containers"]
    for variable in container["env"]:
        assert variable["name"].startswith(PREFIX)
        monkeypatch.setenv(variable["name"], variable.get("value", "worker-0"))
    settings = Settings.load(FOLDER / "hostwatch.toml")
    assert settings.kafka.security.tls
    mounts = [mount["mountPath"] for mount in container["volumeMounts"]]
    files = [v["value"] for v in container["env"] if v["name"].endswith("_FILE")]
    assert all(any(file.startswith(f"{mount}/") for mount in mounts) for file in files)
    assert container["args"][:2] == ["--config", "/etc/hostwatch/hostwatch.toml"]


def secrets_of(workload: dict[str, Any]) -> set[str]:
    """Return the Secrets that a workload's pods mount, whole or in part."""
    found = set()
    for volume in workload["spec"]["template"]["spec"]["volumes"]:
        sources = volume.get("projected", {}).get("sources", ())
        found |= {one["secret"]["name"] for one in sources}
        found |= {volume["secret"]["secretName"]} if "secret" in volume else set()
    return found


def test_no_role_holds_another_s_secret() -> None:
    """A Secret a role: what the intake reads says nothing of the worker's password, nor back."""
    by_name = {one["metadata"]["name"]: secrets_of(one) for one in WORKLOADS}
    assert by_name == {
        "worker": {"hostwatch-keys", "hostwatch-worker", "hostwatch-pages"},
        "intake": {"hostwatch-intake"},
        "roots": {"hostwatch-roots"},
    }
    watched = {
        ref["name"]
        for monitor in of("ServiceMonitor")
        for endpoint in monitor["spec"]["endpoints"]
        for ref in endpoint.get("basicAuth", {}).values()
    }
    assert watched == {"hostwatch-pages"}
    text = (FOLDER.parents[1] / "docs" / "operations.md").read_text()
    for name in set().union(watched, *by_name.values()):
        assert any(f"`{name}` {verb}" in text for verb in ("has", "with")), name


@pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.stem)
def test_a_unit_may_do_little(unit: Path) -> None:
    """Started again whatever ends it, stopped in its own time, and shut off from the system."""
    parsed = configparser.ConfigParser(interpolation=None, strict=False)
    parsed.optionxform = str
    parsed.read(unit)
    service = parsed["Service"]
    assert re.fullmatch(
        r"/opt/hostwatch/bin/hostwatch --config \S+ (worker|intake serve|roots write --watch .*)",
        service["ExecStart"],
    )
    assert (service["Restart"], service["TimeoutStopSec"]) == ("always", "60s")
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    # what hotlines reach has a user of its own, who can read neither key file nor passwords
    assert service["User"] == unit.stem.partition("@")[0].removesuffix("-worker")
    assert service["StateDirectory"].partition("/")[0] == service["User"]
    assert (service["StateDirectoryMode"], service["UMask"]) == ("0700", "0077")


@pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.stem)
def test_systemd_has_nothing_to_say_of_a_unit(tmp_path: Path, unit: Path) -> None:
    """No unknown key, no value that it would ignore; the program need not be installed."""
    text = unit.read_text().replace("/opt/hostwatch/bin/hostwatch", "/bin/true")
    (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
