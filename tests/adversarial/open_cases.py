"""Make the open half: `python tests/adversarial/open_cases.py`; the same bytes each time."""

import gzip
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import open_kinds_gone
import open_kinds_hiding
import open_kinds_odd
from open_worlds import Kind, Site

FILE = Path(__file__).parent / "open.jsonl.gz"
KINDS: tuple[Kind, ...] = (
    *open_kinds_hiding.KINDS,
    *open_kinds_gone.KINDS,
    *open_kinds_odd.KINDS,
)
EACH = 20
"""Cases of a kind."""


def cases() -> Iterator[dict[str, Any]]:
    """Yield the cases of all kinds."""
    for kind in KINDS:
        name = kind.__name__
        for number in range(EACH):
            chance = random.Random(f"open-{name}-{number}")
            site = Site(chance)
            story = kind(site)
            yield {
                "id": f"open-{name}-{number}",
                "kind": name,
                "why": story.why,
                "noticed_h": site.noticed_h,
                "follow_h": round(story.follow_h, 2),
                "root": story.root,
                "answers": story.answers,
                "truth": story.truth,
                "judgeable": story.judgeable,
            }


def main() -> None:
    """Write the file and print what must stand in README.md."""
    lines = "".join(json.dumps(case) + "\n" for case in cases())
    FILE.write_bytes(gzip.compress(lines.encode(), mtime=0))
    made = list(cases())
    judgeable = sum(case["judgeable"] for case in made)
    digest = hashlib.sha256(FILE.read_bytes()).hexdigest()
    print(f"| `{FILE.name}` | {len(made)} | {judgeable} | `{digest}` |")


if __name__ == "__main__":
    main()
