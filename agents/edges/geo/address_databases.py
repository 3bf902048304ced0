"""The operator's address databases: which network and country an address is in.

Reads MMDB files of four layouts: GeoLite2-ASN and its likes (`autonomous_system_number`,
`autonomous_system_organization`), country nested (`country.iso_code`) or flat (`country_code`), and
IPinfo Lite with both in one file (`asn` = `AS174`, `as_name`, `country_code`). A file that is
replaced while it is in use is opened anew; one that cannot be read then leaves the old one in use.
"""

import hashlib
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import maxminddb
from prometheus_client import Counter, Histogram

from agents.edges.metric_types.declaration import counter, histogram
from agents.edges.metric_types.instruments import DATASET_DURATION, DATASET_LOOKUPS
from agents.errors import UserError
from schemas.moments import SECOND_MS, Instant, rfc3339
from streams.network import NO_COUNTRY, NOWHERE, Network

ORGANISATION_MAX: Final = 200
"""Characters kept of an organisation's name; the longest in DB-IP ASN Lite has 100."""

REFRESH_S: Final = 5.0
"""How often, in wall time, a replaced file is looked for; new databases come once a month."""

LOOKUP_BOUNDS_S: Final = (0.000_01, 0.000_1, 0.001, 0.01, 0.1, 1.0)
"""A look-up takes a microsecond in memory and milliseconds where the file has to be read."""

_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_TRIED: Final = ("1.1.1.1", "203.0.113.1", "2001:db8::1")
"""Looked up when a file is opened, so that a torn one is found then and not in the middle."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What must be said beside figures made with a database.

    Attributes:
        name: as the file has it.
        built_at: when it was built.
        digest: SHA-256 of the file, in hex.
    """

    name: str
    built_at: Instant
    digest: str

    def __str__(self) -> str:
        """Return name and day, such as `DBIP-ASN-Lite 2026-09-01`."""
        return f"{self.name} {rfc3339(self.built_at)[:10]}"


@dataclass(slots=True)
class _Database:
    """One MMDB file, open.

    Attributes:
        kind: what it says of an address, in messages.
        found, absent: count addresses by whether the database has them.
        took: counts how long each look-up took.
    """

    kind: str
    file: Path
    found: Counter
    absent: Counter
    took: Histogram
    reader: maxminddb.Reader = field(init=False, repr=False)
    dataset: Dataset = field(init=False)
    _stamp: tuple[int, int, int] = field(init=False)

    def __post_init__(self) -> None:
        """Open the file.

        Raises:
            UserError: it is missing or no MMDB.
        """
        try:
            self._open()
        except FileNotFoundError:
            raise UserError(f"no {self.kind} database at the configured place") from None
        except (OSError, ValueError, maxminddb.InvalidDatabaseError):
            raise UserError(f"the {self.kind} database is no readable MMDB file") from None

    def get(self, address: str) -> tuple[Mapping[str, Any], int]:
        """Return the record of an address and the length of its prefix; empty and 0 if none.

        Raises:
            UserError: the file is damaged.
        """
        began_s = time.perf_counter()
        record, prefix_bits = self._record(address)
        self.took.observe(time.perf_counter() - began_s)
        if isinstance(record, dict) and record:
            self.found.inc()
            return record, prefix_bits
        self.absent.inc()
        return {}, 0

    def _record(self, address: str) -> tuple[object, int]:
        try:
            return self.reader.get_with_prefix_len(address)
        except maxminddb.InvalidDatabaseError:
            raise UserError(f"the {self.kind} database is damaged") from None
        except ValueError:  # no address, or IPv6 asked of a file that holds IPv4 only
            return None, 0

    def refresh(self) -> None:
        """Open the file anew if it was replaced by a readable one."""
        try:
            if self._stamped() != self._stamp:
                self._open()
        except (OSError, ValueError, maxminddb.InvalidDatabaseError):
            return

    def close(self) -> None:
        """Close the file."""
        self.reader.close()

    def _stamped(self) -> tuple[int, int, int]:
        stat = self.file.stat()
        return stat.st_ino, stat.st_mtime_ns, stat.st_size

    def _open(self) -> None:
        stamp = self._stamped()
        reader = maxminddb.open_database(self.file)
        for address in _TRIED:
            if ":" not in address or reader.metadata().ip_version == 6:
                reader.get(address)
        with self.file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        if self._stamped() != stamp:
            raise OSError("the file was replaced while it was opened")
        meta = reader.metadata()
        self.dataset = Dataset(meta.database_type[:80], meta.build_epoch * SECOND_MS, digest)
        self.reader, self._stamp = reader, stamp


