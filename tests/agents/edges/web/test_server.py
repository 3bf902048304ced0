"""Laws of the server of the pages, over real loopback sockets and in a real browser."""

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from time import monotonic

import pytest
import trustme
from aiohttp import ClientSession, ClientTimeout, encode_basic_auth
from chromium import browser
from views import sample_view

from agents.edges.metrics.engine_metrics import RolesOfProcess
from agents.edges.web.server import CONNECTIONS_PER_ADDRESS_MAX, CannotServe, WebServer
from agents.engine.observe.ownership import Ownership
from agents.errors import UserError
from agents.http_settings import WebSettings
from streams.views.view import View

VIEW = sample_view()
PASSWORD = "a password for the pages"


class Held:
    """The view a server is given; tests exchange it."""

    def __init__(self, view: View) -> None:
        self.view = view


@asynccontextmanager
async def serving(held: Held) -> AsyncIterator[WebServer]:
    server = WebServer(WebSettings(port=0), lambda: held.view)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def get(server: WebServer, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    async with (
        ClientSession(timeout=ClientTimeout(total=20)) as session,
        session.get(server.url + path, headers=headers) as answer,
    ):
        return answer.status, await answer.text(), dict(answer.headers)


async def test_ready_follows_the_view_and_health_does_not():
    """The process is healthy while it reads the ledger, and ready after that."""
    held = Held(View())
    async with serving(held) as server:
        assert (await get(server, "readyz"))[0] == 503
        assert (await get(server, "healthz"))[:2] == (200, "ok\n")
        held.view = VIEW
        assert (await get(server, "readyz"))[0] == 200


async def test_a_worker_without_figures_serves_its_partitions():
    """It has no page; it is ready when its roles have joined and loaded."""
    ownership = Ownership()
    process_roles = RolesOfProcess(
        running=("intake",), roles=("intake",), partitions=2, ownership=ownership
    )
    server = WebServer(WebSettings(port=0), None, process_roles)
    await server.start()
    try:
        assert (await get(server, ""))[0] == 404
        assert (await get(server, "readyz"))[0] == 503
        ownership.set("intake", frozenset({1}), frozenset({1}))
        ownership.heard("intake", monotonic(), 0.0, None)
        assert (await get(server, "readyz"))[0] == 200
        body = (await get(server, "metrics"))[1]
        assert 'hostwatch_partition_owned{partition="1",role="intake"} 1.0' in body
        assert "hostwatch_rollup_ready" not in body
    finally:
        await server.stop()


async def test_figures_are_not_ready_before_the_partitions_are():
    """A worker of all roles is ready as a whole."""
    process_roles = RolesOfProcess(running=("intake",), ownership=Ownership())
    server = WebServer(WebSettings(port=0), lambda: VIEW, process_roles)
    await server.start()
    try:
        assert (await get(server, "readyz"))[0] == 503
        process_roles.ownership.set("intake", frozenset({1}), frozenset({1}))
        process_roles.ownership.heard("intake", monotonic(), 0.0, None)
        assert (await get(server, "readyz"))[0] == 200
    finally:
        await server.stop()


async def test_metrics_speak_the_format_they_are_asked_for():
    """Prometheus asks for OpenMetrics and gets it; a person gets text."""
    async with serving(Held(VIEW)) as server:
        wanted = "application/openmetrics-text;version=1.0.0"
        status, body, headers = await get(server, "metrics", Accept=wanted)
        assert (status, body.endswith("# EOF\n")) == (200, True)
        assert headers["Content-Type"].startswith("application/openmetrics-text")
        _, body, headers = await get(server, "metrics")
        assert headers["Content-Type"].startswith("text/plain")
        assert 'hostwatch_open_cases{hoster="gamma",role="hosting"}' in body


async def test_every_answer_forbids_what_the_page_does_not_need():
    """The policy allows our style and script by hash; errors carry it too."""
    async with serving(Held(VIEW)) as server:
        for path in ("", "metrics", "healthz", "nothing-here"):
            headers = (await get(server, path))[2]
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"


async def test_no_answer_names_the_program():
    """Pages, errors and what cannot be parsed say nothing of what serves them."""
    async with serving(Held(VIEW)) as server:
        for path in ("", "metrics", "healthz", "hoster/nobody", "nothing"):
            assert "Server" not in (await get(server, path))[2]
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /\xff HTTP/9.9\r\n\r\n")
        answer = await reader.read()
        writer.close()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"erver" not in answer


async def test_an_address_with_too_many_connections_shuts_nobody_out():
    """Over its cap an address is refused at once, and another is answered."""
    async with serving(Held(VIEW)) as server:
        held = [
            await asyncio.open_connection("127.0.0.1", server.port)
            for _ in range(CONNECTIONS_PER_ADDRESS_MAX + 1)
        ]
        assert await held[-1][0].read() == b""
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", server.port, local_addr=("127.0.0.2", 0)
        )
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).endswith(b"ok\n")
        for _, each in (*held, (reader, writer)):
            each.close()


