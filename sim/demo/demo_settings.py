"""The demo's folder and the settings that its worker runs with."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from agents.config import (
    ClockSettings,
    DnsSettings,
    KafkaSettings,
    ProbeSettings,
    Settings,
    VantageSettings,
)
from agents.edges.child_process.ports import reserved
from agents.errors import UserError
from agents.http_settings import WebSettings
from sim.live.cast import networks
from sim.live.protocol import Ports
from sim.live.protocol import Setting as WorldSetting
from sim.world.hosters import CANARY_HOST, SimHoster
from sim.world.world import WORLD_START

ANNOUNCED: Final = "127.0.1.1"
UNANNOUNCED: Final = "127.0.2.1"
HIDDEN: Final = "127.0.3.1"
"""Of the vantage that probes removed cases again; no hoster knows it."""

_RECHECKED: Final = 1.0  # of the removed cases; a run is too short for a sample to show anything

PARTITIONS: Final = 4
"""Enough that keys spread, few enough for two cores that also carry the broker."""

_DAY_MINUTES: Final = 1_440
_PER_MINUTE: Final = 100_000  # politeness is for the world outside; here an hour is a second
_DEADLINE_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """What the command line says.

    Attributes:
        speed: world seconds in a wall second.
        seed: of the world.
        run_s: how long the world runs, wall seconds; None = until it is stopped.
        kill_every_s: wall seconds between kills of the worker; None = it is left alone.
        scenario: its name.
        hosters: how many take part; None = the scenario's.
        rate: URLs reported a minute of wall time; None = as the scenario has it.
    """

    speed: float = 3_600.0
    seed: int = 1
    run_s: float | None = None
    kill_every_s: float | None = None
    scenario: str = "calm"
    hosters: int | None = None
    rate: float | None = None

    @property
    def rate_a_day(self) -> float | None:
        """URLs reported a day of world time; None = as the scenario has it."""
        return None if self.rate is None else self.rate * _DAY_MINUTES / self.speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Where everything of a run stands."""

    path: Path

    @property
    def config(self) -> Path:
        """The worker's settings."""
        return self.path / "hostwatch.toml"

    @property
    def keys(self) -> Path:
        """The key file."""
        return self.path / "keys.json"

    def log(self, name: str) -> Path:
        """Return the log of a process."""
        return self.path / f"{name}.log"


def prepared(path: Path) -> Folder:
    """Return the folder, made if missing.

    Raises:
        UserError: there is something in it already, so another run's data; or it is no folder.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise UserError(f"--data: {path} is no folder and cannot be made one") from None
    if any(path.iterdir()):
        raise UserError(f"--data: {path} is not empty: name a new folder")
    return Folder(path=path.resolve())


def clock_now(options: DemoOptions) -> ClockSettings:
    """Return a clock on which the world starts now."""
    wall_ms = time.time_ns() // 1_000_000
    return ClockSettings(start_wall_ms=wall_ms, start_world_ms=WORLD_START, speed=options.speed)


def for_world(options: DemoOptions, clock: ClockSettings) -> WorldSetting:
    """Return what the world's servers are told."""
    return WorldSetting(
        seed=options.seed,
        scenario=options.scenario,
        hosters=options.hosters,
        rate=options.rate_a_day,
        start_wall_ms=clock.start_wall_ms,
        start_world_ms=clock.start_world_ms,
        speed=clock.speed,
        announced=(ANNOUNCED,),
        unannounced=(UNANNOUNCED,),
    )


def for_worker(
    folder: Folder,
    kafka: KafkaSettings,
    clock: ClockSettings,
    ports: Ports,
    hosters: Sequence[SimHoster],
) -> Settings:
    """Return the worker's settings.

    Args:
        folder: of the run.
        kafka: the broker.
        clock: the world's.
        ports: where the world's servers listen.
        hosters: who takes part: theirs and the canary's are the networks it may connect to.
    """
    canary = f"http://{CANARY_HOST}:{ports.http}/canary"
    with reserved(0) as web_port:
        pass
    return Settings(
        state_dir=folder.path / "state",
        key_file=folder.keys,
        kafka=kafka,
        clock=clock,
        vantages=(
            VantageSettings(
                id="announced", asn=64_496, source_address=ANNOUNCED, canary_url=canary
            ),  # AS numbers for documentation, RFC 5398
            VantageSettings(
                id="quiet",
                asn=64_497,
                announced=False,
                source_address=UNANNOUNCED,
                canary_url=canary,
            ),
            VantageSettings(
                id="hidden",
                asn=64_498,
                announced=False,
                recheck=True,
                source_address=HIDDEN,
                canary_url=canary,
            ),
        ),
        dns=DnsSettings(servers=(f"127.0.0.1:{ports.dns}",)),
        probe=ProbeSettings(
            requests_per_minute=_PER_MINUTE,
            allow_networks=networks(hosters),
            ports=(ports.http,),
            deadline_s=_DEADLINE_S,
            recheck_share=_RECHECKED,
        ),
        web=WebSettings(port=web_port),
    )


def with_alerts_of(prometheus_url: str, settings: Settings) -> Settings:
    """Return settings of a worker whose pages show the alerts of a Prometheus."""
    web = settings.web.model_copy(update={"prometheus_url": prometheus_url})
    return settings.model_copy(update={"web": web})


def as_toml(settings: Settings) -> str:
    """Return settings as the TOML file that reads back as the same settings."""
    found = settings.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return "\n".join([*_lines("", found), ""])


def _lines(name: str, table: Mapping[str, Any]) -> list[str]:
    plain = {key: value for key, value in table.items() if not _nested(value)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in plain.items()]
    for key, value in table.items():
        path = f"{name}.{key}" if name else key
        if isinstance(value, dict):
            lines += [f"[{path}]", *_lines(path, value)]
        elif _nested(value):
            for item in value:
                lines += [f"[[{path}]]", *_lines(path, item)]
    return lines


def _nested(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict)
    )
