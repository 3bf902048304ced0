"""Laws of what the overview says of alerts, against a server that answers as Prometheus does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout, web
from pages import VIEW

from agents.edges.lookup.firing_alerts import SHOWN_MAX, AlertPoller, Firing
from agents.edges.web.overview_page import render


def alert(name: str, severity: str, state: str = "firing", **labels: str) -> dict[str, Any]:
    labels |= {"alertname": name, "severity": severity}
    notes = {"summary": f"{name} says so.", "runbook_url": f"https://runbook.example/r#{name}"}
    return {"state": state, "labels": labels, "annotations": notes, "value": "1"}


@asynccontextmanager
async def prometheus(body: bytes | dict[str, Any], status: int = 200) -> AsyncIterator[str]:
    async def alerts(_: web.Request) -> web.Response:
        if isinstance(body, bytes):
            return web.Response(body=body, status=status)
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_get("/api/v1/alerts", alerts)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def asked(url: str, held: Firing | None = None) -> Firing:
    poller = AlertPoller(url, "https://watch.example/prometheus", lambda: VIEW.as_of)
    if held is not None:
        poller.firing = held
    async with ClientSession(timeout=ClientTimeout(total=2)) as session:
        await poller.ask(session)
    return poller.firing


async def test_what_fires_is_shown_worst_first_with_its_links() -> None:
    """Not what is pending, nor what always fires; labels beyond the known ones are left out."""
    said = [
        alert("Late", "warning", hotline="north", secret="x"),
        alert("Down", "critical", stage="intake"),
        alert("Soon", "critical", "pending"),
        alert("HostwatchWatchdog", "none"),
    ]
    async with prometheus({"status": "success", "data": {"alerts": said}}) as url:
        found = await asked(url)
    assert [(one.name, one.about) for one in found.alerts] == [
        ("Down", "stage intake"),
        ("Late", "hotline north"),
    ]
    text = render(VIEW, alerts=found)
    assert 'href="https://runbook.example/r#Down"' in text
    assert 'href="https://watch.example/prometheus/alerts?search=Down"' in text
    assert "secret" not in text
    assert "None fires" not in text


async def test_a_prometheus_that_does_not_answer_is_said_and_holds_nothing_up() -> None:
    """What it said last stays, with its time; no address at all is said as well."""
    known = Firing(VIEW.as_of, True, (), 0)
    for body, status in ((b"{", 200), (b"", 500), (b"[" * 10_000, 200)):
        async with prometheus(body, status) as url:
            assert await asked(url, known) == replace(known, answers=False)
    assert await asked("http://127.0.0.1:9", None) == Firing()
    assert "Prometheus does not answer" in render(VIEW, alerts=replace(known, answers=False))
    assert "has not answered yet" in render(VIEW, alerts=Firing())
    assert "None fires" in render(VIEW, alerts=known)
    assert "web.prometheus_url is not set" in render(VIEW)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", ""])
async def test_no_link_of_another_kind_and_no_crowd_gets_on_the_page(link: str) -> None:
    """A page stays as long as it is read, and its links lead to http servers."""
    one = alert("<script>x", "critical")
    one["annotations"]["runbook_url"] = link
    async with prometheus({"data": {"alerts": [one] * (SHOWN_MAX + 9)}}) as url:
        found = await asked(url)
    text = render(VIEW, alerts=found)
    assert len(found.alerts) == SHOWN_MAX
    assert f"{SHOWN_MAX} of {SHOWN_MAX + 9} alerts are shown" in text
    assert "<script>x" not in text
    assert not link or link not in text
    await asyncio.sleep(0)
