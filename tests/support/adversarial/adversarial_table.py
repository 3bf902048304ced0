"""Judge a file of adversarial cases: `PYTHONPATH=tests/support/adversarial:tests/support/ledgers:.
python -m adversarial_table F`.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from adversarial import Case, read
from adversarial_judge import Judgement, judged

ALLOWED: Final = 1_000
"""At most one false removal and one false sighting in so many judgeable cases."""

EXCEPTED: Final = frozenset(f"open-slow_purge-{number}" for number in (4, 9, 10, 11, 13, 14, 17))
"""Their labels are at odds with the design's words; tests/adversarial/README.md says why."""

_HEADS: Final = f" {'flag':>5} {'pass':>5} {'left':>5} {'probes':>7}"

PROCESSES: Final = 2
CHUNK: Final = 16


def judge_all(cases: Iterable[Case]) -> Sequence[Judgement]:
    """Return the judgement of every case, in their order."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        return list(pool.map(judged, cases, chunksize=CHUNK))


def wrong(results: Iterable[Judgement]) -> tuple[int, int, int]:
    """Return how many judgeable cases there are, false removals and false sightings.

    Those in `EXCEPTED` are left out.
    """
    counted = [one for one in results if one.case.judgeable and one.case.id not in EXCEPTED]
    removed = sum(one.false_removed for one in counted)
    online = sum(one.false_online for one in counted)
    return len(counted), removed, online


def table(results: Sequence[Judgement]) -> Iterator[str]:
    """Yield the lines of a table: kinds, then what could not be judged, then the sums."""
    kinds: dict[tuple[bool, str], list[Judgement]] = defaultdict(list)
    for one in results:
        kinds[not one.case.judgeable, one.case.kind].append(one)
    yield f"{'kind':32} {'n':>5} {'f.rem':>6} {'f.onl':>6}" + _HEADS
    for (apart, kind), ones in sorted(kinds.items()):
        yield _line(f"({kind})" if apart else kind, ones)
    yield _line("judgeable", [one for one in results if one.case.judgeable])
    yield _line("(of them excepted)", [one for one in results if one.case.id in EXCEPTED])
    yield _line("(not judgeable, not counted)", [one for one in results if not one.case.judgeable])


def _line(name: str, ones: Sequence[Judgement]) -> str:
    removed = sum(one.false_removed for one in ones)
    online = sum(one.false_online for one in ones)
    flagged = sum(one.flagged for one in ones)
    passing = sum(one.passing for one in ones)
    left = sum(bool(one.left) for one in ones)
    probes = sum(one.probes for one in ones)
    counts = f"{len(ones):5} {removed:6} {online:6} {flagged:5} {passing:5} {left:5} {probes:7}"
    return f"{name:32} {counts}"


if __name__ == "__main__":
    for text in table(judge_all(read(Path(sys.argv[1])))):
        print(text)
