"""Plays many random histories on all cores and goes on where it was: `make soak-histories`.

python tests/support/differential/run.py --seeds 200000 --done FILE [--within SECONDS] [--jobs N]
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Sequence
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


def play(seeds: Iterable[int]) -> list[Unequal]:
    """Return the histories that come out otherwise.

    Args:
        seeds: which histories.
    """
    played = (Unequal(seed, unequal_orders(seed), read_otherwise(seed)) for seed in seeds)
    return [one for one in played if one.orders or one.differences]


def play_block(first: int) -> list[Unequal]:
    """Return the histories of a block that come out otherwise.

    Args:
        first: seed of its first history.
    """
    return play(range(first, first + SEEDS_PER_BLOCK))


def main() -> int:
    """Return 1 if a history comes out otherwise; the others are played all the same.

    FILE says how many are played. Those that came out otherwise stand in FILE.unequal, one seed a
    line, and are played again first.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200_000)
    parser.add_argument("--done", type=Path, required=True)
    parser.add_argument("--within", type=float, default=7_200, help="seconds")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    listed = asked.done.with_name(f"{asked.done.name}.unequal")
    asked.done.parent.mkdir(parents=True, exist_ok=True)
    unequal = play_again(listed)
    first = int(asked.done.read_text()) if asked.done.exists() else 0
    ends_s = time.monotonic() + asked.within
    blocks = range(first, asked.seeds, SEEDS_PER_BLOCK)
    with multiprocessing.get_context("spawn").Pool(asked.jobs) as pool:
        for block, found in zip(blocks, pool.imap(play_block, blocks), strict=False):
            unequal += say(found)
            listed.write_text("".join(f"{seed}\n" for seed in unequal))
            played = block + SEEDS_PER_BLOCK
            asked.done.write_text(str(played))
            is_late = time.monotonic() > ends_s
            if played % SAID_EVERY == 0 or is_late:
                print(f"{played} of {asked.seeds} played, {len(unequal)} unequal", flush=True)
            if is_late:
                break
    return 1 if unequal else 0


def play_again(listed: Path) -> list[int]:
    """Return the seeds of a list that still come out otherwise.

    Args:
        listed: a seed a line; it need not be there.
    """
    seeds = map(int, listed.read_text().split()) if listed.exists() else ()
    return say([one for seed in seeds for one in play([seed])])


def say(unequal: Sequence[Unequal]) -> list[int]:
    """Print histories that came out otherwise, and return their seeds.

    Args:
        unequal: what came out otherwise.
    """
    for one in unequal:
        orders, read = one.orders, one.differences[:3]
        print(f"seed {one.seed}: orders {orders}, reading {read}", flush=True)
    return [one.seed for one in unequal]


if __name__ == "__main__":
    sys.exit(main())
