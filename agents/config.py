"""Settings: parsed once from one TOML file and HOSTWATCH_ variables, then frozen.

An unknown key stops the start. Nested keys of variables are joined by two underscores:
`HOSTWATCH_KAFKA__BOOTSTRAP=127.0.0.1:9092`.
"""

import os
from collections import Counter
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from agents.clock import Clock
from agents.errors import UserError
from agents.http_settings import HosterPageSettings, IntakeSettings, WebSettings
from agents.spelling import meant

PREFIX = "HOSTWATCH_"
CONFIG_VARIABLE = "HOSTWATCH_CONFIG"
"""Names the settings file where `--config` does not; it is no setting itself."""
ID = r"^[a-z0-9][a-z0-9-]{0,39}$"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KafkaSecurity(_Section):
    """How the broker knows us, and we the broker; empty = a bare connection.

    `ca_file` is the authority the broker's certificate is checked against, the system's if none
    is named; `cert_file` and `key_file` are our own certificate, where the broker asks for one.
    The password stands in a file, so that neither settings nor the environment hold it.
    """

    tls: bool = False
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    username: str | None = Field(default=None, min_length=1, max_length=256)
    password_file: Path | None = None
    mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256"] = "SCRAM-SHA-512"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.username is None) != (self.password_file is None):
            raise ValueError("username and password_file go together")
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file go together")
        if not self.tls and (self.ca_file or self.cert_file):
            raise ValueError("ca_file and cert_file need tls = true")
        return self


class KafkaSettings(_Section):
    """The broker: the one at `bootstrap`; without it the local one of `state_dir`.

    `hostwatch kafka start` starts the local one and leaves it running. `instance` names this
    process among those of its roles (static membership): started again within the session timeout
    it takes its partitions back at once. No two may have one name.
    """

    bootstrap: str | None = None
    topic_prefix: str = Field(default="", pattern=r"^[A-Za-z0-9._-]{0,100}$")  # as Kafka has names
    partitions: int = Field(default=12, ge=1, le=256)
    replication: int = Field(default=1, ge=1, le=7)
    session_timeout_s: float = Field(default=15.0, ge=6.0, le=300.0)
    instance: str | None = Field(default=None, pattern=ID)
    security: KafkaSecurity = KafkaSecurity()


class ClockSettings(_Section):
    """Maps wall time to the practice world's; leave it as it is in production.

    `start_wall_ms` and `start_world_ms` are one moment on both clocks, and `speed` is world seconds
    in a wall second (`agents.clock`).
    """

    start_wall_ms: int = 0
    start_world_ms: int = 0
    speed: float = Field(default=1.0, gt=0, le=100_000)

    def clock(self) -> Clock:
        """Return the clock these settings describe."""
        return Clock(self.start_wall_ms, self.start_world_ms, self.speed)


class VantageSettings(_Section):
    """A place to probe from.

    `asn` is the network it probes from, 0 = not known: then no other vantage may be without an
    answer when a removal is confirmed (rule 4.2). The probes of an `announced` one name hostwatch.
    One that re-checks (a hidden vantage) probes from an address that hosters have not seen before.
    It probes a share of the removed cases, and each case that it found online. No removal waits for
    it.
    """

    id: str = Field(pattern=ID)
    asn: int = Field(default=0, ge=0)
    announced: bool = True
    recheck: bool = False
    source_address: str | None = None
    canary_url: str | None = None

    @model_validator(mode="after")
    def _hidden(self) -> Self:
        if self.recheck and self.announced:
            raise ValueError("a vantage with recheck = true needs announced = false")
        return self

    @field_validator("source_address")
    @classmethod
    def _address(cls, address: str | None) -> str | None:
        if address is not None:
            try:
                ip_address(address)
            except ValueError:
                raise ValueError("an IP address of this machine, like 192.0.2.7") from None
        return address


class DnsSettings(_Section):
    """Name servers as `address` or `address:port`; empty = the system's."""

    servers: tuple[str, ...] = ()
    timeout_s: float = Field(default=5.0, gt=0, le=30)
    names_per_s: int = Field(default=200, ge=1, le=10_000)


