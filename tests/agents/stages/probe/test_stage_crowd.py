"""Many hosts at once: the silent ones end at their deadline and delay nobody."""

from pathlib import Path

from tarpit_run import hosts, run


async def test_tarpits_keep_nothing_from_the_honest(tmp_path: Path) -> None:
    """Each order is settled once: silence times out, whoever answers is online and on time."""
    with hosts() as port:
        found = await run(tmp_path, port, 400, 100, deadline_s=3.0, window_s=120.0)
    assert (found["observations"], found["timeouts"]) == (500, 400)
    assert (found["honest"], found["honest_on_time"]) == (100, 100)
