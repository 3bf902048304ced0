"""Tiny address databases, in the layouts that operators have."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet


def write_mmdb(
    file: Path, records: Mapping[str, Mapping[str, Any]], kind: str = "Test", version: int = 6
) -> Path:
    """Write prefixes with their records and return the file."""
    writer = MMDBWriter(version, database_type=kind, languages=["en"], ipv4_compatible=version == 6)
    for prefix, record in records.items():
        writer.insert_network(IPSet([prefix]), dict(record))
    writer.to_db_file(str(file))
    return file


def asn_record(asn: int, organisation: str) -> dict[str, Any]:
    """Return a record as in GeoLite2-ASN."""
    return {"autonomous_system_number": asn, "autonomous_system_organization": organisation}


def country_record(code: str) -> dict[str, Any]:
    """Return a record as in GeoLite2-Country."""
    return {"country": {"iso_code": code, "names": {"en": code}}}
