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
from schemas.codec import STATE
from schemas.ledger import HotlineId
from schemas.moments import Instant
from schemas.reasons import Role
from streams.heldcase import HeldCase
from streams.windows import WIDEST_MS

Group: TypeAlias = tuple[str, Role]
"""A hoster in a role."""

Snapshot: TypeAlias = list[tuple[HeldCase, ...]]
"""The cases of a group per URL, as they were at one moment."""

T = TypeVar("T")


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

    def put(self, url_key: bytes, url: UrlCases, as_of: Instant) -> None:
        """Replace what is held of a URL.

        Args:
            url_key: its 16 raw bytes.
            url: its newest state.
            as_of: classes before this instant will not be asked for.
        """
        if url_key in self._urls:
            self.drop(url_key)
        by_group: dict[Group, list[HeldCase]] = {}
        for case in url.cases:
            group = self._share((case.hoster, case.role))
            by_group.setdefault(group, []).append(self._held(case, as_of))
        reports = len(url.reports)
        self._urls[url_key] = self._share((reports, tuple(by_group)))
        for group, cases in by_group.items():
            self._groups.setdefault(group, {})[url_key] = tuple(cases)
            self.touched.add(group)
        self._count(1, reports, len(url.cases))

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

    def _count(self, sign: int, reports: int, cases: int) -> None:
        self.cases += sign * cases
        self.reports += sign * reports
        if reports and not cases:
            self.pending_urls += sign
            self.pending_reports += sign * reports

    def _share(self, value: T) -> T:
        """Return the one object kept for all equal values of a type; only for values that recur.

        1 and 1.0 are equal, and bits cannot be shifted out of a float.
        """
        key = value.__class__, value
        return self._shared.setdefault(key, value)  # type: ignore[return-value]  # equal, so T

    def _held(self, case: CaseSummary, as_of: Instant) -> HeldCase:
        """Drop what figures do not ask for, and phases that are over."""
        phases = case.phases
        if len(phases) > 1 and phases[1].from_at <= as_of:
            over = sum(phase.from_at <= as_of for phase in phases) - 1
            phases = phases[over:]
        noticed_at = case.noticed_at
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
            verdicts=self._share(case.verdicts),
            flags=self._share(case.flags),
            naming=case.naming,
            inclusion=self._share(case.inclusion),
            sampled=case.sampled,
            brackets=self._share(case.brackets),
            rechecked=case.rechecked,
            disagreed=case.disagreed,
            delay=self._delay(case, as_of),
        )

    def _delay(self, case: CaseSummary, as_of: Instant) -> tuple[HotlineId, int] | None:
        """Return the hotline's delay while the notice is in a window that figures look at."""
        if case.delay is None or case.noticed_at is None or case.noticed_at <= as_of - WIDEST_MS:
            return None
        hotline, took_ms = case.delay
        return self._share(hotline), took_ms


def flat(snapshot: Iterable[tuple[HeldCase, ...]]) -> Iterator[HeldCase]:
    """Give the cases of a snapshot one by one."""
    for cases in snapshot:
        yield from cases
