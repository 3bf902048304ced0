"""Plays many random histories on all cores and goes on where it was: `make soak-histories`.

python tests/support/differential/run.py --seeds 200000 --done FILE [--within SECONDS] [--jobs N]
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

for folder in ("differential", "ledgers", "histories"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))
sys.path.insert(0, str(Path(__file__).parents[3]))

from folded import read_otherwise, unequal_orders  # noqa: E402 - the path is set above

SEEDS_PER_BLOCK = 100
"""Played by a process at a time: about 4 s. FILE is written after each."""

SAID_EVERY = 1_000


class Unequal(NamedTuple):
    """A history that comes out otherwise.

    Attributes:
        seed: which history.
        orders: its orders whose state is another than that of all records at once.
        differences: what the second reading says otherwise.
    """

    seed: int
    orders: list[int]
    differences: Sequence[object]


def play_block(first: int) -> list[Unequal]:
    """Return the histories of a block that come out otherwise.

    Args:
        first: seed of its first history.
    """
    played = (
        Unequal(seed, unequal_orders(seed), read_otherwise(seed))
        for seed in range(first, first + SEEDS_PER_BLOCK)
    )
    return [one for one in played if one.orders or one.differences]


def main() -> int:
    """Return 1 if a history comes out otherwise; FILE says up to which seed all agreed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200_000)
    parser.add_argument("--done", type=Path, required=True)
    parser.add_argument("--within", type=float, default=7_200, help="seconds")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    first = int(asked.done.read_text()) if asked.done.exists() else 0
    ends_s = time.monotonic() + asked.within
    blocks = range(first, asked.seeds, SEEDS_PER_BLOCK)
    asked.done.parent.mkdir(parents=True, exist_ok=True)
    with multiprocessing.get_context("spawn").Pool(asked.jobs) as pool:
        for block, unequal in zip(blocks, pool.imap(play_block, blocks), strict=False):
            for one in unequal:
                print(f"seed {one.seed}: orders {one.orders}, reading {one.differences[:3]}")
            if unequal:
                return 1
            agreed = block + SEEDS_PER_BLOCK
            asked.done.write_text(str(agreed))
            is_late = time.monotonic() > ends_s
            if agreed % SAID_EVERY == 0 or is_late:
                print(f"{agreed} of {asked.seeds} histories agree", flush=True)
            if is_late:
                return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
