"""What a contestant's process is told, and how its probes are measured.

`python contest_NAME.py SPEC` with the spec as JSON; its last line on standard output is `Measured`
of the harness as JSON: the probes answered with 200. Start, imports and a warm-up do not count.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import msgspec
from harness import Measured, metered

DEADLINE_S = 10.0
"""Of one probe, the same for all."""

HEAD_BYTES_MAX = 16_384
"""Of one response head, the same for all."""

WARM_UP = 300
"""Probes before the measurement."""


class Spec(msgspec.Struct, kw_only=True):
    """What a contestant does.

    Attributes:
        port: where nginx listens, on 127.0.0.1.
        probes: how many to make; each is one HEAD on a connection of its own.
        at_once: how many at one time.
    """

    port: int
    probes: int
    at_once: int


async def measured(spec: Spec, probe: Callable[[str], Awaitable[bool]]) -> Measured:
    """Make the probes, some at a time, each to a path of its own, and return what they took.

    Args:
        spec: how many.
        probe: makes one for a URL and tells whether the answer was 200.
    """
    await _all(spec, WARM_UP, probe)
    meter = metered()
    return meter.measured(await _all(spec, spec.probes, probe))


async def _all(spec: Spec, count: int, probe: Callable[[str], Awaitable[bool]]) -> int:
    urls = iter([f"http://127.0.0.1:{spec.port}/{number}.jpg" for number in range(count)])
    done = await asyncio.gather(*(_some(urls, probe) for _ in range(spec.at_once)))
    return sum(done)


async def _some(urls: Iterator[str], probe: Callable[[str], Awaitable[bool]]) -> int:
    done = 0
    for url in urls:
        done += await probe(url)
    return done
