"""Plays many random histories and goes on where it was: `make soak-histories`.

python tests/support/differential/run.py --seeds 200000 --done FILE [--within SECONDS]
"""

import argparse
import sys
import time
from pathlib import Path

for folder in ("differential", "ledgers", "histories"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))
sys.path.insert(0, str(Path(__file__).parents[3]))

from folded import read_otherwise, unequal_orders  # noqa: E402 - the path is set above

SAID_EVERY = 1_000


def main() -> int:
    """Return 1 if a history comes out otherwise; FILE says up to which seed all agreed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200_000)
    parser.add_argument("--done", type=Path, required=True)
    parser.add_argument("--within", type=float, default=7_200, help="seconds")
    asked = parser.parse_args()
    first = int(asked.done.read_text()) if asked.done.exists() else 0
    ends_s = time.monotonic() + asked.within
    for seed in range(first, asked.seeds):
        orders, otherwise = unequal_orders(seed), read_otherwise(seed)
        if orders or otherwise:
            print(f"seed {seed}: orders {orders}, the reading says otherwise: {otherwise[:3]}")
            return 1
        if (seed + 1) % SAID_EVERY == 0 or time.monotonic() > ends_s:
            asked.done.parent.mkdir(parents=True, exist_ok=True)
            asked.done.write_text(str(seed + 1))
            print(f"{seed + 1} of {asked.seeds} histories agree")
        if time.monotonic() > ends_s:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
