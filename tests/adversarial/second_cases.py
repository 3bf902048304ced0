"""Make the second held-out half: `python second_cases.py`; the same bytes each time."""

import gzip
import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import second_hiders
import second_later
import second_methods
import second_names
import second_plain
import second_pools
import second_signs
import second_walls
from second_world import Kind, World

FILE = Path(__file__).parent / "second.jsonl.gz"
KINDS: tuple[tuple[Kind, int], ...] = (
    *second_plain.KINDS,
    *second_signs.KINDS,
    *second_methods.KINDS,
    *second_pools.KINDS,
    *second_walls.KINDS,
    *second_hiders.KINDS,
    *second_names.KINDS,
    *second_later.KINDS,
)
"""Each kind with how many cases it has."""


def cases() -> Iterator[dict[str, Any]]:
    """Yield the cases of all kinds."""
    for kind, count in KINDS:
        name = kind.__name__
        for number in range(count):
            world = World(random.Random(f"second-{name}-{number}"))
            story = kind(world)
            yield {
                "id": f"second-{name}-{number}",
                "kind": name,
                "why": story.why,
                "noticed_h": world.noticed_h,
                "follow_h": round(world.follow_h, 2),
                "root": story.root,
                "answers": story.answers,
                "truth": story.truth,
                "judgeable": story.judgeable,
            }


def lines(made: Iterable[dict[str, Any]]) -> bytes:
    """Return cases as they stand in the file."""
    return "".join(json.dumps(case) + "\n" for case in made).encode()


def main() -> None:
    """Write the file, its digest, and print what must stand in README.md."""
    made = list(cases())
    FILE.write_bytes(gzip.compress(lines(made), mtime=0))
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    FILE.with_name("second.sha256").write_text(f"{digest}  {FILE.name}\n")
    judgeable = sum(case["judgeable"] for case in made)
    for kind, count in Counter(case["kind"] for case in made).items():
        print(f"{kind} {count}")
    print(f"| `{FILE.name}` | {len(made)} | {judgeable} | `{digest}` |")


if __name__ == "__main__":
    main()
