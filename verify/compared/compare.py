"""Lays the two sides beside each other and names what differs; never a URL.

Whoever may write to a topic may write a record that is none of ours, with anything for its key or
in its fields. Nothing of that is shown: what has not the form of ours is called foreign.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from math import isclose
from typing import Final

from verify.compared.record import Case, Figures, Group, RemovalEstimate

QUANTILE_BOUND: Final = 0.02
"""Live quantiles may lie this far apart."""

FOREIGN: Final = "foreign"

_KEY: Final = re.compile(rb"[0-9a-f]{32}")
_FORMS: Final = {
    "url_key": re.compile(r"[0-9a-f]{32}"),
    "case_id": re.compile(r"[0-9a-f]{24}"),
    "hoster": re.compile(r"[A-Za-z0-9][\w-]{0,63}", re.ASCII),
    "role": re.compile(r"[a-z_]{1,40}"),
    "ledger": re.compile(r"[\w -]{1,400}|[-+\d.e ]{1,400}", re.ASCII),
    "published": re.compile(r"[\w -]{1,400}|[-+\d.e ]{1,400}", re.ASCII),
}
"""What is shown of a difference has one of these forms."""


def key_of(key: bytes) -> str:
    """Return a record's key as a url_key; `FOREIGN` for one that is none."""
    return key.decode("ascii") if _KEY.fullmatch(key) else FOREIGN


CASE_FIELDS: Final = tuple(f.name for f in fields(Case) if f.compare and f.name != "case_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that the ledger and what is published say differently.

    Attributes:
        what: the figure, or the field of a case.
        ledger, published: what each says, in words or numbers; empty = nothing.
    """

    what: str
    ledger: str
    published: str
    url_key: str = ""
    case_id: str = ""
    hoster: str = ""
    role: str = ""

    def __post_init__(self) -> None:
        """Keep of each field what has its form."""
        for name, form in _FORMS.items():
            said = getattr(self, name)
            if said and not form.fullmatch(said):
                object.__setattr__(self, name, FOREIGN)


def cases_differ(
    url_key: str, ledger: Sequence[Case], published: Sequence[Case]
) -> Iterator[Difference]:
    """Yield each field that differs in the cases of one URL."""
    mine = {case.case_id: case for case in ledger}
    theirs = {case.case_id: case for case in published}
    if len(theirs) != len(published):
        yield Difference(
            url_key=url_key,
            what="cases of one id",
            ledger=str(len(mine)),
            published=str(len(published)),
        )
    for id in sorted(mine.keys() | theirs.keys()):
        a, b = mine.get(id), theirs.get(id)
        if a == b:
            continue
        held = a or b
        about = {
            "url_key": url_key,
            "case_id": id,
            "hoster": held.hoster if held else "",
            "role": str(held.role) if held else "",
        }
        if a is None or b is None:
            yield Difference(what="case", ledger=_there(a), published=_there(b), **about)
            continue
        for name in CASE_FIELDS:
            if getattr(a, name) != getattr(b, name):
                yield Difference(
                    what=name,
                    ledger=_shown(getattr(a, name)),
                    published=_shown(getattr(b, name)),
                    **about,
                )


def _there(case: Case | None) -> str:
    return "" if case is None else "there"


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " ".join(_shown(one) for one in value)
    return str(value)


def figures_differ(
    ledger: Mapping[Group, Figures], published: Mapping[Group, Figures]
) -> Iterator[Difference]:
    """Yield each figure that differs: a count or share by any amount, a quantile by over 2 %.

    Shares are ratios of whole numbers and must be the same.
    """
    for group in sorted(ledger.keys() | published.keys()):
        hoster, role = group
        a = ledger.get(group, Figures(counts={}, removals={}))
        b = published.get(group, Figures(counts={}, removals={}))
        for name in sorted(a.counts.keys() | b.counts.keys()):
            mine, theirs = a.counts.get(name, 0), b.counts.get(name, 0)
            if mine != theirs:
                yield Difference(
                    hoster=hoster, role=role, what=name, ledger=str(mine), published=str(theirs)
                )
        for name in sorted(a.shares.keys() | b.shares.keys()):
            bounds, their_bounds = a.shares.get(name), b.shares.get(name)
            if bounds != their_bounds:
                yield Difference(
                    hoster=hoster,
                    role=role,
                    what=f"share within {name}",
                    ledger=_shown(bounds),
                    published=_shown(their_bounds),
                )
        if not isclose(a.inclusion, b.inclusion, rel_tol=1e-9):
            yield Difference(
                hoster=hoster,
                role=role,
                what="mean inclusion",
                ledger=str(a.inclusion),
                published=str(b.inclusion),
            )
        for name in sorted(a.removals.keys() | b.removals.keys()):
            for what, mine_said, theirs_said in _removals(
                a.removals.get(name, _NONE), b.removals.get(name, _NONE)
            ):
                yield Difference(
                    hoster=hoster,
                    role=role,
                    what=f"{name} {what}",
                    ledger=_shown(mine_said),
                    published=_shown(theirs_said),
                )


_NONE: Final = RemovalEstimate(n=0, ended=0, p50_ms=None, p90_ms=None)


def _removals(
    a: RemovalEstimate, b: RemovalEstimate
) -> Iterator[tuple[str, int | None, int | None]]:
    for name in ("n", "ended", "has_interval"):
        if getattr(a, name) != getattr(b, name):
            yield name, getattr(a, name), getattr(b, name)
    for name in ("p50_ms", "p90_ms", "p50_low_ms", "p50_high_ms"):
        if not _near(getattr(a, name), getattr(b, name)):
            yield name, getattr(a, name), getattr(b, name)


def _near(a: int | None, b: int | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= QUANTILE_BOUND * a
