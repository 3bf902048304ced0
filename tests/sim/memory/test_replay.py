"""A run of a seed is the same to the byte in any process."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from sim.memory import run as runs
from sim.memory.small import SMALL, STORM

SEED = 3
DAYS = 0.2


def digest():
    """Play a storm; return a digest of every record that stands on the broker at its end."""
    found = hashlib.sha256()
    judged = runs._judged

    def noting(scenario, pipeline, *of):
        broker = pipeline.broker
        for place in sorted(broker._logs):
            for record in broker.log(*place).records:
                found.update(repr((place, record.offset, record.appended_at)).encode())
                found.update(record.key + b"\0" + (record.value or b""))
        return judged(scenario, pipeline, *of)

    runs._judged = noting
    try:
        replace(SMALL[STORM], days=DAYS).run(SEED)
    finally:
        runs._judged = judged
    return found.hexdigest()


def test_every_byte_is_decided_by_the_seed():
    """Neither the order of sets, nor the time of day, nor the kernel's chance is in a record."""
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import test_replay; "
    code += "print(test_replay.digest())"
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert len(said[0].strip()) == 64
