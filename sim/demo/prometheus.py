"""A Prometheus beside the demo, where one is installed, with the rules in the world's time."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from agents.edges.child_process.ports import reserved
from agents.edges.files.shipped import shipped
from sim.demo.children import Child
from sim.demo.demo_settings import Folder
from sim.demo.quick_rules import scaled_rules

SCRAPE_MS: Final = 500
"""Figures are renewed once a wall second, so twice that sees all of them."""

WALL_TIME: Final = ".process.rules.yml"
"""How files end whose rules are about processes: those take their time in any world."""


async def start(
    folder: Folder, web_ports: Sequence[int], speed: float, alertmanager: str = ""
) -> tuple[Child, str] | None:
    """Start a Prometheus on loopback and return it with its address; None = not installed.

    Args:
        folder: of the run.
        web_ports: where the workers serve /metrics.
        speed: world seconds in a wall second.
        alertmanager: `host:port` of the one that is told of alerts; empty = nobody is.
    """
    program = shutil.which("prometheus")
    if program is None:
        return None
    home = folder.path / "prometheus"
    home.mkdir()
    for rules in sorted(shipped("prometheus/rules").glob("*.yml")):
        text = rules.read_text()
        wall = rules.name.endswith(WALL_TIME)
        (home / rules.name).write_text(text if wall else scaled_rules(text, speed))
    config = home / "prometheus.yml"
    targets = ", ".join(f'"127.0.0.1:{port}"' for port in web_ports)
    text = _CONFIG.format(scrape_ms=SCRAPE_MS, targets=targets)
    config.write_text(text + (_TELLING.format(alertmanager=alertmanager) if alertmanager else ""))
    with reserved(0) as port:
        pass
    child = await Child.start("Prometheus", _command(program, home, port), folder.log("prometheus"))
    return child, f"http://127.0.0.1:{port}"


def _command(program: str, home: Path, port: int) -> list[str]:
    return [
        program,
        f"--config.file={home / 'prometheus.yml'}",
        f"--storage.tsdb.path={home / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]


_CONFIG: Final = """\
global:
  scrape_interval: {scrape_ms}ms
  scrape_timeout: {scrape_ms}ms
  evaluation_interval: {scrape_ms}ms
  external_labels:
    runbook_base: deploy/runbook.md
rule_files: ["*.rules.yml"]
scrape_configs:
  - job_name: hostwatch
    static_configs:
      - targets: [{targets}]
"""

_TELLING: Final = """\
alerting:
  alertmanagers:
    - static_configs:
        - targets: ["{alertmanager}"]
"""
