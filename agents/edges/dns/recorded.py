"""Resolvers that ask nobody: recorded answers, and none at all.

A replay of real reports must never touch a host in them, so it has no other resolver.
"""

import gzip
import zlib
from pathlib import Path
from typing import Final, Self

import ada_url
import msgspec

from agents.edges.dns.resolution import DnsResolution, DnsStatus, plain_name
from agents.errors import UserError
from streams.network import address, order

FILE_BYTES_MAX: Final = 512 * 1024 * 1024
"""Unpacked; a million recorded names take about 300 MB."""

_GZIP: Final = b"\x1f\x8b"
_UNKNOWN_NAME: Final = DnsResolution(status=DnsStatus.NOT_ASKED)


class NullResolver:
    """Leaves every name unresolved."""

    waits = False

    async def resolve(self, host: str, *, fresh: bool = False, soon: bool = False) -> DnsResolution:
        """Return that nobody was asked."""
        return _UNKNOWN_NAME

    async def close(self) -> None:
        """Do nothing; nothing is open."""


class _RecordedAnswer(msgspec.Struct, frozen=True):
    status: str
    ips: tuple[str, ...] | None = None


class _File(msgspec.Struct, frozen=True):
    domains: dict[str, _RecordedAnswer]


class Recorded:
    """Answers from a recording; a name that is not in it stays unresolved."""

    waits = False

    def __init__(self, answers: dict[str, DnsResolution]) -> None:
        """Take the answers by plain name."""
        self._answers = answers

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read a recording, plain or packed by gzip.

        JSON `{"domains": {name: {"status": text, "ips": [address] or null}}}`; other members are
        passed over. A row with addresses is an answer whatever its status, since recorders mark
        with it what else they could not find out; without, only `nxdomain` and `ok` are.

        Raises:
            UserError: the file cannot be read, is too large or of another shape.
        """
        try:
            rows = msgspec.json.decode(_unpacked(file), type=_File).domains
        except FileNotFoundError:
            raise UserError("no such file of recorded DNS answers; check --dns") from None
        except (OSError, EOFError, zlib.error, msgspec.DecodeError, UnicodeDecodeError):
            raise UserError(
                "the recorded DNS answers cannot be read; --dns takes JSON, plain or gzip: "
                '{"domains": {name: {"status": "ok", "ips": [address]}}}'
            ) from None
        return cls({_ascii(name): _answer(row) for name, row in rows.items()})

    async def resolve(self, host: str, *, fresh: bool = False, soon: bool = False) -> DnsResolution:
        """Return the recorded answer; there is no fresher one."""
        return self._answers.get(plain_name(host), _UNKNOWN_NAME)

    async def close(self) -> None:
        """Do nothing; nothing is open."""


def _unpacked(file: Path) -> bytes:
    with file.open("rb") as raw:
        packed = raw.read(2) == _GZIP
    with gzip.open(file) if packed else file.open("rb") as content:
        data = content.read(FILE_BYTES_MAX + 1)
    if len(data) > FILE_BYTES_MAX:
        raise UserError("the recorded DNS answers are too large; at most 512 MiB unpacked")
    return data


def _ascii(name: str) -> str:
    """Return the form in which a canonical URL has the name (WHATWG, IDNA)."""
    return plain_name(name if name.isascii() else ada_url.idna_to_ascii(name).decode("ascii"))


def _answer(row: _RecordedAnswer) -> DnsResolution:
    found = {address(text) for text in row.ips or ()}
    if None in found:
        raise UserError("the recorded DNS answers hold something that is no address")
    if found:
        ordered = sorted((one for one in found if one is not None), key=order)
        return DnsResolution(status=DnsStatus.OK, addresses=tuple(str(one) for one in ordered))
    if row.status == DnsStatus.NXDOMAIN:
        return DnsResolution(status=DnsStatus.NXDOMAIN)
    if row.status == DnsStatus.OK:
        return DnsResolution(status=DnsStatus.NODATA)
    return _UNKNOWN_NAME
