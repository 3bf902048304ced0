"""What a rollup's pages have beside its figures is there, and ends with it."""

from contextlib import AsyncExitStack
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout
from scratch_topics import scratch_settings

from agents.edges.lookup.ledger import LedgerLookup
from agents.edges.web.server import WebServer
from agents.http_settings import HosterPageSettings, WebSettings
from agents.stages.rollup.served_pages import ServedPages
from agents.stages.rollup.stage import RollupStage


async def test_pages_beside_the_figures_are_served_as_the_settings_want(
    bootstrap: str, tmp_path: Path
) -> None:
    """The search always; alerts with an address of Prometheus; hosters' pages with a port."""
    settings = scratch_settings(bootstrap, vantages=())
    rollup = RollupStage(settings)
    lookup = LedgerLookup(settings, str.__add__, lambda _: False, lambda _, __: True)
    web = WebServer(WebSettings(port=0), lambda: rollup.view)
    async with AsyncExitStack() as stack:
        pages = ServedPages(settings, rollup, lookup)
        pages.on(web, stack)
        assert web.alerts() is None
        assert await pages.own(stack) is None
        await web.start()
        stack.push_async_callback(web.stop)
        async with (
            ClientSession(timeout=ClientTimeout(total=20)) as http,
            http.get(f"{web.url}search") as found,
        ):
            assert found.status == 200
        more = settings.model_copy(
            update={
                "web": WebSettings(prometheus_url="http://127.0.0.1:9"),
                "hoster_page": HosterPageSettings(port=0, links_file=tmp_path / "links"),
            }
        )
        pages = ServedPages(more, rollup, lookup)
        pages.on(web, stack)
        assert web.alerts() is not None
        served = await pages.own(stack)
        assert served is not None
        assert served.port > 0
    assert served.port
