"""Thousands of slow connections from many addresses at a running intake: none is in the way."""

import resource

import pytest
from besieged_intake import siege

from agents.edges.http_server.admission import ConnectionRefusal
from agents.edges.http_server.connection import HEAD_DEADLINE_S

COUNT = 10_000
FEW = 4_000
"""Of `make test`: twice as many as the intake keeps open."""

EACH = 50
"""From an address."""

SPARE = 500


@pytest.mark.parametrize("wanted", [FEW, pytest.param(COUNT, marks=pytest.mark.soak)])
async def test_a_crowd_of_slow_connections_is_refused_and_honest_requests_are_served(
    bootstrap, tmp_path, wanted
):
    """Those over the caps are ended long before the deadline of a head, and the others at it.

    Meanwhile every request of a hotline is answered, half of them long before a slow connection is
    ended: they do not wait for the crowd. On a machine that does nothing else, as in `make soak`,
    half are at most four times as late as without a crowd or within 250 ms. The log is no longer
    than before.
    """
    count = min(wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - SPARE)
    found = await siege(bootstrap, tmp_path, "siege.", count=count, addresses=wanted // EACH)
    at_once = [stood_s for stood_s in found.stood_s if stood_s < HEAD_DEADLINE_S / 2]
    assert len(found.stood_s) == count
    assert max(found.stood_s) < 3 * HEAD_DEADLINE_S
    told = {reason: found.figures[reason.value] for reason in ConnectionRefusal}
    refused = (
        told[ConnectionRefusal.ADDRESS]
        + told[ConnectionRefusal.ALL]
        + told[ConnectionRefusal.DISPLACED]
    )
    # on a busy machine the crowd comes over more than one deadline, and places are free again
    assert refused >= len(at_once) > refused / 2 > 0
    assert refused + told[ConnectionRefusal.SLOW] == count
    assert told[ConnectionRefusal.DESCRIPTORS] == 0
    assert set(found.besieged.answers) == {202}
    assert len(found.besieged.latencies_s) > 1_000
    assert found.besieged.quantile_s(0.5) < HEAD_DEADLINE_S / 2
    if wanted == COUNT:
        assert found.besieged.quantile_s(0.5) < max(0.25, 4 * found.free.quantile_s(0.5))
    assert found.log_bytes < 1_000
