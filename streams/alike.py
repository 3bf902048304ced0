"""What is seen of the cases of one hoster that have one inclusion probability."""

from array import array
from collections import Counter

from schemas.reasons import NormVerdict
from streams.heldcase import Counted


class _Verdicts:
    """Cases that have the same verdicts on the same norms."""

    __slots__ = ("cases", "norms_s", "verdicts")

    def __init__(self, norms_s: tuple[int, ...], verdicts: tuple[NormVerdict, ...]) -> None:
        self.norms_s, self.verdicts = norms_s, verdicts
        self.cases = 0


class Alike:
    """What was seen of the cases of one inclusion probability.

    Attributes:
        cases, sampled: all, and those in the sample.
        verdicts: sampled cases by norms and verdicts; keyed by the identity of the two, which are
            kept here and so belong to nobody else. Most cases share both.
        left_out: unsampled cases by norm.
        removals: removal times of removed ones, ms.
        ended, online: spans by what an unavailable case is taken for.
    """

    __slots__ = ("cases", "ended", "left_out", "online", "removals", "sampled", "verdicts")

    def __init__(self) -> None:
        """Begin with no case."""
        self.cases = self.sampled = 0
        self.verdicts: dict[tuple[int, int, bool], _Verdicts] = {}
        self.left_out: Counter[int] = Counter()
        self.removals: array[int] = array("q")
        self.ended: array[int] = array("q")
        self.online: array[int] = array("q")

    def judge(self, case: Counted, *, dark: bool) -> None:
        """Count a case's verdicts."""
        key = (id(case.norms_s), id(case.verdicts), dark)
        held = self.verdicts.get(key)
        if held is None:
            held = self.verdicts[key] = _Verdicts(case.norms_s, case.verdicts)
        held.cases += 1

    def judged(self) -> Counter[tuple[int, NormVerdict]]:
        """Return the number of cases by norm and verdict."""
        found: Counter[tuple[int, NormVerdict]] = Counter()
        for (_, _, dark), held in self.verdicts.items():
            for norm_s, verdict in zip(held.norms_s, held.verdicts, strict=False):
                said = NormVerdict.UNDETERMINED if dark else verdict  # DESIGN 3.3
                found[norm_s, said] += held.cases
        return found
