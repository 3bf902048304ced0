"""Reckons a ledger by one method alone, or by two side by side, without what is published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from agents.config import Settings
from agents.errors import UserError
from agents.tools.verification import read
from agents.tools.verification.broker import opened
from agents.tools.verification.sides import UNREADABLE
from agents.tools.verification.signed import read_signed
from agents.tools.verification.verify import VerifyListener
from schemas.closed_lists import Role
from schemas.moments import Instant
from schemas.topics import CASES, LEDGER
from verify.bridge import CaseDifference, FigureOfTwo, MethodComparison, numbers
from verify.figures.figures import CaseAccumulator
from verify.ledger.records import UrlRecords, url_records
from verify.methods import BEFORE, NEWEST, READINGS

_NEEDED: Final = (CASES.name, *(spec.name for spec in LEDGER))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridged:
    """What two methods say of a ledger.

    Attributes:
        before, now: the methods.
        figures: every figure of every hoster by both.
        changed: the first cases that differ, with the rule that changed each.
        by_rule: how many cases each rule changed.
        cases: cases by the newest method.
        unreadable: URLs with a record that cannot be read.
    """

    before: str
    now: str
    figures: list[FigureOfTwo]
    changed: list[CaseDifference]
    by_rule: dict[str, int]
    cases: int
    unreadable: int
    as_of: Instant


@dataclass(slots=True)
class Reckoned:
    """What one method says of a ledger.

    Attributes:
        method: its version.
        figures: every figure by hoster and role.
        cases: its cases.
        unreadable: URLs with a record that cannot be read.
    """

    method: str
    as_of: Instant = 0
    figures: dict[str, Mapping[str, float]] = field(default_factory=dict)
    cases: int = 0
    unreadable: int = 0


async def bridge(settings: Settings, say: VerifyListener) -> Bridged:
    """Work out a ledger by the method before and by the newest.

    Raises:
        UserError: there is no such ledger on the broker.
        KafkaError, TimeoutError: the broker failed.
    """
    as_of, urls, unreadable = await _urls(settings, say)
    both = MethodComparison(as_of)
    for url in urls:
        both.url(url)
    return Bridged(
        before=BEFORE,
        now=NEWEST,
        figures=list(both.figures()),
        changed=both.changed,
        by_rule=dict(sorted(both.by_rule.items())),
        cases=both.cases,
        unreadable=unreadable,
        as_of=as_of,
    )


async def reckon(settings: Settings, say: VerifyListener, method: str) -> Reckoned:
    """Work out a ledger by one method.

    Raises:
        UserError: there is no such method, or no such ledger on the broker.
        KafkaError, TimeoutError: the broker failed.
    """
    if method not in READINGS:
        known = ", ".join(READINGS)
        raise UserError(f"no method {method} is kept: name one of {known}")
    as_of, urls, unreadable = await _urls(settings, say)
    found = Reckoned(method, as_of, unreadable=unreadable)
    tallies: dict[tuple[str, Role], CaseAccumulator] = {}
    for url in urls:
        for case in READINGS[method](url, as_of):
            key = case.hoster, case.role
            tallies.setdefault(key, CaseAccumulator(as_of)).add(case, url.url_key)
            found.cases += 1
    found.figures = {f"{h} {role}": numbers(tallies[h, role]) for h, role in sorted(tallies)}
    return found


async def _urls(settings: Settings, say: VerifyListener) -> tuple[Instant, list[UrlRecords], int]:
    """Return the newest instant that a position names, all URLs, and how many are unreadable."""
    found: list[UrlRecords] = []
    unreadable = 0
    async with opened(settings) as broker:
        topics = await broker.topics()
        missing = sorted(set(_NEEDED) - topics.keys())
        if missing:
            raise UserError(
                f"the broker has no topic {missing[0]} of this ledger:"
                " check kafka.bootstrap and kafka.topic_prefix"
            )
        positions = await broker.positions(topics[CASES.name])
        signed = await read_signed(settings, topics)
        for partition in range(topics[CASES.name]):
            say(partition, topics[CASES.name])
            ledger = await read.ledger(settings, partition, signed)
            for url_key, written in sorted(ledger.by_url.items()):
                try:
                    found.append(url_records(url_key, written))
                except UNREADABLE:
                    unreadable += 1
    return max((p.as_of for p in positions.values()), default=0), found, unreadable
