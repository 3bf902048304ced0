"""What is seen of the cases of one hoster by their inclusion probability."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TypeVar

from schemas.moments import Instant
from schemas.reasons import NormVerdict
from streams.norms.maturity import ORDER, are_orders_matured, matured
from streams.rollup.case_row import CaseRow
from streams.rollup.figures import NORMS_S, REMOVAL_BOUNDS_S, Included, Unavailable
from streams.statistics.estimates import Judged, NormCount, Spans
from streams.statistics.histogram_buckets import Buckets
from streams.statistics.sampling_weights import weight
from streams.statistics.sorted_multiset import SortedMultiset
from streams.statistics.survival import span_code


class _Verdicts:
    """Cases that have the same verdicts on the same norms, and count for as many of these."""

    __slots__ = ("cases", "norms_s", "verdicts")

    def __init__(self, norms_s: tuple[int, ...], verdicts: tuple[NormVerdict, ...]) -> None:
        self.norms_s, self.verdicts = norms_s, verdicts
        self.cases = 0


class Stratum:
    """What was seen of the cases of one inclusion probability.

    Cases are counted with a sign, 1 to take them in and -1 to let them go.

    Attributes:
        cases, sampled: all, and those in the sample.
        verdicts: sampled cases by norms, verdicts and how many of these have run out; keyed by the
            identity of the first two, which are kept here and so belong to nobody else. Most cases
            share both.
        orders: sampled cases by the worst verdict of their orders, all of whose terms ran out.
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
        "orders",
        "removals",
        "sampled",
        "spans",
        "verdicts",
    )

    def __init__(self) -> None:
        """Begin with no case."""
        self.cases = self.sampled = 0
        self.verdicts: dict[tuple[int, int, int], _Verdicts] = {}
        self.orders: Counter[NormVerdict] = Counter()
        self.left_out: Counter[int] = Counter()
        self.removals = Buckets(REMOVAL_BOUNDS_S)
        self.spans = SortedMultiset()
        self.barred_ended = SortedMultiset()
        self.barred_at = SortedMultiset()

    def judge(self, case: CaseRow, noticed_at: Instant, as_of: Instant, sign: int) -> None:
        """Count a case's verdicts on the norms that have run out (`streams.norms.maturity`)."""
        moved_at, order = case.moved_at, case.order_verdict
        asked = matured(case.norms_s, noticed_at, moved_at, as_of)
        if not are_orders_matured(case.order_due_at, moved_at, as_of):
            order = None
        if not case.sampled:
            self._leave_out(case.norms_s[:asked], sign)
            self._leave_out((ORDER,) if order is not None else (), sign)
            return
        if order is not None:
            _change(self.orders, order, sign)
        key = (id(case.norms_s), id(case.verdicts), asked)
        held = self.verdicts.get(key)
        if held is None:
            held = self.verdicts[key] = _Verdicts(case.norms_s, case.verdicts)
        held.cases += sign
        if not held.cases:
            del self.verdicts[key]

    def _leave_out(self, norms_s: Sequence[int], sign: int) -> None:
        """Count the norms of a case that is not in the sample."""
        for norm_s in norms_s:
            _change(self.left_out, norm_s, sign)

    def judged(self) -> Counter[tuple[int, NormVerdict]]:
        """Return the number of cases by norm and verdict."""
        found: Counter[tuple[int, NormVerdict]] = Counter()
        for (_, _, asked), held in self.verdicts.items():
            for norm_s, verdict in zip(held.norms_s[:asked], held.verdicts, strict=False):
                found[norm_s, verdict] += held.cases
        for verdict, cases in self.orders.items():
            found[ORDER, verdict] += cases
        return found

    @property
    def changed(self) -> bool:
        """Return whether spans are others than when they were asked for last."""
        return any(bag.changed for bag in (self.spans, self.barred_ended, self.barred_at))

    def ended(self) -> "array[int]":
        """Return the spans as if unavailable cases had ended."""
        self.barred_at.least()  # settles them: what came and went would count as a change for ever
        return self.spans.numbers() + self.barred_ended.numbers()

    def online(self, as_of: Instant) -> "array[int]":
        """Return the spans as if unavailable cases were there to this day."""
        lasting = [span_code(as_of - at, ended=False) for at in self.barred_at.numbers()]
        return self.spans.numbers() + array("q", lasting)


