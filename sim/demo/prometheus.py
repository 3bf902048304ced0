"""A Prometheus beside the demo, where one is installed, with the rules in the world's time."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from agents.edges.ports import reserved
from agents.edges.shipped import shipped
from sim.demo.children import Child
from sim.demo.setting import Folder

SCRAPE_MS: Final = 500
"""Figures are renewed once a wall second, so twice that sees all of them."""

RANGE_MS_MIN: Final = 4 * SCRAPE_MS
"""A slope over a range needs samples in it."""

_UNITS_MS: Final = {
    "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
}  # fmt: skip
_RANGE: Final = re.compile(r"(\[)(\d+)([smhdw])(\])")
_OFFSET: Final = re.compile(r"(\boffset )(\d+)([smhdw])(\b)")
_WAIT: Final = re.compile(r"(^\s*(?:for|keep_firing_for): )(\d+)([smhdw])($)", re.MULTILINE)
_ROUND: Final = re.compile(r"(^\s*interval: )(\d+)([smhdw])($)", re.MULTILINE)


def quickened(rules: str, speed: float) -> str:
    """Return rules in which every duration is divided by the speed of the world.

    Args:
        rules: a file of rules; label values such as `window="24h"` stay.
        speed: world seconds in a wall second.
    """

    def divided(least_ms: int) -> Callable[[re.Match[str]], str]:
        def scale(match: re.Match[str]) -> str:
            before, count, unit, after = match.groups()
            span_ms = round(int(count) * _UNITS_MS[unit] / speed)
            return f"{before}{max(span_ms, least_ms)}ms{after}"

        return scale

    for pattern, least_ms in (
        (_RANGE, RANGE_MS_MIN),
        (_OFFSET, RANGE_MS_MIN),
        (_WAIT, 1),
        (_ROUND, SCRAPE_MS),
    ):
        rules = pattern.sub(divided(least_ms), rules)
    return rules


async def start(folder: Folder, web_port: int, speed: float) -> tuple[Child, str] | None:
    """Start a Prometheus on loopback and return it with its address; None = not installed.

    Args:
        folder: of the run.
        web_port: where the worker serves /metrics.
        speed: world seconds in a wall second.
    """
    program = shutil.which("prometheus")
    if program is None:
        return None
    home = folder.path / "prometheus"
    home.mkdir()
    for rules in sorted(shipped("prometheus/rules").glob("*.yml")):
        (home / rules.name).write_text(quickened(rules.read_text(), speed))
    config = home / "prometheus.yml"
    config.write_text(_CONFIG.format(scrape_ms=SCRAPE_MS, port=web_port))
    with reserved(0) as port:
        pass
    child = await Child.start("Prometheus", _command(program, home, port), folder.log("prometheus"))
    return child, f"http://127.0.0.1:{port}/alerts"


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
rule_files: ["*.rules.yml"]
scrape_configs:
  - job_name: hostwatch
    static_configs:
      - targets: ["127.0.0.1:{port}"]
"""
