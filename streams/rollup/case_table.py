"""All cases in memory, in little room: what the figures are read off.

One entry per URL, replaced as a whole, as the compacted topic replaces it. A case keeps what
the figures ask for and nothing else (`streams.rollup.row_interning`); its id can be told
(`streams.rollup.case_ids`). What changed in a group is
noted from the first time on that somebody asks for it. `tests/bench/test_rollup_bench.py` measures
the bytes per case.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from msgspec import Struct

from schemas.closed_lists import Role
from schemas.codec import STATE
from schemas.moments import Instant
from schemas.records.case import CaseSummary
from streams.rollup.case_ids import CaseIds, GroupIds
from streams.rollup.case_row import CaseRow
from streams.rollup.row_interning import RowInterner

Group: TypeAlias = tuple[str, Role]
"""A hoster in a role."""

_NamedRow: TypeAlias = tuple[str, Role, CaseRow, str, str]
"""Hoster, role, case, its id, its owner."""

GroupSnapshot: TypeAlias = list[tuple[CaseRow, ...]]
"""The cases of a group per URL, as they were at one moment."""


class HeldCases(NamedTuple):
    """What is held of a hoster in a role.

    Attributes:
        urls: its cases by URL key of 16 raw bytes, those of a URL oldest first.
        ids: of these cases.
    """

    urls: Sequence[tuple[bytes, tuple[CaseRow, ...]]]
    ids: GroupIds


class UrlCasesChange(NamedTuple):
    """What became of a URL's cases in a group.

    Attributes:
        url_key: 16 raw bytes.
        old, new: what was held, and what is held.
    """

    url_key: bytes
    old: tuple[CaseRow, ...]
    new: tuple[CaseRow, ...]


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
    _groups: dict[Group, dict[bytes, tuple[CaseRow, ...]]] = field(default_factory=dict)
    _before: dict[Group, dict[bytes, tuple[CaseRow, ...]]] = field(default_factory=dict)
    _slim: RowInterner = field(default_factory=RowInterner)
    _ids: CaseIds = field(default_factory=CaseIds)

    def put(self, url_key: bytes, url: UrlCases, as_of: Instant) -> None:
        """Replace what is held of a URL.

        Args:
            url_key: its 16 raw bytes.
            url: its newest state.
            as_of: classes before this instant will not be asked for.
        """
        held = [
            (case.hoster, case.role, self._slim.held(case, as_of), case.case_id, case.group)
            for case in url.cases
        ]
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
        found = STATE.named_cases(raw)
        held = [
            (case.hoster, case.role, self._slim.held_hot(case, as_of), name.case_id, name.group)
            for case, name in zip(found.cases, found.names, strict=True)
        ]
        self._replace(url_key, found.reports, held)

    def _replace(self, url_key: bytes, reports: int, held: Sequence[_NamedRow]) -> None:
        if url_key in self._urls:
            self.drop(url_key)
        by_group: dict[Group, list[CaseRow]] = {}
        names: dict[Group, tuple[str, list[str]]] = {}
        for hoster, role, row, id, owner in held:
            group = self._slim.share((hoster, role))
            by_group.setdefault(group, []).append(row)
            names.setdefault(group, (owner, []))[1].append(id)
        self._urls[url_key] = self._slim.share((reports, tuple(by_group)))
        for group, cases in by_group.items():
            self._note(group, url_key, ())
            self._groups.setdefault(group, {})[url_key] = tuple(cases)
            self._ids.take(group, url_key, *names[group])
        self._count(1, reports, len(held))

    def drop(self, url_key: bytes) -> None:
        """Forget a URL; one that is not held is none to forget."""
        held = self._urls.pop(url_key, None)
        if held is None:
            return
        reports, groups = held
        cases = 0
        for group in groups:
            gone = self._groups[group].pop(url_key)
            self._ids.drop(group, url_key)
            self._note(group, url_key, gone)
            cases += len(gone)
        self._count(-1, reports, cases)

    def take_touched(self) -> set[Group]:
        """Return the groups touched since the last call."""
        touched, self.touched = self.touched, set()
        return touched

    def groups(self) -> list[Group]:
        """Return the groups that hold a case."""
        return [group for group, held in self._groups.items() if held]

    def snapshot(self, group: Group) -> GroupSnapshot:
        """Return the cases of a group per URL; later changes do not reach the list."""
        return list(self._groups.get(group, {}).values())

    def begin(self, group: Group) -> tuple[list[bytes], GroupSnapshot]:
        """Return the URLs of a group and their cases; from now on `changes` says what changes."""
        held = self._groups.get(group, {})
        if held:
            self._before[group] = {}
        else:
            self._before.pop(group, None)
        return list(held), list(held.values())

    def changes(self, group: Group) -> list[UrlCasesChange]:
        """Return what changed in a group since `begin` or this was called last."""
        before, self._before[group] = self._before[group], {}
        held = self._groups.get(group, {})
        return [UrlCasesChange(key, old, held.get(key, ())) for key, old in before.items()]

    def urls(self, group: Group) -> int:
        """Return how many URLs have a case in a group."""
        return len(self._groups.get(group, ()))

    def of_urls(self, group: Group, keys: Iterable[bytes]) -> dict[bytes, tuple[CaseRow, ...]]:
        """Return what is held of those of some URLs that have a case in a group."""
        held = self._groups.get(group, {})
        return {key: held[key] for key in keys if key in held}

    def held(self, group: Group) -> HeldCases:
        """Return the same with each URL's key and the ids; later changes do not reach it."""
        return HeldCases(list(self._groups.get(group, {}).items()), self._ids.of(group))

    def of_url(self, url_key: bytes) -> list[tuple[Group, list[tuple[str, CaseRow]]]]:
        """Return what is held of a URL by group: each case and its id."""
        _, groups = self._urls.get(url_key, (0, ()))
        found = []
        for group in groups:
            rows = self._groups[group][url_key]
            ids = self._ids.of_url(group, url_key, len(rows))
            found.append((group, list(zip(ids, rows, strict=True))))
        return found

    def _note(self, group: Group, url_key: bytes, old: tuple[CaseRow, ...]) -> None:
        """Note what was held of a URL before its first change."""
        self.touched.add(group)
        before = self._before.get(group)
        if before is not None:
            before.setdefault(url_key, old)

    def _count(self, sign: int, reports: int, cases: int) -> None:
        self.cases += sign * cases
        self.reports += sign * reports
        if reports and not cases:
            self.pending_urls += sign
            self.pending_reports += sign * reports


def flat(snapshot: Iterable[tuple[CaseRow, ...]]) -> Iterator[CaseRow]:
    """Give the cases of a snapshot one by one."""
    for cases in snapshot:
        yield from cases
