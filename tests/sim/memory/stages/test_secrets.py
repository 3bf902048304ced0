"""The keys of a run in memory never vary, so that a run replays."""

import asyncio

from schemas.seal_context import reported_url
from sim.memory.stages.secrets import RING

MONTH_AT = 1_770_000_000_000
ONE, TWO = reported_url("0" * 32), reported_url("1" * 32)


def test_the_same_text_is_sealed_alike_for_one_place() -> None:
    """And otherwise for another place; it opens where it was sealed."""
    asyncio.run(RING.ready(MONTH_AT))
    sealed = RING.seal("text", MONTH_AT, ONE)
    assert sealed == RING.seal("text", MONTH_AT, ONE)
    assert sealed != RING.seal("text", MONTH_AT, TWO)
    assert sealed != RING.seal("other", MONTH_AT, ONE)
    assert RING.open(sealed, ONE).reveal() == "text"
