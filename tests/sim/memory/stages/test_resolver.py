"""Names in memory lead where the practice world says, at the time that it is."""

import asyncio

from agents.clock import Clock
from agents.edges.dns.resolution import DnsStatus
from sim.memory.stages.resolver import WorldNames
from sim.world.hosters import ALL
from sim.world.world import Plan, World

BY_ID = {hoster.id: hoster for hoster in ALL}


def test_a_name_leads_to_its_hoster_and_one_of_nobody_nowhere() -> None:
    """The same answer is the same object, as from a resolver that remembers."""
    names = WorldNames(World(Plan(seed=1, port=80)), BY_ID, Clock())
    amber = BY_ID["amber"]

    async def asked(host: str):
        return await names.resolve(host)

    found = asyncio.run(asked(amber.hosts[0]))
    assert (found.status, found.addresses) == (DnsStatus.OK, (amber.address,))
    assert asyncio.run(asked(amber.hosts[0])) is found
    missing = asyncio.run(asked("none.example"))
    assert (missing.status, missing.addresses) == (DnsStatus.NXDOMAIN, ())
