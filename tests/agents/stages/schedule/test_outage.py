"""After an outage the backlog of many hosters is worked off evenly, the newest slots first."""

import asyncio
from collections import defaultdict
from pathlib import Path
from time import monotonic

from nameserver import Name, name_server
from probe_bench import bench_of, other_hoster_prefix
from quick_clock import quick
from web_server import answers, response, web_server

from agents.clock import Clock
from agents.config import DnsSettings
from agents.edges.dns.resolver import Resolver
from schemas.moments import HOUR_MS

COMPANIES = 500
EACH = 3
NAMES_PER_S = 250
STEP_MS = 2_000
"""From one probe of a hoster to the next, at 30 a minute."""


async def test_the_backlog_of_many_hosters_makes_no_herd(tmp_path: Path) -> None:
    """Hosters are begun with at the rate of names, each goes on a step later, newest first."""
    due_urls: dict[str, list[tuple[float, str]]] = defaultdict(list)
    names = {f"n{n}.example": Name(a=(f"{other_hoster_prefix(n)}.1",)) for n in range(COMPANIES)}
    async with name_server() as server:
        server.names.update(names)
        settings = DnsSettings(servers=(server.address,), names_per_s=NAMES_PER_S, timeout_s=30)
        resolver = Resolver(Clock(), settings)
        it = bench_of(
            tmp_path, resolver, clock=quick(60.0), companies=COMPANIES, requests_per_minute=30
        )

        async def behave(head: str, writer: asyncio.StreamWriter) -> None:
            host = writer.get_extra_info("sockname")[0]
            due_urls[host].append((monotonic(), head.split()[1]))
            await answers(response(200))(head, writer)

        first, *others = [f"{other_hoster_prefix(n)}.1" for n in range(COMPANIES)]
        async with (
            web_server(behave, host=first) as web,
            web_server(behave, host=others, port=web.port),
        ):
            now = it.clock.now()
            backlog = [
                it.order(
                    f"http://n{n}.example:{web.port}/{hours}",
                    hoster=f"c{n}",
                    slot_at=now - hours * HOUR_MS,
                    not_before=now - hours * HOUR_MS,
                    not_after=1 << 60,
                )
                for hours in range(EACH, 0, -1)
                for n in range(COMPANIES)
            ]
            began = monotonic()
            seen = await it.settle(*backlog)
        await resolver.close()
    assert len(seen) == COMPANIES * EACH
    assert {one.facts.error for one in seen} == {None}
    firsts = sorted(probes[0][0] for probes in due_urls.values())
    assert len(firsts) == COMPANIES
    assert all(at >= began + k / NAMES_PER_S for k, at in enumerate(firsts))
    step_s = it.clock.wall_seconds(STEP_MS)
    for probes in due_urls.values():
        assert all(at >= began + k * step_s for k, (at, _) in enumerate(probes))
        waited = [path for _, path in probes[1:]]
        assert waited == sorted(waited)  # by hours since the slot
