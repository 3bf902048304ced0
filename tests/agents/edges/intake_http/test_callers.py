"""Laws of who may send."""

import asyncio

import pytest
from serving_intake import RECORD, SOUTH, refusal, serving, stored
from waiting import until

from agents.clock import Clock
from agents.edges.http_server.admission import ConnectionRefusal
from agents.edges.intake_http.problems import Problem
from schemas.moments import HOUR_MS


@pytest.mark.parametrize("authorization", [b"Bearer \xff\xfe", b"Bearer \xc5\xbf", b"Bearer", b""])
async def test_bytes_that_are_no_key_let_nobody_in(tmp_path, authorization):
    """Whatever stands in Authorization, the answer is 401."""
    async with serving(tmp_path) as at:
        head = b"POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nAuthorization: "
        assert (await at.raw(head + authorization + b"\r\n\r\n")).startswith(b"HTTP/1.1 401 ")


async def test_a_hotline_that_has_ended_lets_nothing_in(tmp_path):
    """Its records would be quarantined; an end that is to come changes nothing."""
    async with serving(tmp_path) as at:
        at.inboxes["north"] = Clock().now() + HOUR_MS
        assert await at.post(RECORD) == stored("r1")
        at.inboxes["north"] = Clock().now()
        assert refusal(await at.post(RECORD)) is Problem.NO_INBOX


async def test_slow_bodies_of_one_hotline_leave_room_for_another(tmp_path):
    """Connections of one hotline have a cap of their own: what is over it is told to come again."""
    async with serving(tmp_path, of_key=4) as at:
        slow = [await at.slow_body() for _ in range(4)]
        await asyncio.to_thread(until, lambda: at.intake_server.in_progress.count == 4)
        assert refusal(await at.post(RECORD)) is Problem.CONNECTIONS_OF_HOTLINE
        assert await at.post(RECORD, key=SOUTH) == stored("r1")
        assert at.intake_server.admission.refused == {ConnectionRefusal.HOTLINE: 1}
        for writer in slow:
            writer.close()
        await asyncio.to_thread(until, lambda: at.intake_server.in_progress.count == 0)
        assert await at.post(RECORD) == stored("r1")
