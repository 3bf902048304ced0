"""Address databases in every layout, missing, damaged and replaced."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mmdb import asn_record, country_record, write_mmdb

from agents.edges.geo.address_databases import ORGANISATION_MAX, Networks
from agents.errors import UserError
from schemas.moments import moment
from streams.network import Network


def test_asn_and_nested_country(tmp_path: Path) -> None:
    """GeoLite2's and DB-IP's layouts are read from two files, for both families."""
    asn = write_mmdb(
        tmp_path / "a.mmdb",
        {
            "192.0.2.0/24": asn_record(64500, "Example B.V."),
            "2001:db8::/32": asn_record(64501, "Six"),
        },
    )
    country = write_mmdb(
        tmp_path / "c.mmdb",
        {"192.0.2.0/25": country_record("NL"), "2001:db8::/32": country_record("DE")},
    )
    networks = Networks(asn, country)
    example = Network(asn=64500, organisation="Example B.V.", country="NL", prefix_bits=24)
    assert networks.lookup("192.0.2.1") == example
    assert networks.lookup("192.0.2.200").country == "??"
    six = Network(asn=64501, organisation="Six", country="DE", prefix_bits=32)
    assert networks.lookup("2001:db8::1") == six
    assert networks.lookup("203.0.113.1") == Network()


@pytest.mark.parametrize(
    ("record", "network"),
    [
        ({"country_code": "NL"}, Network(country="NL")),
        (
            {"country": {"iso_code": "NL"}, "registered_country": {"iso_code": "SC"}},
            Network(country="NL", registered_country="SC"),
        ),
        ({"registered_country": "SC"}, Network()),
        (
            {"asn": "AS174", "as_name": "Cogent", "as_domain": "c.example", "country_code": "US"},
            Network(asn=174, organisation="Cogent", country="US"),
        ),
        (
            {"autonomous_system_number": 174, "autonomous_system_organization": "C"},
            Network(asn=174, organisation="C"),
        ),
        ({"asn": "AS", "as_name": 5, "country_code": "Netherlands"}, Network()),
        ({"asn": "AS99999999999"}, Network()),
        ({"autonomous_system_number": True}, Network()),
        ({"country": "NL"}, Network()),
        ({"country": {"names": {"en": "x"}}}, Network()),
        ({"as_name": "x" * 500}, Network(organisation="x" * ORGANISATION_MAX)),
    ],
)
def test_a_flat_database_file_gives_the_network(tmp_path: Path, record, network: Network) -> None:
    """IPinfo's and the flat layout are read; what is no number or code is not known."""
    networks = Networks(write_mmdb(tmp_path / "one.mmdb", {"192.0.2.0/24": record}))
    assert networks.lookup("192.0.2.1") == replace(network, prefix_bits=24)


def test_without_files_all_is_unknown() -> None:
    """No database is no error: every network is unknown and no dataset is named."""
    networks = Networks()
    assert networks.lookup("192.0.2.1") == Network()
    assert networks.dataset == ""


def test_ipv6_asked_of_an_ipv4_file(tmp_path: Path) -> None:
    """A file of one family does not know the other."""
    record = {"192.0.2.0/24": asn_record(1, "x")}
    networks = Networks(write_mmdb(tmp_path / "four.mmdb", record, version=4))
    assert networks.lookup("2001:db8::1") == Network()
    assert networks.lookup("192.0.2.1").asn == 1


def test_dataset_names_the_build(tmp_path: Path) -> None:
    """What is stamped on facts holds name, build day and SHA-256 of each file."""
    asn = write_mmdb(tmp_path / "a.mmdb", {"192.0.2.0/24": asn_record(1, "x")}, "Some-ASN")
    country = write_mmdb(tmp_path / "c.mmdb", {"192.0.2.0/24": country_record("NL")}, "Some-C")
    networks = Networks(asn, country)
    first, second = networks.dataset.split(", ")
    built = moment(networks.datasets[0].built_at)
    assert first == f"Some-ASN {built:%Y-%m-%d}"
    assert second.startswith("Some-C ")
    assert built > datetime(2020, 1, 1, tzinfo=UTC)
    files = [hashlib.sha256(file.read_bytes()).hexdigest() for file in (asn, country)]
    assert list(networks.digests) == files


@pytest.mark.parametrize("content", [b"", b"no database", b"\xab\xcd\xefMaxMind.com" + b"\xff" * 9])
def test_what_is_no_database_is_one_line(tmp_path: Path, content: bytes) -> None:
    """A file of something else stops the start with a line that does not name its path."""
    file = tmp_path / "secret-name.mmdb"
    file.write_bytes(content)
    with pytest.raises(UserError) as raised:
        Networks(file)
    assert "ASN database" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    """The line says which of the two is missing."""
    with pytest.raises(UserError, match="no country database"):
        Networks(None, tmp_path / "none.mmdb")


def test_files_are_not_checked_all_the_time(tmp_path: Path) -> None:
    """A replaced file is not noticed at once, so that a lookup costs no system call."""
    file = write_mmdb(tmp_path / "a.mmdb", {"192.0.2.0/24": asn_record(1, "old")})
    networks = Networks(file)
    write_mmdb(tmp_path / "b.mmdb", {"192.0.2.0/24": asn_record(22, "new one")}).replace(file)
    networks.refresh(3_600)
    assert networks.lookup("192.0.2.1").organisation == "old"


def test_a_replaced_file_is_taken_up(tmp_path: Path) -> None:
    """A new file in the same place counts after a refresh; a broken one leaves the old in use."""
    file = write_mmdb(tmp_path / "a.mmdb", {"192.0.2.0/24": asn_record(1, "old")})
    networks = Networks(file)
    write_mmdb(tmp_path / "b.mmdb", {"192.0.2.0/24": asn_record(22, "new one")}).replace(file)
    assert networks.lookup("192.0.2.1").organisation == "old"
    networks.refresh(0)
    assert networks.lookup("192.0.2.1").organisation == "new one"
    digests = (hashlib.sha256(file.read_bytes()).hexdigest(),)
    assert networks.digests == digests
    broken = tmp_path / "c.mmdb"
    broken.write_bytes(b"broken")
    broken.replace(file)
    networks.refresh(0)
    assert networks.lookup("192.0.2.1").organisation == "new one"
    assert networks.digests == digests
    networks.close()
