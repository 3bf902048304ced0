"""The stage: reports in, one fact each out, on a real name server, key file and databases."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from loose_keys import LooseKeys
from mmdb import asn_record, write_mmdb
from nameserver import Name, name_server
from probe_bench import FakeRegistry, Tray

from agents.clock import Clock
from agents.config import DnsSettings
from agents.edges.crypto.sealing import NotSealed
from agents.edges.dns.recorded import NullResolver
from agents.edges.dns.resolution import DnsResolution, DnsStatus, NameResolver
from agents.edges.dns.resolver import Resolver
from agents.edges.geo.address_databases import Networks
from agents.edges.geo.host_locator import Locator
from agents.edges.metrics.attribution_metrics import Placed
from agents.engine.stage import Received
from agents.stages.attribution.stage import AttributionStage, Dependencies
from schemas.closed_lists import Basis, Delivery, HotlineMode, Role
from schemas.codec import REPORTS_ENTRY, Rejected
from schemas.identity.ids import canonical, fraction, partition_of
from schemas.records.registry import HosterEntry, InclusionEntry
from schemas.records.reports import NoticeAccepted, ReportAccepted
from schemas.seal_context import placed_address, reported_url, resolved_addresses, resolved_names
from streams.registry.snapshot import RegistryHistory

AT = 1_770_000_000_000
NOW = AT + 90_000


@dataclass
class Bench:
    """A stage and what it works with."""

    keys: LooseKeys
    tray: Tray
    stage: AttributionStage

    def report(self, url: str, **fields) -> Received:
        """Return an accepted report as it stands on the broker."""
        key = self.keys.url_key(canonical(url))
        said = {**COMMON, "sealed": self.keys.seal(url, AT, reported_url(key)), **fields}
        return received(ReportAccepted(url_key=key, **said))


COMMON = {
    "hotline": "line",
    "record_id": "r1",
    "received_at": AT,
    "reported_at": AT,
    "mode": HotlineMode.DELIVERY,
}


def received(entry) -> Received:
    """Return a ledger entry as it stands on the broker."""
    key = entry.url_key.encode()
    return Received("reports.v1", partition_of(key, 12), 0, AT, key, REPORTS_ENTRY.encode(entry))


def bench(tmp_path: Path, names: NameResolver, *entries: InclusionEntry) -> Bench:
    """Set up a stage whose world stands at NOW; its registry may hold more entries."""
    asn = {
        "192.0.2.0/24": asn_record(64500, "Rack"),
        "198.51.100.0/24": asn_record(13335, "Cloudflare, Inc."),
    }
    rack = HosterEntry(id="rack", name="R", version=7, valid_from=0, asns=(64500,))
    registry = RegistryHistory([rack, *entries])
    networks = Networks(write_mmdb(tmp_path / "a.mmdb", asn, "Tiny"))
    keys = LooseKeys.create(tmp_path / "keys.json")
    clock = Clock(start_world_ms=NOW, speed=1e-9)
    tray = Tray()
    dependencies = Dependencies(Locator(names, networks, FakeRegistry(registry)), keys, clock)
    return Bench(keys, tray, AttributionStage(dependencies, tray))


async def test_an_attribution_of_an_address_seals_and_hashes_it(tmp_path: Path) -> None:
    """The fact names hoster, network, versions and time; the address is sealed and hashed."""
    it = bench(tmp_path, NullResolver())
    await it.stage.handle([it.report("http://192.0.2.5/x")])
    ((send,),) = it.tray.lists
    (fact,) = it.tray.facts
    (place,) = fact.placements
    assert (send.topic, send.key) == ("facts.v1", fact.url_key.encode())
    assert send.partition == partition_of(send.key, 12)
    assert fact.url_key == it.keys.url_key(canonical("http://192.0.2.5/x"))
    assert (fact.vantage, fact.answered, fact.nxdomain) == ("attribution", True, False)
    assert (fact.registry_version, fact.names) == (7, "")
    assert NOW <= fact.at < NOW + 60_000
    assert fact.dataset.startswith("Tiny ")
    assert [len(digest) for digest in fact.dataset_digests] == [64] * len(fact.dataset.split(", "))
    assert (place.hoster, place.asn) == ("rack", 64500)
    assert place.address_key == it.keys.hash("address", "192.0.2.5")
    assert it.keys.open(place.address, placed_address(fact.url_key)).reveal() == "192.0.2.5"
    listed = it.keys.open(fact.addresses, resolved_addresses(fact.url_key)).reveal()
    assert (listed, fact.addresses_key) == ("192.0.2.5/24", it.keys.hash("addresses", listed))
    assert b"192.0.2" not in send.value


@pytest.mark.parametrize("disclosed", [True, False])
async def test_who_disclosed_the_origin_is_said(tmp_path: Path, disclosed) -> None:
    """The placement behind the proxy says that it is, and whether the proxy's operator said so."""
    it = bench(tmp_path, NullResolver())
    said = {"origin": "rack", "origin_disclosed": disclosed}
    await it.stage.handle([it.report("http://198.51.100.1/x", **said)])
    (fact,) = it.tray.facts
    assert [(p.hoster, p.behind, p.disclosed) for p in fact.placements] == [
        ("as13335", False, False),
        ("rack", True, disclosed),
    ]