class DatasetSettings(_Section):
    """MMDB files that map addresses to networks and countries."""

    asn: Path | None = None
    country: Path | None = None


class ProbeSettings(_Section):
    """How the prober behaves; socket deadlines are wall time.

    Of the probes that decide nothing, `cross_check_share` have a GET comparison, one request more
    each. `recheck_share` is the part of the removed cases that vantages with `recheck` probe.
    """

    user_agent: str = "hostwatch/1 (+mailto:abuse-monitor@example.org)"
    ordinary_user_agent: str = (
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    )
    deadline_s: float = Field(default=10.0, gt=0, le=10)
    concurrency: int = Field(default=4_096, ge=1, le=16_384)
    requests_per_minute: int = Field(default=30, ge=1, le=100_000)
    cross_check_share: float = Field(default=0.1, ge=0, le=1)
    recheck_share: float = Field(default=0.1, ge=0, le=1)
    allow_networks: tuple[str, ...] = ()
    deny_networks: tuple[str, ...] = ()
    ports: tuple[int, ...] = (80, 443)

    @field_validator("allow_networks", "deny_networks")
    @classmethod
    def _networks(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        for text in texts:
            try:
                ip_network(text)
            except ValueError:
                raise ValueError("not a network such as 192.0.2.0/24") from None
        return texts


class StateSettings(_Section):
    """Where lifecycle and feedback keep their tables: in memory, or on disk if they are larger.

    `write_buffer_bytes` is a part of `cache_bytes`. Both hold for each of the two tables, all its
    partitions together.
    """

    store: Literal["memory", "rocksdb"] = "memory"
    cache_bytes: int = Field(default=256 * 1024 * 1024, ge=16 * 1024 * 1024)
    write_buffer_bytes: int = Field(default=64 * 1024 * 1024, ge=4 * 1024 * 1024)


class LogSettings(_Section):
    """What is written to standard error, and how; `debug` has a line for each probe."""

    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"
    traces_endpoint: str | None = Field(default=None, pattern="^https?://")


class Settings(BaseSettings):
    """All settings of a hostwatch process."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    state_dir: Path = Path(".hostwatch")
    key_file: Path = Path(".hostwatch/keys.json")
    kafka: KafkaSettings = KafkaSettings()
    clock: ClockSettings = ClockSettings()
    vantages: tuple[VantageSettings, ...] = (VantageSettings(id="local"),)
    dns: DnsSettings = DnsSettings()
    datasets: DatasetSettings = DatasetSettings()
    probe: ProbeSettings = ProbeSettings()
    state: StateSettings = StateSettings()
    web: WebSettings = WebSettings()
    intake: IntakeSettings = IntakeSettings()
    hoster_page: HosterPageSettings = HosterPageSettings()
    log: LogSettings = LogSettings()

    @field_validator("vantages")
    @classmethod
    def _asked(cls, vantages: tuple[VantageSettings, ...]) -> tuple[VantageSettings, ...]:
        if vantages and all(vantage.recheck for vantage in vantages):
            raise ValueError("at least one vantage has to do without recheck")
        twice = [id for id, n in Counter(vantage.id for vantage in vantages).items() if n > 1]
        if twice:
            raise ValueError(f"{twice[0]} is the id of two vantages")
        return vantages

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments before variables before the file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))

    @classmethod
    def load(cls, file: Path | None) -> Self:
        """Read the settings, from a TOML file if one is named.

        Raises:
            pydantic.ValidationError: an unknown key or a value out of bounds.
            UserError: a HOSTWATCH_ variable that names no setting; the library passes over those.
        """
        known = {name.upper() for name in cls.model_fields}
        for variable in sorted(os.environ.keys() - {CONFIG_VARIABLE}):
            name = variable.upper().removeprefix(PREFIX)
            if variable.upper().startswith(PREFIX) and name.split("__")[0] not in known:
                near = meant(name.split("__")[0].lower(), cls.model_fields)
                raise UserError(f"{variable}: no such setting{near}")
        cls.model_config["toml_file"] = file  # the library takes it from the class only
        try:
            return cls()
        finally:
            cls.model_config["toml_file"] = None
