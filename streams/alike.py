"""What is seen of the cases of one hoster that have one inclusion probability."""

from array import array
from collections import Counter
from collections.abc import Sequence

from schemas.moments import Instant
from schemas.reasons import NormVerdict
from streams.bag import Bag
from streams.buckets import Buckets
from streams.figures import REMOVAL_BOUNDS_S
from streams.heldcase import Counted
from streams.survival import span_code


class _Verdicts:
    """Cases that have the same verdicts on the same norms."""

    __slots__ = ("cases", "norms_s", "verdicts")

    def __init__(self, norms_s: tuple[int, ...], verdicts: tuple[NormVerdict, ...]) -> None:
        self.norms_s, self.verdicts = norms_s, verdicts
        self.cases = 0


class Alike:
    """What was seen of the cases of one inclusion probability.

    Cases are counted with a sign, 1 to take them in and -1 to let them go.

    Attributes:
        cases, sampled: all, and those in the sample.
        verdicts: sampled cases by norms and verdicts; keyed by the identity of the two, which are
            kept here and so belong to nobody else. Most cases share both.
        left_out: unsampled cases by norm.
        removals: removal times of removed ones, ms.
        spans: `span_code` of cases of which both estimates think alike.
        barred_ended: `span_code` of unavailable ones, as if they had ended.
        barred_at: their notices; as if they were still there they last from then to this day.
    """

    __slots__ = (
        "barred_at",
        "barred_ended",
        "cases",
        "left_out",
        "removals",
        "sampled",
        "spans",
        "verdicts",
    )

    def __init__(self) -> None:
        """Begin with no case."""
        self.cases = self.sampled = 0
        self.verdicts: dict[tuple[int, int, bool], _Verdicts] = {}
        self.left_out: Counter[int] = Counter()
        self.removals = Buckets(REMOVAL_BOUNDS_S)
        self.spans = Bag()
        self.barred_ended = Bag()
        self.barred_at = Bag()

    def judge(self, case: Counted, sign: int, *, dark: bool) -> None:
        """Count a case's verdicts."""
        key = (id(case.norms_s), id(case.verdicts), dark)
        held = self.verdicts.get(key)
        if held is None:
            held = self.verdicts[key] = _Verdicts(case.norms_s, case.verdicts)
        held.cases += sign
        if not held.cases:
            del self.verdicts[key]

    def leave_out(self, norms_s: Sequence[int], sign: int) -> None:
        """Count the norms of a case that is not in the sample."""
        for norm_s in norms_s:
            self.left_out[norm_s] += sign
            if not self.left_out[norm_s]:
                del self.left_out[norm_s]

    def judged(self) -> Counter[tuple[int, NormVerdict]]:
        """Return the number of cases by norm and verdict."""
        found: Counter[tuple[int, NormVerdict]] = Counter()
        for (_, _, dark), held in self.verdicts.items():
            for norm_s, verdict in zip(held.norms_s, held.verdicts, strict=False):
                said = NormVerdict.UNDETERMINED if dark else verdict  # DESIGN 3.3
                found[norm_s, said] += held.cases
        return found

    def ended(self) -> "array[int]":
        """Return the spans as if unavailable cases had ended."""
        return self.spans.numbers() + self.barred_ended.numbers()

    def online(self, as_of: Instant) -> "array[int]":
        """Return the spans as if unavailable cases were there to this day."""
        lasting = [span_code(as_of - at, ended=False) for at in self.barred_at.numbers()]
        return self.spans.numbers() + array("q", lasting)
