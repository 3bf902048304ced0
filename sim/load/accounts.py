"""What must become of each record that was handed in, and what became of it: two bytes a record.

Records are known by where they stand, so nothing that is made up is remembered.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from schemas.closed_lists import Quarantine, Result
from schemas.records.processing import OutcomeRecord
from sim.world.hotlines import HotlineEvent

PartitionOfInbox: TypeAlias = tuple[str, int]
"""An inbox, without prefix, and a partition of it."""

NONE: Final = 0
_RESULTS: Final = (Result.ACCEPTED, Result.DUPLICATE)
_REASONS: Final = tuple(Quarantine)


def code(result: Result, reason: Quarantine | None) -> int:
    """Return a result as a byte that is not 0."""
    if result in _RESULTS:
        return 1 + _RESULTS.index(result)
    return 1 + len(_RESULTS) + (_REASONS.index(reason) if reason else len(_REASONS))


def code_of(event: HotlineEvent) -> int:
    """Return what must become of a record, as a byte."""
    return code(event.result, event.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What became of the records of a run.

    Attributes:
        accepted, duplicate: counts.
        quarantined: counts by reason.
        outstanding: acknowledged by the broker and without an outcome.
        otherwise: with another outcome than the record was made for.
        twice: with two outcomes that differ.
    """

    accepted: int
    duplicate: int
    quarantined: dict[Quarantine, int]
    outstanding: int
    otherwise: int
    twice: int

    @property
    def settled(self) -> int:
        """Records with an outcome."""
        return self.accepted + self.duplicate + sum(self.quarantined.values())

    @property
    def whole(self) -> bool:
        """Whether each record has one outcome, the one it was made for."""
        return not (self.outstanding or self.otherwise or self.twice)


@dataclass(slots=True)
class _Page:
    """One partition of an inbox, from where the run began."""

    first: int
    due: bytearray = field(default_factory=bytearray)
    got: bytearray = field(default_factory=bytearray)


class LoadAccounts:
    """Held by offset; outcomes may come before the broker's acknowledgement was heard.

    Args:
        ends: where each partition of each inbox ended before the run.
    """

    def __init__(self, ends: dict[PartitionOfInbox, int]) -> None:
        """Hold nothing yet."""
        self._pages = {where: _Page(first) for where, first in ends.items()}
        self._twice = 0
        self.settled = 0

    def handed_in(self, where: PartitionOfInbox, first: int, codes: bytes) -> None:
        """Note records that the broker has acknowledged, in order from an offset on."""
        page = self._pages[where]
        start = first - page.first
        _reach(page.due, start + len(codes))
        page.due[start : start + len(codes)] = codes

    def settle(self, outcome: OutcomeRecord) -> bool:
        """Note an outcome; return whether it is the first of a record since the run began."""
        origin = outcome.origin
        page = self._pages.get((origin.topic, origin.partition))
        if page is None:
            return False
        became = code(outcome.result, outcome.reason)
        offsets = range(origin.offset, origin.last + 1)  # of a batch that cannot be read all of it
        return sum(self._settle(page, offset, became) for offset in offsets) > 0

    def _settle(self, page: _Page, offset: int, became: int) -> bool:
        index = offset - page.first
        if index < 0:
            return False
        _reach(page.got, index + 1)
        before = page.got[index]
        if before:
            self._twice += before != became
            return False
        page.got[index] = became
        self.settled += 1
        return True

    def balance(self) -> Balance:
        """Return what became of everything that was handed in."""
        pairs: Counter[tuple[int, int]] = Counter()
        for page in self._pages.values():
            _reach(page.got, len(page.due))
            pairs.update(zip(page.due, page.got, strict=False))
        ours = {pair: count for pair, count in pairs.items() if pair[0] != NONE}
        became: Counter[int] = Counter()
        for (_, got), count in ours.items():
            became[got] += count
        reasons = {one: became[code(Result.QUARANTINED, one)] for one in _REASONS}
        return Balance(
            accepted=became[code(Result.ACCEPTED, None)],
            duplicate=became[code(Result.DUPLICATE, None)],
            quarantined={reason: count for reason, count in reasons.items() if count},
            outstanding=became[NONE],
            otherwise=sum(n for (due, got), n in ours.items() if got not in (NONE, due)),
            twice=self._twice,
        )


def _reach(page: bytearray, length: int) -> None:
    if len(page) < length:
        page.extend(bytes(length - len(page)))
