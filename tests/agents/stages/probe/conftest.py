"""A prober in a small world of names."""

from collections.abc import Callable
from pathlib import Path

import pytest
from probe_bench import EDGE, OTHER, OWN, Bench, bench_of

from agents.edges.dns.recorded import Recorded
from agents.edges.dns.resolution import DnsResolution, DnsStatus

NAMES = {
    "one.example": DnsResolution(status=DnsStatus.OK, addresses=(OWN,)),
    "two.example": DnsResolution(status=DnsStatus.OK, addresses=(OWN, OTHER)),
    "moved.example": DnsResolution(status=DnsStatus.OK, addresses=(OTHER,)),
    "proxied.example": DnsResolution(status=DnsStatus.OK, addresses=(EDGE,)),
    "gone.example": DnsResolution(status=DnsStatus.NXDOMAIN),
    "empty.example": DnsResolution(status=DnsStatus.NODATA),
    "broken.example": DnsResolution(status=DnsStatus.SERVFAIL),
    "null.example": DnsResolution(status=DnsStatus.OK, addresses=("127.0.0.1",)),
    "inside.example": DnsResolution(status=DnsStatus.OK, addresses=(OWN, "10.0.0.1")),
}


@pytest.fixture
def bench(tmp_path: Path) -> Callable[..., Bench]:
    """Set up a prober in whose world the names stand above."""

    def made(**settings) -> Bench:
        return bench_of(tmp_path, Recorded(NAMES), **settings)

    return made