async def test_a_name_with_its_chain(tmp_path: Path) -> None:
    """The chain is sealed, nothing of it is readable in the record."""
    async with name_server(
        x=Name(cname="edge.example"), edge=Name(a=("192.0.2.5", "198.51.100.1"))
    ) as server:
        resolver = Resolver(Clock(), DnsSettings(servers=(server.address,)))
        it = bench(tmp_path, resolver)
        await it.stage.handle([it.report("https://x.example/y", origin="rack")])
        await resolver.close()
    (fact,) = it.tray.facts
    assert [(p.hoster, p.role) for p in fact.placements] == [
        ("as13335", Role.PROXY),
        ("rack", Role.HOSTING),
    ]
    assert it.keys.open(fact.names, resolved_names(fact.url_key)).reveal() == "edge.example"
    listed = it.keys.open(fact.addresses, resolved_addresses(fact.url_key)).reveal()
    assert listed == "192.0.2.5/24 198.51.100.1/24"
    assert b"example" not in it.tray.lists[0][0].value


@pytest.mark.parametrize(
    ("name", "answered", "nxdomain"),
    [(None, True, True), (Name(), True, False), (Name(silent=True), False, False)],
    ids=["nxdomain", "nodata", "silent"],
)
async def test_an_unresolved_name_is_not_dropped(tmp_path, name, answered, nxdomain) -> None:
    """Without an address the URL is placed at `unknown`, and how it ended is told apart."""
    async with name_server() as server:
        if name is not None:
            server.names["x.example"] = name
        resolver = Resolver(Clock(), DnsSettings(servers=(server.address,), timeout_s=0.3))
        it = bench(tmp_path, resolver)
        await it.stage.handle([it.report("http://x.example/")])
        await resolver.close()
    (fact,) = it.tray.facts
    assert (fact.answered, fact.nxdomain) == (answered, nxdomain)
    assert [(p.hoster, p.address, p.address_key) for p in fact.placements] == [("unknown", "", "")]


async def test_a_replay_is_placed_at_its_own_time(tmp_path: Path) -> None:
    """A historic report's fact bears the report's time, so the same replay gives the same facts."""
    it = bench(tmp_path, NullResolver())
    await it.stage.handle([it.report("http://192.0.2.5/", mode=HotlineMode.HISTORIC)])
    assert it.tray.facts[0].at == AT


async def test_other_entries_are_passed_over(tmp_path: Path) -> None:
    """A notice gives no fact, and a list without reports sends nothing."""
    it = bench(tmp_path, NullResolver())
    notice = NoticeAccepted(
        url_key="0" * 32,
        hotline="line",
        record_id="n1",
        received_at=AT,
        mode=HotlineMode.DELIVERY,
        recipient="rack",
        noticed_at=AT,
        result=Delivery.DELIVERED,
        basis=Basis.NOTICE,
    )
    await it.stage.handle([received(notice)])
    assert it.tray.lists == []
    await it.stage.handle([received(notice), it.report("http://192.0.2.5/")])
    assert len(it.tray.facts) == 1


async def test_a_list_is_worked_at_once_and_sent_once(tmp_path: Path) -> None:
    """Names of one list are asked together; their facts leave in the order of the reports."""
    hosts = [f"n{n}" for n in range(20)]
    async with name_server(**{host: Name(a=("192.0.2.5",)) for host in hosts}) as server:
        server.gate.clear()
        resolver = Resolver(Clock(), DnsSettings(servers=(server.address,), timeout_s=30.0))
        it = bench(tmp_path, resolver)
        assert it.stage.pooled
        reports = [it.report(f"http://{host}.example/") for host in hosts]
        work = asyncio.create_task(it.stage.handle(reports))
        await server.holds(2 * len(hosts))
        assert it.tray.lists == []
        server.gate.set()
        await work
        await resolver.close()
    assert len(it.tray.lists) == 1
    assert [send.key for send in it.tray.lists[0]] == [report.key for report in reports]


async def test_every_report_is_in_one_result(tmp_path: Path) -> None:
    """Placed, at nobody's address, without such a name, without an answer; a notice is in none."""
    names = {"rack": Name(a=("192.0.2.5",)), "nodata": Name(), "silent": Name(silent=True)}
    async with name_server(**names) as server:
        resolver = Resolver(Clock(), DnsSettings(servers=(server.address,), timeout_s=0.3))
        it = bench(tmp_path, resolver)
        hosts = ("rack", "rack", "nodata", "none", "silent")
        await it.stage.handle([it.report(f"http://{host}.example/") for host in hosts])
        await resolver.close()
    assert it.stage.results == {
        Placed.HOSTER: 2,
        Placed.UNKNOWN: 1,
        Placed.NO_SUCH_NAME: 1,
        Placed.NO_ANSWER: 1,
    }


async def test_who_asks_nobody_takes_lists(tmp_path: Path) -> None:
    """Without a resolver that waits the engine may hand over whole lists."""
    it = bench(tmp_path, NullResolver())
    assert not it.stage.pooled
    await it.stage.handle([it.report(f"http://192.0.2.{n}/") for n in range(50)])
    assert [len(sends) for sends in it.tray.lists] == [50]


