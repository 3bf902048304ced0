"""Laws of docker-compose.yml: what it names exists, and a service has no more than it needs."""

import re
from typing import Any

import pytest
import yaml
from compose_file import COMPOSE, ROOT, SERVICES

from agents.config import PREFIX, Settings


def environment(service: str) -> dict[str, str]:
    """Return a service's variables."""
    return {name: str(value) for name, value in SERVICES[service].get("environment", {}).items()}


def names(service: dict[str, Any], key: str) -> set[str]:
    """Return what a service names under a key: a list, a mapping, or a list with `source`."""
    found = service.get(key, [])
    return {one["source"] if isinstance(one, dict) else one for one in found}


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
    assert f"(`mem_limit`), {whole:g} GiB in total" in text


@pytest.mark.parametrize("name", ["topics", "intake", "roots", "worker-1", "worker-2"])
def test_the_variables_and_the_file_are_read_without_a_complaint(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
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
