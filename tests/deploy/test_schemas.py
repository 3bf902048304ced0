"""Laws of the deployment files against the schemas that those who read them publish."""

import json
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from compose_file import COMPOSE, ROOT, SERVICES

FOLDER = ROOT / "deploy" / "kubernetes"
SUPPORTED = ("1.29", "1.33", "1.37")
"""Releases of Kubernetes: the ends of what docs/operations.md promises, and one between."""

CUSTOM = {"PrometheusRule", "ServiceMonitor"}
"""Kinds of the Prometheus operator: they are in no release of Kubernetes."""

OBJECTS: list[dict[str, Any]] = [
    one
    for file in yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    for one in yaml.safe_load_all((FOLDER / file).open())
    if one["kind"] not in CUSTOM
]


def compose_spec() -> dict[str, Any]:
    """Return the Compose Specification's own schema, of which the package carries a copy."""
    place = "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
    vendored = Path(str(distribution("check-jsonschema").locate_file(place)))
    schema: dict[str, Any] = json.loads(vendored.read_text())
    return schema


def test_the_compose_file_keeps_the_compose_specification() -> None:
    """A key in the wrong place would be refused at `docker compose up`, on somebody's machine."""
    wrong = jsonschema.Draft202012Validator(compose_spec()).iter_errors(COMPOSE)
    assert [error.message for error in wrong] == []


def test_a_compose_file_with_an_unknown_key_does_not() -> None:
    """The schema that is asked is a strict one."""
    odd = {**SERVICES, "worker": {**SERVICES["kafka"], "read-only": True}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(compose_spec()).validate({**COMPOSE, "services": odd})


@pytest.mark.parametrize("release", SUPPORTED)
@pytest.mark.parametrize(
    "manifest", OBJECTS, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}"
)
def test_a_manifest_keeps_the_api(manifest: dict[str, Any], release: str) -> None:
    """Every field is one of that release, no field is unknown to it."""
    found = kubernetes_validate.validate(manifest, release, strict=True)
    assert found == release


def test_a_manifest_with_an_unknown_field_does_not() -> None:
    """Strict: an unknown field is refused, where a cluster might drop it in silence."""
    workload = next(one for one in OBJECTS if one["kind"] == "StatefulSet")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            {**workload, "spec": {**workload["spec"], "replica": 2}}, SUPPORTED[0], strict=True
        )
