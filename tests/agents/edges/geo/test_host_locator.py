"""Resolver, databases and registry in one question, on a real name server and real files."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from mmdb import asn_record, country_record, write_mmdb
from nameserver import Name, name_server

from agents.clock import Clock
from agents.config import DnsSettings
from agents.edges.dns.recorded import NullResolver
from agents.edges.dns.resolution import DnsStatus, NameResolver
from agents.edges.dns.resolver import Resolver
from agents.edges.geo.address_databases import Networks
from agents.edges.geo.host_locator import ANSWERS_MAX, INDEXES_MAX, Locator
from schemas.records.registry import HosterEntry
from streams.registry.snapshot import RegistryHistory


@dataclass
class FakeRegistry:
    """Holds a registry."""

    registry_history: RegistryHistory


def entry(id: str, valid_from: int = 0, version: int = 1, **fields) -> HosterEntry:
    """Return a registry entry."""
    return HosterEntry(id=id, name=id, version=version, valid_from=valid_from, **fields)


def locator(tmp_path: Path, names: NameResolver, *entries: HosterEntry) -> Locator:
    """Return a locator over two small databases."""
    asn = {
        "192.0.2.0/24": asn_record(64500, "Rack"),
        "198.51.100.0/24": asn_record(64501, "Tent"),
        "2001:db8::/32": asn_record(64500, "Rack"),
    }
    country = {"192.0.2.0/24": country_record("NL"), "198.51.100.0/24": country_record("BE")}
    networks = Networks(
        write_mmdb(tmp_path / "a.mmdb", asn, "A"), write_mmdb(tmp_path / "c.mmdb", country, "C")
    )
    return Locator(names, networks, FakeRegistry(RegistryHistory(entries)))


@pytest.mark.parametrize("host", ["192.0.2.7", "[2001:db8::7]", "[::ffff:192.0.2.7]"])
async def test_a_literal_is_asked_of_nobody(tmp_path: Path, host: str) -> None:
    """An address is located by the databases, without a name server."""
    found = await locator(tmp_path, NullResolver(), entry("rack", asns=(64500,))).locate(host, 0)
    assert found.status is DnsStatus.OK
    assert [draft.hoster for draft in found.placements] == ["rack"]
    assert found.names == ()


async def test_a_name_is_at_all_its_hosters(tmp_path: Path) -> None:
    """Each address is judged, and the placements are those of all."""
    async with name_server(
        x=Name(cname="y.example"), y=Name(a=("198.51.100.1", "192.0.2.1"), aaaa=("2001:db8::1",))
    ) as server:
        resolver = Resolver(Clock(), DnsSettings(servers=(server.address,)))
        found = await locator(tmp_path, resolver, entry("rack", asns=(64500,))).locate(
            "x.example", 0
        )
        await resolver.close()
    assert found.addresses == ("192.0.2.1", "198.51.100.1", "2001:db8::1")
    assert [spot.hoster for spot in found.spots] == ["rack", "as64501", "rack"]
    assert [spot.address for spot in found.spots] == list(found.addresses)
    assert found.hosters == {"rack", "as64501"}
    assert found.names == ("y.example",)
    assert found.dataset.startswith("A ")


async def test_fresh_reaches_the_name_server(tmp_path: Path) -> None:
    """What was remembered does not answer a fresh question."""
    async with name_server(x=Name(a=("192.0.2.1",))) as server:
        resolver = Resolver(Clock(), DnsSettings(servers=(server.address,)))
        where = locator(tmp_path, resolver)
        await where.locate("x.example", 0)
        server.names["x.example"] = Name(a=("198.51.100.1",))
        old = await where.locate("x.example", 0)
        new = await where.locate("x.example", 0, fresh=True)
        await resolver.close()
    assert (old.hosters, new.hosters) == ({"as64500"}, {"as64501"})


async def test_an_unresolved_name_is_at_unknown(tmp_path: Path) -> None:
    """Nothing found is a placement too, and holds no spot."""
    found = await locator(tmp_path, NullResolver()).locate("x.example", 0, ("rack", False))
    assert found.hosters == {"unknown"}
    assert (found.spots, found.addresses, found.status.answered) == ((), (), False)


async def test_the_registry_of_the_time_decides(tmp_path: Path) -> None:
    """A report is judged by what held when it was received, in whatever order reports come."""
    changes = [
        entry("rack", valid_from=n * 100, version=n + 1, asns=(64500,), group=f"g{n}")
        for n in range(2 * INDEXES_MAX)
    ]
    where = locator(tmp_path, NullResolver(), *changes)
    for n in (3, 0, 2 * INDEXES_MAX - 1, 3, *range(2 * INDEXES_MAX)):
        found = await where.locate("192.0.2.1", n * 100 + 50)
        assert found.placements[0].group == f"g{n}"
        assert found.registry_version == n + 1


async def test_an_answer_holds_as_long_as_what_it_rests_on(tmp_path: Path) -> None:
    """A host asked again is answered as one never asked, also after a database was replaced."""
    where = locator(tmp_path, NullResolver(), entry("rack", asns=(64500,)))
    for origin in (None, ("tent", False), None):
        kept = await where.locate("192.0.2.1", 0, origin)
        assert kept.placements[0].contested is (origin is not None)
        never_asked = Locator(NullResolver(), where._networks, where._registry)
        assert kept == await never_asked.locate("192.0.2.1", 0, origin)
    write_mmdb(tmp_path / "new.mmdb", {"192.0.2.0/24": asn_record(64501, "Tent")}, "A")
    (tmp_path / "new.mmdb").replace(tmp_path / "a.mmdb")
    where._networks.refresh(every_s=0)
    assert (await where.locate("192.0.2.1", 0)).hosters == {"as64501"}


async def test_answers_kept_are_bounded(tmp_path: Path) -> None:
    """Hosts without end do not fill the memory, and each is still answered."""
    where = locator(tmp_path, NullResolver())
    for n in range(ANSWERS_MAX + 10):
        found = await where.locate(f"10.0.{n >> 8}.{n & 255}", 0)
        assert found.addresses == (f"10.0.{n >> 8}.{n & 255}",)
    (shelf,) = where._shelves.values()
    assert len(shelf.answers) <= ANSWERS_MAX


async def test_an_answer_s_text_has_no_address_and_no_name(tmp_path: Path) -> None:
    """Neither addresses nor names appear in the text of an answer."""
    found = await locator(tmp_path, NullResolver()).locate("192.0.2.1", 0)
    assert "192.0.2" not in repr(found)
