"""Laws of forms that were sent, over real loopback sockets."""

import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web

from agents.edges.http_server.acceptor import Acceptor
from agents.edges.http_server.admission import Admission
from agents.edges.http_server.connection import Terms
from agents.edges.http_server.posted_form import posted_form

FORM = "application/x-www-form-urlencoded"
BODY_BYTES_MAX = 1_000


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async def said(request: web.Request) -> web.Response:
        return web.json_response(await posted_form(request))

    app = web.Application(client_max_size=BODY_BYTES_MAX)
    app.router.add_post("/", said)
    acceptor = Acceptor(app, Terms(Admission(8, 8), 5.0), 1.0)
    await acceptor.start("127.0.0.1", 0, None)
    yield f"http://127.0.0.1:{acceptor.port}/"
    await acceptor.stop()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (f"{FORM}; charset=nonsense", b"id=x"),
        (f"{FORM}; charset=base64", b"id=x"),
        (FORM, b"id=\xff\xfe"),
        ("multipart/form-data; boundary=x", b"garbage"),
        ("multipart/form-data", b"garbage"),
        ("application/json", b"{}"),
        ("", b""),
    ],
)
async def test_what_is_no_form_is_told_so_in_one_line(url: str, kind: str, body: bytes) -> None:
    """A charset nobody has, bytes that are no text, parts without a boundary, another kind."""
    headers = {"Content-Type": kind}
    async with ClientSession() as http, http.post(url, data=body, headers=headers) as found:
        assert (found.status, await found.text()) == (400, "the form cannot be read\n")


async def test_a_form_whose_packing_is_broken_is_none(url: str) -> None:
    """It says that it is packed, and is not."""
    headers = {"Content-Type": FORM, "Content-Encoding": "gzip"}
    async with ClientSession() as http:
        async with http.post(url, data=b"id=x", headers=headers) as found:
            assert found.status == 400
        async with http.post(url, data=gzip.compress(b"id=x"), headers=headers) as found:
            assert await found.json() == {"id": "x"}


async def test_a_form_is_read_and_one_that_is_too_large_is_not(url: str) -> None:
    """Percent signs that stand for no text are kept as a browser shows them."""
    async with ClientSession() as http:
        async with http.post(url, data=b"a=1&b=%ff&a=2", headers={"Content-Type": FORM}) as found:
            assert await found.json() == {"a": "2", "b": "\ufffd"}
        large = b"a=" + b"x" * BODY_BYTES_MAX
        async with http.post(url, data=large, headers={"Content-Type": FORM}) as found:
            assert found.status == 413
