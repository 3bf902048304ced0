"""All cases in memory, in little room: what the figures are read off.

One entry per URL, replaced as a whole, as the compacted topic replaces it. A case keeps what
the figures ask for and nothing else, and equal parts (tuples of norms, flags, phases) are one
object. `tests/bench/test_rollup_bench.py` measures the bytes per case.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar

from msgspec import Struct

from schemas.case import CaseSummary
from schemas.casehot import HotCase, verdicts
from schemas.codec import STATE
from schemas.moments import Instant
from schemas.reasons import NormVerdict, Role
from streams.heldcase import HeldCase
from streams.measurable import LONG, was_long
from streams.windows import WIDEST_MS

Group: TypeAlias = tuple[str, Role]
"""A hoster in a role."""

Snapshot: TypeAlias = list[tuple[HeldCase, ...]]
"""The cases of a group per URL, as they were at one moment."""

T = TypeVar("T")

_ALL_SAMPLED: Final = (1.0, True)
_NEVER_RECHECKED: Final = (0, 0)


class UrlCases(Struct, frozen=True):
    """The part of a `UrlState` that figures need.

    Attributes:
        reports: counted, not read.
        cases: what figures do not ask for may be left out of them.
    """

    reports: Sequence[object] = ()
    cases: tuple[CaseSummary, ...] = ()


class UrlCasesCodec:
    """Reads what figures need of a record of `cases.v1`; the events are passed over unread."""

    @staticmethod
    def decode(raw: bytes) -> UrlCases:
        """Return it.

        Raises:
            Rejected: the bytes are no state.
        """
        reports, cases = STATE.figures(raw)
        return UrlCases(range(reports), cases)


URL_CASES: Final = UrlCasesCodec()


@dataclass(slots=True)
class CaseTable:
    """The newest state of every URL, grouped by hoster and role.

    Attributes:
        touched: groups whose cases changed since `take_touched`.
        cases, reports: how many are held.
        pending_urls, pending_reports: URLs with reports and no case yet, and their reports.
    """

    touched: set[Group] = field(default_factory=set)
    cases: int = 0
    reports: int = 0
    pending_urls: int = 0
    pending_reports: int = 0
    _urls: dict[bytes, tuple[int, tuple[Group, ...]]] = field(default_factory=dict)
    _groups: dict[Group, dict[bytes, tuple[HeldCase, ...]]] = field(default_factory=dict)
    _shared: dict[object, object] = field(default_factory=dict)
    _probabilities: dict[float, float] = field(default_factory=dict)

    def put(self, url_key: bytes, url: UrlCases, as_of: Instant) -> None:
        """Replace what is held of a URL.

        Args:
            url_key: its 16 raw bytes.
            url: its newest state.
            as_of: classes before this instant will not be asked for.
        """
        held = [(case.hoster, case.role, self._held(case, as_of)) for case in url.cases]
        self._replace(url_key, len(url.reports), held)

    def put_record(self, url_key: bytes, raw: bytes, as_of: Instant) -> None:
        """Replace what is held of a URL by what a record of `cases.v1` says of it.

        The same as `put` of what `URL_CASES` reads, without a step between.

        Args:
            url_key: its 16 raw bytes.
            raw: the record.
            as_of: classes before this instant will not be asked for.

        Raises:
            Rejected: the bytes are no state.
        """
        found = STATE.hot_cases(raw)
        held = [(case.hoster, case.role, self._held_hot(case, as_of)) for case in found.cases]
        self._replace(url_key, found.reports, held)

    def _replace(
        self, url_key: bytes, reports: int, held: Sequence[tuple[str, Role, HeldCase]]
    ) -> None:
        if url_key in self._urls:
            self.drop(url_key)
        by_group: dict[Group, list[HeldCase]] = {}
        for hoster, role, case in held:
            by_group.setdefault(self._share((hoster, role)), []).append(case)
        self._urls[url_key] = self._share((reports, tuple(by_group)))
        for group, cases in by_group.items():
            self._groups.setdefault(group, {})[url_key] = tuple(cases)
            self.touched.add(group)
        self._count(1, reports, len(held))

    def drop(self, url_key: bytes) -> None:
        """Forget a URL; one that is not held is none to forget."""
        held = self._urls.pop(url_key, None)
        if held is None:
            return
        reports, groups = held
        cases = 0
        for group in groups:
            cases += len(self._groups[group].pop(url_key))
            self.touched.add(group)
        self._count(-1, reports, cases)

    def take_touched(self) -> set[Group]:
        """Return the groups touched since the last call."""
        touched, self.touched = self.touched, set()
        return touched

    def groups(self) -> list[Group]:
        """Return the groups that hold a case."""
        return [group for group, held in self._groups.items() if held]

    def snapshot(self, group: Group) -> Snapshot:
        """Return the cases of a group per URL; later changes do not reach the list."""
        return list(self._groups.get(group, {}).values())

    def by_url(self, group: Group) -> list[tuple[bytes, tuple[HeldCase, ...]]]:
        """Return the same with the 16 raw bytes of each URL's key."""
        return list(self._groups.get(group, {}).items())

    def _count(self, sign: int, reports: int, cases: int) -> None:
        self.cases += sign * cases
        self.reports += sign * reports
        if reports and not cases:
            self.pending_urls += sign
            self.pending_reports += sign * reports

    def _share(self, value: T) -> T:
        """Return the one object kept for all equal values; only for values that recur.

        Probabilities are kept apart: 1.0 is equal to 1, and bits cannot be shifted out of it.
        """
        return self._shared.setdefault(value, value)  # type: ignore[return-value]  # equal, so T

    def _held(self, case: CaseSummary, as_of: Instant) -> HeldCase:
        """Drop what figures do not ask for."""
        return self._slim(
            case,
            as_of,
            verdicts=case.verdicts,
            sampling=(case.inclusion, case.sampled),
            rechecks=(case.rechecked, case.disagreed),
        )

    def _held_hot(self, case: HotCase, as_of: Instant) -> HeldCase:
        return self._slim(
            case,
            as_of,
            verdicts=verdicts(case.verdicts),
            sampling=case.sampling or _ALL_SAMPLED,
            rechecks=case.rechecks or _NEVER_RECHECKED,
        )

    def _slim(
        self,
        case: CaseSummary | HotCase,
        as_of: Instant,
        *,
        verdicts: tuple[NormVerdict, ...],
        sampling: tuple[float, bool],
        rechecks: tuple[int, int],
    ) -> HeldCase:
        """Return a case without phases that are over, what recurs being one object."""
        phases, brackets = case.phases, case.brackets
        if len(phases) > 1 and phases[1].from_at <= as_of:
            over = sum(phase.from_at <= as_of for phase in phases) - 1
            if was_long(phases[:over], phases[over].from_at):
                brackets |= LONG
            phases = phases[over:]
        noticed_at, delay = case.noticed_at, case.delay
        if delay is not None:
            recent = noticed_at is not None and noticed_at > as_of - WIDEST_MS
            delay = (self._share(delay[0]), delay[1]) if recent else None
        return HeldCase(
            reported_at=case.reported_at,
            noticed_at=noticed_at,
            norm_from_at=noticed_at if noticed_at == case.norm_from_at else case.norm_from_at,
            norm_s=self._share(case.norm_s),
            norms_s=self._share(case.norms_s),
            last_seen_at=case.last_seen_at,
            gone_at=case.gone_at,
            returns=case.returns,
            phases=phases,
            verdicts=self._share(verdicts),
            flags=self._share(case.flags),
            naming=case.naming,
            inclusion=self._probabilities.setdefault(sampling[0], sampling[0]),
            sampled=sampling[1],
            brackets=self._share(brackets),
            rechecked=rechecks[0],
            disagreed=rechecks[1],
            delay=delay,
        )


def flat(snapshot: Iterable[tuple[HeldCase, ...]]) -> Iterator[HeldCase]:
    """Give the cases of a snapshot one by one."""
    for cases in snapshot:
        yield from cases
