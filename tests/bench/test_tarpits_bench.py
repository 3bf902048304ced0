"""Ten thousand tarpits and a thousand honest hosts before one prober."""

from pathlib import Path

import pytest
from harness import SMALL, scaled
from tarpit_run import hosts, run

SILENT, HONEST = scaled(10_000), scaled(1_000)
DEADLINE_S = 10.0
WINDOW_S = 60.0
"""The first slots of the timetable lie a quarter of an hour apart; this is far inside."""

MEMORY_MB_MAX = 150
LAG_MS_P99_MAX = 50
ON_TIME_MIN = 0.999


@pytest.mark.bench
async def test_the_prober_stays_within_its_limits_among_tarpits(told, tmp_path: Path) -> None:
    """Memory, the loop's lag and the honest hosts' verdicts stay within their limits."""
    with hosts() as port:
        found = await run(tmp_path, port, SILENT, HONEST, deadline_s=DEADLINE_S, window_s=WINDOW_S)
    told(f"tarpits: {found}", **found)
    assert found["timeouts"] == SILENT
    assert SMALL or found["honest_on_time"] >= ON_TIME_MIN * HONEST
    assert SMALL or found["memory_growth_mb"] <= MEMORY_MB_MAX
    # what others do on the machine is not ours
    assert SMALL or found["own_lag_ms_p99"] <= LAG_MS_P99_MAX
