"""Settings of hosters' own pages; a part of `agents.config.Settings`."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class HosterPageSettings(BaseModel):
    """Hosters' own pages, each behind a signed link; served where `port` is set.

    They have a port of their own beside the operator's pages, and none of those. Beyond loopback a
    certificate is needed; `behind_tls` says that a proxy on this machine has one. `public_url` is
    what links begin with, `links_file` the journal of links.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

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
