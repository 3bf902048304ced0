"""Each bench that pytest runs still runs by a hundredth of its size. No figure is judged."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHES = sorted(Path(__file__).parent.glob("test_*_bench.py"))
PART = "0.01"


@pytest.mark.soak
@pytest.mark.parametrize("file", BENCHES, ids=lambda file: file.stem)
def test_each_small_bench_still_runs(bootstrap: str, file: Path) -> None:
    """A change of what it measures breaks it here, and not on the day it is wanted."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-m", "bench", str(file)],
        env=os.environ | {"BENCH_SCALE": PART, "HOSTWATCH_KAFKA__BOOTSTRAP": bootstrap},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-1_000:]
    assert " passed" in done.stdout
