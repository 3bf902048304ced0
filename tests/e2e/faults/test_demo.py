"""The demo whose worker is killed again and again.

`make test` kills it once, by a key, tests/sim/demo/test_keys.py.
"""

import json
import re
from pathlib import Path

import pytest
from command import hostwatch, said
from fault_matrix import FaultRow, Matrix

RUN_S = 40
KILL_EVERY_S = 10


@pytest.mark.soak
@pytest.mark.timeout(300)
async def test_the_demo_agrees_with_the_truth_through_kills(
    tmp_path: Path, seed: int, matrix: Matrix
) -> None:
    """With its worker killed ten seconds after each start the demo ends with what is true."""
    out = tmp_path / "out.json"
    options = ("--for", f"{RUN_S}s", "--kill-worker-every", f"{KILL_EVERY_S}s")
    async with hostwatch(
        tmp_path, "demo", *options, "--seed", str(seed), "--json", str(out)
    ) as demo:
        assert await demo.wait() == 0, said(tmp_path)
    killed = re.search(r"the worker was killed (\d+) times", said(tmp_path))
    assert killed is not None, said(tmp_path)
    found = json.loads(out.read_text())
    assert found["ok"], found
    matrix.rows.append(
        FaultRow(
            fault="demo, its worker killed every 10 s",
            seed=seed,
            faults=int(killed[1]),
            reports=0,
            lost=found["unaccounted"],
            doubled=0,
            repeated=0,
            seconds=RUN_S,
        )
    )
