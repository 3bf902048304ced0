"""Laws of who is told what: amtool on the shipped file, and a real Alertmanager."""

import re
import subprocess
from pathlib import Path

import pytest
from alert_world import CONFIG, alerting

GROWING = {
    "alertname": "HosterBacklogGrowing",
    "hoster": "alpha",
    "role": "hosting",
    "severity": "warning",
}
BURNING = {
    "alertname": "HosterNormBurnFast",
    "hoster": "alpha",
    "role": "hosting",
    "severity": "critical",
}
BLIND = {"alertname": "HostwatchProberBlind", "vantage": "quiet", "severity": "critical"}
WATCHDOG = {"alertname": "HostwatchWatchdog", "severity": "none"}


def amtool(*arguments: str) -> str:
    """Return what amtool says; it must be content."""
    done = subprocess.run(
        ["amtool", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_configuration_is_valid() -> None:
    """Alertmanager starts with it."""
    assert "SUCCESS" in amtool("check-config", str(CONFIG))


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        (["alertname=HostwatchWatchdog", "severity=none"], "watchdog"),
        (["alertname=HosterNormBurnFast", "severity=critical"], "operators-now"),
        (["alertname=HosterBacklogGrowing", "severity=warning"], "operators"),
        (["alertname=HosterBacklogProjected", "severity=info"], "operators"),
        (
            ["alertname=HotlineSlowToNotify", "hotline=north", "severity=warning"],
            "hotline-north,operators",
        ),
        (["alertname=HotlineSlowToNotify", "hotline=south", "severity=warning"], "operators"),
    ],
)
def test_alerts_go_by_severity_and_to_their_hotline(labels: list[str], receivers: str) -> None:
    """By severity; what is a hotline's own goes to that hotline too."""
    said = amtool("config", "routes", "test", f"--config.file={CONFIG}", *labels)
    assert said.strip() == receivers


def hours(text: str) -> float:
    """Return a duration as Prometheus or Go write it, in hours."""
    units = {"ms": 1 / 3_600_000, "s": 1 / 3_600, "m": 1 / 60, "h": 1, "d": 24, "w": 168}
    return sum(float(n) * units[unit] for n, unit in re.findall(r"([\d.]+)(ms|[smhdw])", text))


STARTED_BY = ("docker-compose.yml", "deploy/systemd/prometheus-alertmanager.default")
"""What starts an Alertmanager; in Kubernetes the operator does, as the document has it."""


@pytest.mark.parametrize("file", [*STARTED_BY, "docs/operations.md"])
def test_what_was_told_is_remembered_until_it_is_told_again(file: str) -> None:
    """A shorter retention forgets that it was told, and tells it again before its time."""
    longest = max(map(hours, re.findall(r"repeat_interval: (\w+)", CONFIG.read_text())))
    pattern = r"--data\.retention=(\w+)" if file in STARTED_BY else r"\{retention: (\w+)\}"
    (kept,) = re.findall(pattern, (CONFIG.parents[2] / file).read_text())
    assert hours(kept) >= longest + 24


def test_debian_s_service_takes_the_options() -> None:
    """Each is one that Debian's program knows; a switch has no value."""
    units = CONFIG.parents[1] / "systemd"
    for program, file in (
        ("prometheus", "prometheus.default"),
        ("prometheus-alertmanager", "prometheus-alertmanager.default"),
    ):
        text = (units / file).read_text()
        (arguments,) = re.findall(r'^ARGS="(.*)"$', text, re.MULTILINE)
        asked = [program, "--help-long" if program == "prometheus" else "--help"]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
        known = re.findall(r"^ +(--[a-z.-]+=?)", done.stdout + done.stderr, re.MULTILINE)
        for word in arguments.split():
            name, equals, _ = word.partition("=")
            assert name + equals in known, word


def test_no_secret_stands_in_the_file() -> None:
    """Passwords and tokens are files; the file itself may be read by anybody."""
    text = CONFIG.read_text()
    assert text.count("_file: /run/secrets/") == 3
    assert "password:" not in text
    assert "credentials:" not in text


async def test_an_alert_is_told_and_so_is_its_end(tmp_path: Path) -> None:
    """The receiver hears that it fires and that it is over; the watchdog's hears it apart.

    Tokens come from the secrets' files.
    """
    async with alerting(tmp_path) as world:
        await world.fire([WATCHDOG, BURNING])
        _, _, _, hoster, token = await world.heard.of("/pager", "firing", "HosterNormBurnFast")
        assert (hoster, token) == ("alpha", "Bearer token of alert_webhook")
        *_, token = await world.heard.of("/deadman", "firing", "HostwatchWatchdog")
        assert token == "Bearer token of alert_watchdog"
        await world.fire([BURNING], ends=True)
        await world.heard.of("/pager", "resolved", "HosterNormBurnFast")


async def test_nothing_is_said_of_hosters_while_the_monitor_is_blind(tmp_path: Path) -> None:
    """A blind prober holds alerts about hosters back; when it sees again they are told."""
    async with alerting(tmp_path) as world:
        await world.fire([BLIND])
        await world.heard.of("/pager", "firing", "HostwatchProberBlind")
        await world.fire([GROWING, WATCHDOG])
        await world.heard.of("/deadman", "firing", "HostwatchWatchdog")
        assert "HosterBacklogGrowing" not in world.heard.names()
        await world.fire([BLIND], ends=True)
        await world.heard.of("/operators", "firing", "HosterBacklogGrowing")
