"""Write an adversarial set: `python tests/adversarial/set_make.py SEED EACH FILE.jsonl.gz`.

EACH is how many cases a kind has. The same seed gives the same bytes. `adversarial_table` judges
the file. `PYTHONPATH=tests/adversarial:.` where pytest does not set it.
"""

import gzip
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from set_kinds_gone import KINDS as GONE
from set_kinds_hiding import KINDS as HIDING
from set_kinds_odd import KINDS as ODD
from set_script import Made, made

KINDS = (*GONE, *HIDING, *ODD)


def cases(seed: str, each: int) -> Iterator[Made]:
    """Yield so many cases of every kind."""
    for kind in KINDS:
        for number in range(each):
            yield made(kind, number, seed)


def packed(several: Iterable[Made]) -> bytes:
    """Return cases as a file of a set holds them: one a line, gzip, the same bytes each time."""
    lines = b"".join(msgspec.json.encode(one.case) + b"\n" for one in several)
    return gzip.compress(lines, mtime=0)


if __name__ == "__main__":
    Path(sys.argv[3]).write_bytes(packed(cases(f"made-{sys.argv[1]}", int(sys.argv[2]))))