class Networks:
    """Looks up addresses in the operator's databases.

    Attributes:
        dataset: names and build days of the databases in use, as stamped on facts.
        digests: SHA-256 of their files, in the same order.
        lookups: addresses looked up in each database in use, by whether it has them.
        took: how long each look-up took.
    """

    def __init__(self, asn: Path | None = None, country: Path | None = None) -> None:
        """Open the databases.

        Args:
            asn: addresses to autonomous systems; None = all unknown.
            country: addresses to countries; None = the ASN file's, where it has them.

        Raises:
            UserError: a file is missing or no MMDB.
        """
        self.lookups = counter(DATASET_LOOKUPS)
        self.took = histogram(DATASET_DURATION, LOOKUP_BOUNDS_S)
        self._asn = self._opened("ASN", asn)
        self._country = self._opened("country", country)
        self._refreshed_s = time.monotonic()
        self._name()

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """The databases in use, ASN first."""
        return tuple(one.dataset for one in (self._asn, self._country) if one)

    def builds(self) -> dict[str, Instant]:
        """Return when each database in use was built, by kind."""
        return {kind: one.dataset.built_at for kind, one in self._used().items()}

    def _opened(self, kind: str, file: Path | None) -> _Database | None:
        if file is None:
            return None
        label = kind.lower()
        found, absent = (self.lookups.labels(label, result) for result in ("found", "absent"))
        return _Database(kind, file, found, absent, self.took.labels(label))

    def _used(self) -> dict[str, _Database]:
        named = {"asn": self._asn, "country": self._country}
        return {kind: one for kind, one in named.items() if one}

    def lookup(self, address: str) -> Network:
        """Return the network of an address; unknown parts are 0, empty and `??`.

        Raises:
            UserError: a file is damaged.
        """
        system, prefix_bits = self._asn.get(address) if self._asn else ({}, 0)
        place = self._country.get(address)[0] if self._country else system
        if not system and not place:
            return NOWHERE
        return Network(
            asn=_number(system),
            organisation=_organisation(system),
            country=_code(place.get("country"), place.get("country_code")),
            registered_country=_code(place.get("registered_country")),
            prefix_bits=prefix_bits,
        )

    def refresh(self, every_s: float = REFRESH_S) -> None:
        """Take up files that were replaced, if nobody has looked for so many wall seconds."""
        now_s = time.monotonic()
        if now_s - self._refreshed_s < every_s:
            return
        self._refreshed_s = now_s
        for one in (self._asn, self._country):
            if one is not None:
                one.refresh()
        self._name()

    def _name(self) -> None:
        self.dataset = ", ".join(str(one) for one in self.datasets)
        self.digests = tuple(one.digest for one in self.datasets)

    def close(self) -> None:
        """Close the files."""
        for one in (self._asn, self._country):
            if one is not None:
                one.close()


def _number(record: Mapping[str, Any]) -> int:
    value = record.get("autonomous_system_number", record.get("asn"))
    if isinstance(value, str):
        digits = value.upper().removeprefix("AS")
        value = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 10 else 0
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 <= value < 1 << 32 else 0


def _organisation(record: Mapping[str, Any]) -> str:
    value = record.get("autonomous_system_organization", record.get("as_name"))
    return value[:ORGANISATION_MAX] if isinstance(value, str) else ""


def _code(nested: object, flat: object = None) -> str:
    value = nested.get("iso_code") if isinstance(nested, dict) else flat
    return value if isinstance(value, str) and _COUNTRY.fullmatch(value) else NO_COUNTRY