_Key = TypeVar("_Key")


def _change(counts: Counter[_Key], key: _Key, sign: int) -> None:
    """Count up or down; what nobody has any more is forgotten."""
    counts[key] += sign
    if not counts[key]:
        del counts[key]


class Strata:
    """All cases of one hoster, by inclusion probability."""

    def __init__(self) -> None:
        """Begin with no case."""
        self._by_inclusion: dict[float, Stratum] = {}
        self._spans: dict[Unavailable, Spans] = {}

    def of(self, inclusion: float) -> Stratum:
        """Return what was seen of the cases of one probability."""
        found = self._by_inclusion.get(inclusion)
        if found is None:
            found = self._by_inclusion[inclusion] = Stratum()
        return found

    def forget(self, inclusion: float) -> None:
        """Let go of a probability that no case has any more."""
        del self._by_inclusion[inclusion]
        self._spans = {}

    def included(self) -> tuple[Included, ...]:
        """Return the number of cases by probability, ascending."""
        found = sorted(self._by_inclusion.items())
        return tuple(Included(p, stratum.sampled, stratum.cases) for p, stratum in found)

    def norms(self) -> tuple[NormCount, ...]:
        """Return the verdicts per norm, ascending."""
        known = set(NORMS_S)
        judged: dict[int, list[Judged]] = defaultdict(list)
        for inclusion, stratum in sorted(self._by_inclusion.items()):
            verdicts = stratum.judged()
            for norm_s in {n for n, _ in verdicts} | stratum.left_out.keys():
                judged[norm_s].append(
                    Judged(
                        inclusion=inclusion,
                        in_time=verdicts[norm_s, NormVerdict.IN_TIME],
                        late=verdicts[norm_s, NormVerdict.LATE],
                        undetermined=verdicts[norm_s, NormVerdict.UNDETERMINED],
                        left_out=stratum.left_out[norm_s],
                    )
                )
        return tuple(
            NormCount(norm_s=n, parts=tuple(judged[n])) for n in sorted(known | judged.keys())
        )

    def removal_weights(self) -> tuple[int, ...]:
        """Add up removed cases per bucket; a time on a bound belongs to the bucket it closes."""
        found = [0] * (len(REMOVAL_BOUNDS_S) + 1)
        for inclusion, stratum in self._by_inclusion.items():
            each = weight(inclusion)
            found = [a + each * b for a, b in zip(found, stratum.removals.counts, strict=True)]
        return tuple(found)

    def removal_weight_ms(self) -> int:
        """Add up their removal times."""
        return sum(weight(p) * stratum.removals.sum_ms for p, stratum in self._by_inclusion.items())

    def both_spans(self, as_of: Instant) -> dict[Unavailable, Spans]:
        """Return what the estimates are made from.

        As long as nothing changes they are the same objects, whose estimates are worked out once,
        and one object where no case is unavailable.
        """
        strata = self._by_inclusion
        same = bool(self._spans) and not any(stratum.changed for stratum in strata.values())
        found = dict(self._spans)
        if not same:
            ended = Spans.of({p: stratum.ended() for p, stratum in strata.items()})
            found[Unavailable.ENDED] = found[Unavailable.ONLINE] = ended
        if any(len(stratum.barred_at) for stratum in strata.values()):
            online = {p: stratum.online(as_of) for p, stratum in strata.items()}
            found[Unavailable.ONLINE] = Spans.of(online)
        self._spans = found
        return dict(found)
