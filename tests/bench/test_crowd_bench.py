"""How late honest requests are beside 10,000 slow connections from 200 addresses."""

import pytest
from besieged_intake import siege
from harness import SMALL, scaled

from agents.edges.http_server.connection import HEAD_DEADLINE_S

pytestmark = pytest.mark.bench

COUNT, ADDRESSES = scaled(10_000), scaled(200)
P99_S_MAX = 0.25


async def test_honest_requests_beside_a_crowd(told, bootstrap, tmp_path):
    """At 200 a second, each acknowledged by the broker: p99 at most 250 ms."""
    found = await siege(bootstrap, tmp_path, "siege.", count=COUNT, addresses=ADDRESSES)
    for name, seen in (("alone", found.free), ("beside the crowd", found.besieged)):
        p50, p99 = (1_000 * seen.quantile_s(part) for part in (0.5, 0.99))
        told(f"{len(seen.latencies_s)} honest requests {name}: p50 {p50:.0f} ms, p99 {p99:.0f} ms")
    refused = sorted(stood_s for stood_s in found.stood_s if stood_s < HEAD_DEADLINE_S / 2)
    within_ms = 1_000 * refused[int(0.99 * len(refused))]
    told(f"of {COUNT:,} slow connections {len(refused)} refused, 99 % within {within_ms:.0f} ms")
    told(f"the last ended after {max(found.stood_s):.1f} s; the intake counts {found.figures}")
    assert set(found.besieged.answers) == {202}
    assert SMALL or found.besieged.quantile_s(0.99) <= P99_S_MAX
