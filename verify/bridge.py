"""From one method to the next: each figure by both, and the cases that differ with the rule.

The rules named are the first, in the order in which a case is judged, whose result differs:
whatever follows from it differs too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.closed_lists import Role
from schemas.moments import DAY_MS, Instant
from verify.bridge_words import (
    NEW_CASE,
    NO_CASE,
    RULES,
    MeasurementRules,
    name_of,
    of_flags,
    shown,
    value_of,
)
from verify.compared.record import Case, Figures
from verify.figures.figures import CaseAccumulator
from verify.ledger.records import UrlRecords
from verify.methods import BEFORE, NEWEST, READINGS

CASES_KEPT: Final = 1_000

_ESTIMATES: Final = ("within", "median", "oldest")
"""Figures that there are only if a case is counted for them; of the others none is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDifference:
    """A case that two methods judge differently.

    Attributes:
        rule: the numbers of the rules of docs/measurement.md, one of which changed it.
        about: what they are about.
        what: what they decide and is another.
        before, now: by the method before and by the newest, in words.
    """

    url_key: str
    case_id: str
    hoster: str
    role: Role
    rule: str
    about: str
    what: str
    before: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureOfTwo:
    """A figure of a hoster by both methods; None = that method has no such figure."""

    hoster: str
    role: Role
    figure: str
    before: float | None
    now: float | None


@dataclass(slots=True)
class MethodComparison:
    """Takes in URLs and lays two methods side by side.

    Attributes:
        as_of: the instant of all figures.
        changed: the first cases that differ.
        by_rule: how many cases were changed, by the numbers of the rules.
        cases: cases by the newest method.
    """

    as_of: Instant
    changed: list[CaseDifference] = field(default_factory=list)
    by_rule: dict[str, int] = field(default_factory=dict)
    cases: int = 0
    _before: dict[tuple[str, Role], CaseAccumulator] = field(default_factory=dict)
    _now: dict[tuple[str, Role], CaseAccumulator] = field(default_factory=dict)

    def url(self, records: UrlRecords) -> None:
        """Take in a URL."""
        before = READINGS[BEFORE](records, self.as_of)
        now = READINGS[NEWEST](records, self.as_of)
        self.cases += len(now)
        for tallies, found in ((self._before, before), (self._now, now)):
            for case in found:
                key = case.hoster, case.role
                tallies.setdefault(key, CaseAccumulator(self.as_of)).add(case, records.url_key)
        for one in changes(records.url_key, before, now):
            self.by_rule[one.rule] = self.by_rule.get(one.rule, 0) + 1
            if len(self.changed) < CASES_KEPT:
                self.changed.append(one)

    def figures(self) -> Iterator[FigureOfTwo]:
        """Yield every figure of every hoster by both methods."""
        for hoster, role in sorted(self._before.keys() | self._now.keys()):
            before = numbers(self._before.get((hoster, role)))
            now = numbers(self._now.get((hoster, role)))
            for name in sorted(before.keys() | now.keys()):
                lacking = None if name.startswith(_ESTIMATES) else 0
                yield FigureOfTwo(
                    hoster=hoster,
                    role=role,
                    figure=name,
                    before=before.get(name, lacking),
                    now=now.get(name, lacking),
                )


def numbers(tally: CaseAccumulator | None) -> Mapping[str, float]:
    """Return the figures of a tally by name; of a share its lower and upper bound in per cent."""
    if tally is None:
        return {}
    said: Figures = tally.figures()
    found: dict[str, float] = dict(said.counts)
    for norm_s, (low, high) in said.shares.items():
        hours = int(norm_s) / 3_600
        found[f"within {hours:g} h, at least %"] = round(100 * low, 2)
        found[f"within {hours:g} h, at most %"] = round(100 * high, 2)
    for taken_for, removal in said.removals.items():
        if removal.p50_ms is not None:
            found[f"median h, unavailable as {taken_for}"] = round(removal.p50_ms / 3_600_000, 2)
    return found


def changes(url_key: str, before: Sequence[Case], now: Sequence[Case]) -> Iterator[CaseDifference]:
    """Yield the cases that differ, each once, with the rule that changed it."""
    old = _by_place(before)
    new = _by_place(now)
    for place in sorted(old.keys() | new.keys()):
        a, b = old.get(place), new.get(place)
        held = b or a
        if held is None:
            continue
        found = _first_rule(a, b)
        if found is not None:
            rule, what = found
            yield CaseDifference(
                url_key=url_key,
                case_id=held.case_id,
                hoster=held.hoster,
                role=held.role,
                rule=rule.numbers,
                about=rule.about,
                what=name_of(what),
                before=shown(a, what),
                now=shown(b, what),
            )


def _by_place(cases: Sequence[Case]) -> dict[tuple[str, Role, int], Case]:
    """Return the cases that there are at the instant, by hoster, role and the how-manieth there."""
    found: dict[tuple[str, Role, int], Case] = {}
    for case in sorted((c for c in cases if c.case_class), key=lambda c: c.opened_at):
        number = sum(1 for hoster, role, _ in found if (hoster, role) == (case.hoster, case.role))
        found[case.hoster, case.role, number] = case
    return found


def _first_rule(before: Case | None, now: Case | None) -> tuple[MeasurementRules, str] | None:
    """Return the rules that the first difference follows from, and the value that differs."""
    if before is None or now is None:
        return (NEW_CASE if _is_later(before or now) else NO_CASE), "case"
    for rule in RULES:
        for name in rule.names:
            if _differs(before, now, name):
                return rule, name
    rule_of_flag = of_flags(before.flags, now.flags)
    return None if rule_of_flag is None else (rule_of_flag, "flags")


def _differs(before: Case, now: Case, name: str) -> bool:
    """Return whether a value is another; instants are told to the second, and compared so."""
    if value_of(before, name) == value_of(now, name):
        return False
    return shown(before, name) != shown(now, name)


def _is_later(case: Case | None) -> bool:
    return case is not None and case.opened_at > case.reported_at + 7 * DAY_MS
