"""What hosters said on their own pages, as far as it is shown."""

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from agents.engine.stage import Received
from agents.process.log import log
from schemas.closed_lists import AnswerKind
from schemas.codec import ANSWER, Rejected
from schemas.moments import DAY_MS, Instant
from schemas.records.feedback import HosterAnswer

KEPT_MAX: Final = 200
"""Answers of a hoster that are shown; the ledger has them all."""


@dataclass(slots=True)
class HosterAnswers:
    """The newest answers of each hoster."""

    _of: defaultdict[str, deque[HosterAnswer]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=KEPT_MAX))
    )

    def take(self, record: Received) -> None:
        """Take in one record of `answers.v1`; one that stands there twice is one.

        What is no answer of this version is logged and passed over: no figure rests on it.
        """
        try:
            answer = ANSWER.decode(record.value)
        except Rejected as rejected:
            log("rollup").warning(
                f"a record of answers.v1 cannot be read: {rejected.reason.value}",
                partition=record.partition,
                offset=record.offset,
            )
            return
        known = self._of[answer.hoster]
        if all(one.id != answer.id for one in known):
            known.append(answer)

    def recent(self, as_of: Instant) -> Counter[AnswerKind]:
        """Count the answers of the last 24 h by what they say; of a hoster 200 at most.

        Args:
            as_of: the present.
        """
        kept = [one for answers in list(self._of.values()) for one in list(answers)]
        return Counter(one.answer for one in kept if one.answered_at > as_of - DAY_MS)

    def of(self, hoster: str) -> Sequence[HosterAnswer]:
        """Return what a hoster said, newest first."""
        found = self._of.get(hoster, ())
        return sorted(found, key=lambda one: -one.answered_at)
