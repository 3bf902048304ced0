"""Malformed requests at a running intake: nothing of them is written, and it goes on."""

import asyncio

import pytest
from besieged_intake import intake
from command import said
from malformed_http import LEAK_MARKER, malformed

AT_ONCE = 200
ADDRESSES = 50
GIVEN_UP_S = 60.0
"""Half requests are ended by the deadline of a head, long before."""


async def ask(port: int, number: int, sent: bytes) -> bytes:
    """Send bytes and return what comes first; nothing once a deadline has passed."""
    place = (f"127.0.2.{1 + number % ADDRESSES}", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=place)
    try:
        async with asyncio.timeout(GIVEN_UP_S):
            writer.write(sent)
            await writer.drain()
            return await reader.read(65_536)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("count", [300, pytest.param(1_000, marks=pytest.mark.soak)])
async def test_malformed_requests_leave_no_trace_and_change_nothing(bootstrap, tmp_path, count):
    """Neither an answer nor a line holds a word of them; the hotline is served as before."""
    async with intake(bootstrap, tmp_path, "malformed.") as at:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(number: int, sent: bytes) -> bytes:
            async with room:
                return await ask(at.port, number, sent)

        answers = await asyncio.gather(*(one(*each) for each in enumerate(malformed(count))))
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(1.0, stop.set)
        honest = await at.send(stop)
        figures = await at.figures()
    assert set(honest.answers) == {202}
    assert sum(answer.startswith(b"HTTP/1.1 400 ") for answer in answers) > count // 5
    assert not any(LEAK_MARKER.encode() in answer for answer in answers)
    assert not any(b"\nserver:" in answer.lower() for answer in answers)
    assert figures["hostwatch_intake_connections"] <= 1 + len(answers) // 100
    log = said(tmp_path)
    assert LEAK_MARKER not in log
    assert len(log.splitlines()) < 10
