"""Laws of the counts of look-ups."""

from pathlib import Path

from mmdb import asn_record, write_mmdb
from nameserver import Name, name_server
from prometheus_client import CollectorRegistry, generate_latest

from agents.clock import Clock
from agents.config import DnsSettings
from agents.edges.dns.resolution import DnsStatus
from agents.edges.dns.resolver import Resolver
from agents.edges.geo.address_databases import Networks
from agents.edges.metric_types.instruments import (
    DATASET_DURATION,
    DATASET_LOOKUPS,
    DNS_DURATION,
    DNS_LOOKUPS,
)
from agents.edges.metrics.lookup_metrics import LookupCollector


def exposed(resolver: Resolver | None, networks: Networks) -> dict[str, float]:
    """Return what a scrape says, by series."""
    registry = CollectorRegistry()
    registry.register(LookupCollector(lambda: resolver, networks))
    lines = generate_latest(registry).decode().splitlines()
    found = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {series: float(value) for series, _, value in found}


def test_nothing_is_told_of_what_is_not_asked() -> None:
    """A replay asks no name server, and a worker without databases asks none of them."""
    assert exposed(None, Networks()) == {}


async def test_names_are_counted_by_result_and_timed_once() -> None:
    """Every result is there, at 0 too; a name that is remembered was not asked for again."""
    async with name_server(a=Name(a=("192.0.2.1",))) as server:
        resolver = Resolver(Clock(), DnsSettings(servers=(server.address,)))
        try:
            for _ in range(2):
                await resolver.resolve("a.example")
            found = exposed(resolver, Networks())
        finally:
            await resolver.close()
    for status in DnsStatus:
        expected = 1 if status is DnsStatus.OK else 0
        assert found[f'hostwatch_dns_lookups_total{{result="{status}"}}'] == expected
    assert DNS_LOOKUPS.series_max == str(len(DnsStatus))
    durations = [one for one in found if one.startswith(DNS_DURATION.name)]
    assert DNS_DURATION.series_max == str(len(durations))
    assert found["hostwatch_dns_lookup_duration_seconds_count"] == 1
    assert found["hostwatch_dns_lookup_duration_seconds_sum"] > 0


def test_addresses_are_counted_and_timed_in_each_database_in_use(tmp_path: Path) -> None:
    """Found or absent, what is no address included; a database that is not there has no series."""
    networks = Networks(write_mmdb(tmp_path / "a.mmdb", {"192.0.2.0/24": asn_record(1, "One")}))
    for address in ("192.0.2.1", "192.0.2.2", "203.0.113.1", "no address"):
        networks.lookup(address)
    found = exposed(None, networks)
    assert found['hostwatch_dataset_lookups_total{dataset="asn",result="found"}'] == 2
    assert found['hostwatch_dataset_lookups_total{dataset="asn",result="absent"}'] == 2
    duration = "hostwatch_dataset_lookup_duration_seconds"
    assert found[f'{duration}_count{{dataset="asn"}}'] == 4
    assert 0 < found[f'{duration}_sum{{dataset="asn"}}'] < 4
    assert not any("country" in series for series in found)
    for metric in (DATASET_LOOKUPS, DATASET_DURATION):
        of_one = [series for series in found if series.startswith(f"{metric.name}_")]
        assert metric.series_max == str(2 * len(of_one))
    networks.close()