async def test_a_destroyed_key_leaves_the_url_unknown(tmp_path: Path) -> None:
    """A URL that nobody can read any more is placed at `unknown`, unanswered, and not lost."""
    it = bench(tmp_path, NullResolver())
    report = it.report("http://192.0.2.5/")
    for month in it.keys.months:
        it.keys.put(month, ())
    await it.stage.handle([report])
    (fact,) = it.tray.facts
    assert not fact.answered
    assert [p.hoster for p in fact.placements] == ["unknown"]


async def test_nothing_is_sealed_by_a_key_that_was_destroyed_meanwhile(tmp_path: Path) -> None:
    """A month that goes while a name is asked seals nothing more: the URL is left unknown."""

    class Slow(NullResolver):
        async def resolve(self, host: str, *, fresh: bool = False, soon: bool = False):
            for month in it.keys.months:
                it.keys.put(month, ())
            return DnsResolution(status=DnsStatus.OK, addresses=("192.0.2.5",))

    it = bench(tmp_path, Slow())
    await it.stage.handle([it.report("http://a.example/")])
    (fact,) = it.tray.facts
    assert not fact.answered
    assert [p.address for p in fact.placements] == [""]


@pytest.mark.parametrize(
    "url", ["http://\u017fhost.1/", "http://" + "a" * 64 + ".example/", "ftp://a/"]
)
async def test_a_host_that_nobody_can_be_asked_for_stops_nothing(tmp_path: Path, url: str) -> None:
    """A ledger of an older release may hold such a URL: it is unanswered, and the others go on."""
    async with name_server() as server:
        names = Resolver(Clock(), DnsSettings(servers=(server.address,)))
        it = bench(tmp_path, names)
        here = "http://192.0.2.5/"
        bound = reported_url(it.keys.url_key(canonical(here)))
        odd = it.report(here, sealed=it.keys.seal(url, AT, bound))
        try:
            await it.stage.handle([odd, it.report("http://192.0.2.6/")])
        finally:
            await names.close()
        assert server.asked == []
    assert [fact.answered for fact in it.tray.facts] == [False, True]


@pytest.mark.parametrize("pooled", [True, False])
async def test_what_is_not_ours_stops_the_stage(tmp_path: Path, pooled: bool) -> None:
    """A broken entry is unexpected here: nothing of the list is sent, so the offset stays."""
    it = bench(tmp_path, NullResolver())
    it.stage.pooled = pooled
    broken = Received("reports.v1", 0, 1, AT, b"k", b"{}")
    with pytest.raises(Rejected):
        await it.stage.handle([it.report("http://192.0.2.5/"), broken])
    with pytest.raises((NotSealed, ExceptionGroup)):
        await it.stage.handle(
            [it.report("http://192.0.2.5/"), it.report("http://192.0.2.6/", sealed="AAAA")]
        )
    assert it.tray.lists == []


async def test_a_placement_says_whether_the_url_is_in_the_sample(tmp_path: Path) -> None:
    """By the entry of its hoster that held when the report came, and by the URL's key alone."""
    fields = {"id": "rack", "seed": "s"}
    entries = (
        InclusionEntry(**fields, version=1, valid_from=0, probability=0.25),
        InclusionEntry(**fields, version=2, valid_from=AT + 1, probability=0.5),
    )
    it = bench(tmp_path, NullResolver(), *entries)
    urls = [f"http://192.0.2.5/{n}" for n in range(40)]
    await it.stage.handle([it.report(url) for url in (*urls, "http://198.51.100.1/x")])
    *mine, other = it.tray.facts
    for fact in mine:
        (place,) = fact.placements
        assert place.inclusion == 0.25
        assert place.sampled is (fraction("s", fact.url_key) < 0.25)
    assert {fact.placements[0].sampled for fact in mine} == {True, False}
    assert (other.placements[0].inclusion, other.placements[0].sampled) == (1.0, True)


class Forbidden:
    """A resolver that nobody may ask."""

    waits = False

    async def resolve(self, host: str, *, fresh: bool = False, soon: bool = False) -> DnsResolution:
        """Fail the test."""
        raise AssertionError("a name server was asked")


@pytest.mark.parametrize("host", ["www.a.example", "192.0.2.5", "[2001:db8::5]"])
async def test_a_url_that_may_not_be_probed_is_asked_of_no_name_server(tmp_path, host) -> None:
    """Its name is not resolved; an address in it is placed by the databases alone."""
    it = bench(tmp_path, Forbidden())
    await it.stage.handle([it.report(f"http://{host}/x", probing=False)])
    (fact,) = it.tray.facts
    literal = host[0] in "1["
    result = Placed.HOSTER if host[0] == "1" else Placed.UNKNOWN
    assert fact.answered is literal
    assert fact.names == ""
    assert it.stage.results == {Placed.NOT_ASKED if not literal else result: 1}
    assert [p.hoster for p in fact.placements] == ["rack" if host[0] == "1" else "unknown"]
