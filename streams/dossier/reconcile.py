"""Where a hoster's own list of notices and the notices of the ledger differ.

The two are paired URL by URL, each notice with the line nearest in time. A pair within the
tolerance agrees; a pair further apart is shifted. What is left of the ledger is missing in the
list, what is left of the list is extra.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from schemas.moments import MINUTE_MS, Instant
from schemas.records.reports import UrlKey

TOLERANCE_MS: Final = 5 * MINUTE_MS
"""How far the clocks of a hotline and a hoster may differ, as intake takes it."""

PAIRS_MAX: Final = 1_000_000
"""Of one URL; where there are more, notices and lines are paired in the order of time."""


class LedgerNotice(NamedTuple):
    """A notice of the ledger.

    Attributes:
        url_key: of its URL.
        at: when it was delivered.
        record: where it stands in the ledger.
        hotline: whose.
    """

    url_key: UrlKey
    at: Instant
    record: str
    hotline: str


class ListLine(NamedTuple):
    """A line of a hoster's list.

    Attributes:
        url_key: of its URL.
        at: when it says that it received the notice.
        number: of the line in the file, from 1.
    """

    url_key: UrlKey
    at: Instant
    number: int


class Reconciled(NamedTuple):
    """What the two have, each in order of time.

    Attributes:
        agreed: pairs within the tolerance.
        shifted: pairs of one URL further apart.
        missing: notices that the list has not.
        extra: lines that the ledger has no notice for.
    """

    agreed: list[tuple[LedgerNotice, ListLine]]
    shifted: list[tuple[LedgerNotice, ListLine]]
    missing: list[LedgerNotice]
    extra: list[ListLine]

    def counts(self) -> dict[str, int]:
        """Return how many there are of each."""
        return {
            "agreed": len(self.agreed),
            "shifted": len(self.shifted),
            "missing": len(self.missing),
            "extra": len(self.extra),
        }


def reconciled(
    notices: Iterable[LedgerNotice], lines: Iterable[ListLine], tolerance_ms: int = TOLERANCE_MS
) -> Reconciled:
    """Return where a list and the notices differ.

    Args:
        notices: of the ledger, to the hoster.
        lines: of its list.
        tolerance_ms: how far two times may lie apart and agree.
    """
    mine: dict[UrlKey, list[LedgerNotice]] = defaultdict(list)
    theirs: dict[UrlKey, list[ListLine]] = defaultdict(list)
    for notice in sorted(notices, key=lambda one: (one.at, one.record)):
        mine[notice.url_key].append(notice)
    for line in sorted(lines, key=lambda one: (one.at, one.number)):
        theirs[line.url_key].append(line)
    found = Reconciled([], [], [], [])
    for url_key in mine.keys() | theirs.keys():
        _pair(found, mine.get(url_key, []), theirs.get(url_key, []), tolerance_ms)
    for pairs in (found.agreed, found.shifted):
        pairs.sort(key=lambda one: (one[0].at, one[0].record))
    found.missing.sort(key=lambda one: (one.at, one.record))
    found.extra.sort(key=lambda one: (one.at, one.number))
    return found


def _pair(
    found: Reconciled, notices: Sequence[LedgerNotice], lines: Sequence[ListLine], tolerance_ms: int
) -> None:
    left, right = set(range(len(notices))), set(range(len(lines)))
    for apart, one, other in _candidates(notices, lines):
        if one in left and other in right:
            left.remove(one)
            right.remove(other)
            pairs = found.agreed if apart <= tolerance_ms else found.shifted
            pairs.append((notices[one], lines[other]))
    found.missing.extend(notices[one] for one in left)
    found.extra.extend(lines[one] for one in right)


def _candidates(
    notices: Sequence[LedgerNotice], lines: Sequence[ListLine]
) -> Iterator[tuple[int, int, int]]:
    """Yield pairs by their places, those nearest in time first."""
    if len(notices) * len(lines) > PAIRS_MAX:
        for n, (notice, line) in enumerate(zip(notices, lines, strict=False)):
            yield abs(notice.at - line.at), n, n
        return
    yield from sorted(
        (abs(notice.at - line.at), one, other)
        for one, notice in enumerate(notices)
        for other, line in enumerate(lines)
    )
