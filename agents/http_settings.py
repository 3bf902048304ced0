"""Settings of the HTTP servers: the operator's pages, hosters' own pages, and the intake.

They are parts of `agents.config.Settings`.
"""

from pathlib import Path
from typing import Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator


def renamed(name: str, old_name: str) -> AliasChoices:
    """Return the names of a setting that had another one in the release before, and takes it still.

    Args:
        name: what it is called now.
        old_name: goes with the next release; with both of them the start stops.
    """
    return AliasChoices(name, old_name)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WebSettings(_Section):
    """The server of /metrics and the pages; beyond loopback it needs a password.

    `hosters_shown_max` hosters are shown by themselves, the rest is summed up as `other`.
    `prometheus_url` is where Prometheus answers; the pages show its alerts, and link to
    `prometheus_public_url`, or to the same address where none is set.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=9464, ge=0, le=65_535)
    password_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    hosters_shown_max: int = Field(
        default=64,
        ge=1,
        le=64,
        validation_alias=renamed("hosters_shown_max", "hosters_named_max"),
    )
    prometheus_url: str | None = Field(default=None, pattern="^https?://")
    prometheus_public_url: str | None = Field(default=None, min_length=8)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file go together")
        return self


class IntakeSettings(_Section):
    """The HTTP intake of `hostwatch intake serve`; beyond loopback it needs a certificate.

    Connections beyond the three caps are refused. Behind a proxy all come from one address, so
    `connections_per_address_max` then has to be as large as `connections_max`.
    `connections_per_hotline_max` counts the connections of all keys of a hotline. Rates hold for
    each key: a bucket fills by so much a second, up to its burst. The HTTP intake can say of
    `feedback_index_records_max` records what became of them.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=9465, ge=0, le=65_535)
    keys_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    connections_max: int = Field(default=2_048, ge=16, le=16_384)
    connections_per_address_max: int = Field(default=32, ge=1, le=16_384)
    connections_per_hotline_max: int = Field(
        default=16,
        ge=1,
        le=1_024,
        validation_alias=renamed("connections_per_hotline_max", "connections_per_key_max"),
    )
    requests_per_s_per_key: float = Field(default=300, gt=0, le=100_000)
    requests_burst_per_key: int = Field(default=3_000, ge=1, le=1_000_000)
    records_per_s_per_key: float = Field(default=1_000, gt=0, le=1_000_000)
    records_burst_per_key: int = Field(default=100_000, ge=1_000, le=10_000_000)
    feedback_index_records_max: int = Field(
        default=1_000_000,
        ge=1_000,
        le=100_000_000,
        validation_alias=renamed("feedback_index_records_max", "told_records_max"),
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file go together")
        return self


class HosterPageSettings(_Section):
    """Hosters' own pages, each behind a signed link; served where `port` is set.

    They have a port of their own beside the operator's pages, and none of those. Beyond loopback a
    certificate is needed; `behind_tls` says that a proxy on this machine has one. `public_url` is
    what links begin with, `links_file` the journal of links.
    """

    host: str = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65_535)
    public_url: str | None = Field(default=None, pattern="^https?://")
    links_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    behind_tls: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file go together")
        if self.port is not None and self.links_file is None:
            raise ValueError("port needs links_file, the journal of links")
        return self
