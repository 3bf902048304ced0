"""Laws of the links in alerts: relative ones, and those to nowhere, are told."""

from pathlib import Path

import pytest

from agents.edges.files.alert_links import fault

SHIPPED = Path(__file__).parents[4] / "deploy"


def config(folder: Path, runbook: str, grafana: str) -> Path:
    """Write a prometheus.yml with two labels."""
    file = folder / "prometheus.yml"
    lines = (
        "global:",
        "  external_labels:",
        f"    runbook_base: {runbook}",
        f"    grafana_base: {grafana}",
    )
    file.write_text("\n".join(lines))
    return file


def test_absolute_links_are_well(tmp_path: Path) -> None:
    """Both labels lead to somewhere that is no example."""
    assert fault(config(tmp_path, "https://watch.test/runbook", '"https://watch.test/g"')) is None


@pytest.mark.parametrize(
    ("runbook", "grafana", "told"),
    [
        ("/runbook", "https://watch.test/g", "relative: set runbook_base"),
        ("https://watch.test/r", "grafana", "relative: set grafana_base"),
        ("${NOT_SET}/runbook", "https://watch.test/g", "relative: set runbook_base"),
        ("https://localhost:8443/runbook", "https://watch.test/g", "this machine itself"),
        ("https://watch.example.org/runbook", "https://watch.test/g", "an example"),
    ],
)
def test_an_alert_s_link_works_or_its_fault_is_told(
    tmp_path: Path, runbook: str, grafana: str, told: str
) -> None:
    """Whoever gets the alert at night gets a link that works, or somebody knew by day."""
    assert told in (fault(config(tmp_path, runbook, grafana)) or "")


def test_a_configuration_without_the_labels_is_told(tmp_path: Path) -> None:
    """That is how an older one is."""
    file = tmp_path / "prometheus.yml"
    file.write_text("global: {}\n")
    assert "relative" in (fault(file) or "")


def test_the_shipped_ones_are_to_be_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """An example leads nowhere; with Compose the variable decides."""
    assert "an example" in (fault(SHIPPED / "prometheus/prometheus.yml") or "")
    monkeypatch.delenv("BASE_URL", raising=False)
    assert "relative" in (fault(SHIPPED / "compose/prometheus.yml") or "")
    monkeypatch.setenv("BASE_URL", "https://watch.test")
    assert fault(SHIPPED / "compose/prometheus.yml") is None
