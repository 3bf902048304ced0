"""Two scenarios as `hostwatch demo --scenario NAME` plays them: real broker, sockets and worker.

`make test` shows what they show in memory, tests/sim/memory/scenarios/test_catalogue.py, and that
the demo's world is the scenario's, tests/sim/demo/test_demo_settings.py.
"""

import asyncio
import json

import pytest
from command import hostwatch, said

DEADLINE_S = 400.0
"""The longer run takes a good minute; starting and ending it takes a busy machine several times
that."""


async def played(folder, bootstrap, *options):
    """Return what a demo says of each hoster, and who gained."""
    out = folder / "out.json"
    async with (
        asyncio.timeout(DEADLINE_S),
        hostwatch(
            folder, "demo", *options, "--json", str(out), KAFKA__BOOTSTRAP=bootstrap
        ) as process,
    ):
        code = await process.wait()
    assert code == 0, said(folder)
    result = json.loads(out.read_bytes())
    assert result["unaccounted"] == 0
    assert [balance["id"] for balance in result["gains"] if balance["gained"]] == []
    return {line["id"]: line for line in result["hosters"]}


@pytest.mark.soak
@pytest.mark.timeout(2 * DEADLINE_S)
async def test_who_shows_the_monitor_nothing_gains_nothing(tmp_path, bootstrap):
    """Two hosters obstruct: hidden, of unknown fate, never removed; a refused URL alone is removed.

    That nobody who refuses it is called late is part of what the exit code says.
    """
    lines = await played(tmp_path, bootstrap, "--scenario", "obstructing", "--for", "40s")
    assert set(lines) == {"jade", "kelp", "amber", "birch", "nettle", "maple"}
    for id in ("jade", "kelp"):
        measured, truth = lines[id]["measured"], lines[id]["truth"]
        assert measured["reported"] == truth["reported"] > 0
        assert measured["removed"] == 0
        assert measured["hidden"] > 0
    assert lines["nettle"]["measured"]["hidden"] == 0


@pytest.mark.soak
@pytest.mark.timeout(2 * DEADLINE_S)
async def test_the_backlog_of_a_hoster_that_goes_silent_grows(tmp_path, bootstrap):
    """From the second day on it removes nothing: more is open there than at all others."""
    lines = await played(tmp_path, bootstrap, "--scenario", "silent", "--for", "70s")
    silent = lines.pop("birch")["measured"]
    assert silent["removed"] > 0
    assert silent["overdue"] + silent["unseen"] > 0
    assert silent["open"] > sum(line["measured"]["open"] for line in lines.values())