async def test_a_foreign_name_is_not_answered():
    """A web page that points its own name at loopback cannot read the figures."""
    async with serving(Held(VIEW)) as server:
        assert (await get(server, "", Host="rebound.example"))[0] == 421
        assert (await get(server, "", Host=f"localhost:{server.port}"))[0] == 200


async def test_a_port_in_use_is_said_in_one_line():
    """The message says what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = WebServer(WebSettings(port=taken.getsockname()[1]), lambda: VIEW)
        with pytest.raises(CannotServe, match=r"^port \d+ is taken: set web.port to another"):
            await server.start()


@pytest.mark.parametrize(
    ("path", "header", "status"),
    [
        ("metrics", None, 401),
        ("", None, 401),
        ("metrics", encode_basic_auth("prometheus", "wrong" * 4), 401),
        ("metrics", "Basic !", 401),
        ("metrics", encode_basic_auth("prometheus", PASSWORD), 200),
        ("", encode_basic_auth("", PASSWORD), 200),
        ("healthz", None, 200),
        ("readyz", None, 200),
    ],
)
async def test_beyond_loopback_a_password_is_asked_for(tmp_path, path, header, status):
    """Without it nothing but the two health checks is said, whatever name it is asked by."""
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    server = WebServer(WebSettings(host="0.0.0.0", port=0, password_file=file), lambda: VIEW)
    await server.start()
    try:
        headers = {"Host": "worker-1", **({"Authorization": header} if header else {})}
        found, _, said = await get(server, path, **headers)
    finally:
        await server.stop()
    assert found == status
    assert ("WWW-Authenticate" in said) == (status == 401)


@pytest.mark.parametrize("text", ["", "short\n", "a" * 15, "two lines of\nsome bytes\n"])
async def test_a_weak_password_is_refused(tmp_path, text):
    """A password that could be guessed opens nothing."""
    file = tmp_path / "password"
    file.write_text(text)
    with pytest.raises(UserError, match=r"16 bytes"):
        await WebServer(WebSettings(port=0, password_file=file), lambda: VIEW).start()


async def test_pages_come_over_tls(tmp_path):
    """With a certificate the server speaks TLS and nothing else."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    settings = WebSettings(port=0, cert_file=tmp_path / "cert.pem", key_file=tmp_path / "key.pem")
    server = WebServer(settings, lambda: VIEW)
    await server.start()
    context = ssl.create_default_context()
    authority.configure_trust(context)
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=20)) as session,
            session.get(f"{server.url}healthz", ssl=context) as answer,
        ):
            assert (answer.status, server.url[:8]) == (200, "https://")
    finally:
        await server.stop()


async def test_an_address_beyond_loopback_is_refused():
    """The server asks nobody who they are, so it listens to nobody outside."""
    with pytest.raises(CannotServe, match="loopback"):
        await WebServer(WebSettings(host="0.0.0.0"), lambda: VIEW).start()


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_fits_and_breaks_no_rule_of_its_policy(width, scheme):
    """In a browser nothing is cut off sideways and nothing is refused or fetched elsewhere."""
    async with serving(Held(VIEW)) as server, browser() as chromium:
        context = await chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme
        )
        page = await context.new_page()
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(server.url)
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        assert said == []
        assert all(url.startswith((server.url, "data:")) for url in asked)
        assert await page.get_by_role("row", name="Gamma").is_visible()
        ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(246, 247, 249)" if scheme == "light" else "rgb(17, 22, 29)")


@pytest.mark.parametrize("script", [True, False])
async def test_the_page_renews_itself_with_and_without_a_script(script):
    """New figures appear without anybody reloading the page."""
    held = Held(replace(VIEW, pending_urls=4_711))
    async with serving(held) as server, browser() as chromium:
        context = await chromium.new_context(java_script_enabled=script)
        page = await context.new_page()
        await page.goto(server.url)
        assert await page.get_by_text("4,711").is_visible()
        held.view = replace(VIEW, pending_urls=8_155)
        await page.get_by_text("8,155").wait_for(timeout=60_000)


async def test_a_screen_reader_finds_tables_rows_and_words_for_charts():
    """Roles survive the narrow layout, and every chart says in words what it shows."""
    async with serving(Held(VIEW)) as server, browser() as chromium:
        context = await chromium.new_context(viewport={"width": 400, "height": 800})
        page = await context.new_page()
        await page.goto(server.url + "?refresh=off")
        table = page.get_by_role("table", name="Figures per hoster")
        assert await table.get_by_role("rowheader").count() == 6
        assert await table.get_by_role("columnheader").count() == 9
        charts = page.get_by_role("img", name=re.compile("^Backlog of .* at most "))
        assert await charts.count() == 6
