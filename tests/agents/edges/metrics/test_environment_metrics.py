"""Laws of the metrics of what a worker rests on."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from loose_keys import LooseKeys
from prometheus_client import CollectorRegistry, generate_latest

from agents.config import KafkaSecurity, KafkaSettings, Settings
from agents.edges.crypto.keys import Keyring
from agents.edges.metrics.environment_metrics import EnvironmentCollector
from agents.http_settings import WebSettings
from schemas.seal_context import reported_url


def exposed(
    settings: Settings,
    apart_ms: int | None = None,
    keys: Keyring | None = None,
    **builds: int,
) -> str:
    """Return what a scrape says."""
    registry = CollectorRegistry()
    registry.register(EnvironmentCollector(settings, lambda: builds, lambda: apart_ms, keys))
    return generate_latest(registry).decode()


def value(text: str, series: str) -> float:
    """Return a series' value."""
    (line,) = [line for line in text.splitlines() if line.rpartition(" ")[0] == series]
    return float(line.rpartition(" ")[2])


def certificate(file: Path, until: datetime) -> None:
    """Write a certificate that ends at an instant."""
    issued = trustme.CA().issue_cert("localhost", not_after=until)
    issued.cert_chain_pems[0].write_to_path(file)


def test_promtool_finds_nothing_to_say(tmp_path: Path) -> None:
    """Names, units and types follow Prometheus' own rules."""
    settings = Settings(state_dir=tmp_path, key_file=tmp_path / "keys.json")
    LooseKeys.create(settings.key_file)
    done = subprocess.run(
        ["promtool", "check", "metrics"],
        input=exposed(settings, asn=1_772_900_000_000),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_ends_or_grows_old_is_told(tmp_path: Path) -> None:
    """Build of a database, end of the first certificate of each file, the newest key's month."""
    until = datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)
    certificate(tmp_path / "web.pem", until)
    settings = Settings(
        state_dir=tmp_path,
        key_file=tmp_path / "keys.json",
        kafka=KafkaSettings(security=KafkaSecurity(tls=True, ca_file=tmp_path / "none.pem")),
        web=WebSettings(cert_file=tmp_path / "web.pem", key_file=tmp_path / "web.pem"),
    )
    keys = LooseKeys.create(settings.key_file)
    keys.seal("x", 1_772_900_000_000, reported_url("0" * 32))  # March 2026
    text = exposed(settings, keys=keys, asn=1_772_900_000_000)
    assert value(text, 'hostwatch_dataset_build_timestamp_seconds{dataset="asn"}') == 1_772_900_000
    ends = 'hostwatch_certificate_expiry_timestamp_seconds{certificate="web"}'
    assert value(text, ends) == until.timestamp()
    assert value(text, "hostwatch_key_month_timestamp_seconds") == 1_772_323_200
    assert value(text, "hostwatch_master_key_outdated") == 0
    assert value(text, "hostwatch_lost_key_months") == 0
    keys.outdated = True
    assert value(exposed(settings, keys=keys), "hostwatch_master_key_outdated") == 1
    assert 0 < value(text, "hostwatch_disk_free_ratio") < 1


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    """A missing key file or a file that is no certificate has no sample, and stops no scrape."""
    broken = tmp_path / "web.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    settings = Settings(
        state_dir=tmp_path / "gone",
        key_file=tmp_path / "none",
        web=WebSettings(cert_file=broken, key_file=broken),
    )
    text = exposed(settings)
    told = [line for line in text.splitlines() if not line.startswith(("#", "process_"))]
    assert told == []


def test_what_the_process_takes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its CPU time and its memory; a system that does not say how much has no sample of that."""
    settings = Settings(state_dir=tmp_path, key_file=tmp_path / "none")
    text = exposed(settings)
    assert value(text, "process_cpu_seconds_total") > 0
    assert value(text, "process_resident_memory_bytes") > 1_000_000  # no Python fits into less
    monkeypatch.setattr("agents.edges.metrics.environment_metrics._STATM", tmp_path / "none")
    lines = exposed(settings).splitlines()
    assert not any(line.startswith("process_resident_memory_bytes") for line in lines)


@pytest.mark.parametrize("apart_ms", [0, 172_800_000, -301_000])
def test_how_far_the_clock_is_from_the_brokers_is_told(tmp_path: Path, apart_ms: int) -> None:
    """In seconds, ahead positive; nothing is said where the broker's time was never read."""
    settings = Settings(state_dir=tmp_path, key_file=tmp_path / "keys.json")
    assert value(exposed(settings, apart_ms), "hostwatch_clock_apart_seconds") == apart_ms / 1_000
    assert "\nhostwatch_clock_apart_seconds " not in exposed(settings)
