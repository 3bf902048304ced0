"""What persons and authoritative sources say, beside the probes near it (rules 4.7 and 4.14)."""

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from schemas.closed_lists import CheckResult
from schemas.moments import HOUR_MS, Instant
from verify.ledger.records import UrlRecords, is_dated_back
from verify.method_10.gone import url_refused_to_all
from verify.method_10.observations import JudgedObservation
from verify.method_10.owner import HostingSpell
from verify.method_10.resolutions import NamesOwner

NEAR_MS: Final = HOUR_MS
"""A probe this near to a check can say otherwise."""

SOURCE: Final = "source"
"""Says so, where an authoritative source does; it is no check."""

_ABSENT: Final = (CheckResult.ABSENT, CheckResult.NOT_ILLEGAL_NOW)


class Statement(Struct, frozen=True, kw_only=True):
    """A person, a report or an authoritative source says that it is there, or gone.

    Attributes:
        at: the instant it speaks of.
        present: there, or gone.
        who: `hotline/person`; empty for a report's seen_at, `source` for an authoritative source.
        authoritative: a check says it that stands for a source, and for no person.
    """

    at: Instant
    present: bool
    who: str
    authoritative: bool = False

    @property
    def of_report(self) -> bool:
        """Return whether it is a report's seen_at, which ends no run and voids no removal."""
        return not self.who


def statements(records: UrlRecords, spell: HostingSpell) -> Iterator[Statement]:
    """Give what was said of a URL at an owner (rules 4.7 and 4.14 to 4.16)."""
    for report in records.reports if spell.from_start else ():
        if report.seen_at is not None:
            yield Statement(at=report.seen_at, present=True, who="")
        if report.last_online_at is not None:
            yield Statement(at=report.last_online_at, present=True, who=SOURCE)
        if report.source_online is False:
            at = report.reported_at if report.last_online_at is None else report.last_online_at
            yield Statement(at=at, present=False, who=SOURCE)
    opened_at = spell.opened_at or 0
    for check in records.checks:
        if is_dated_back(check):
            continue
        if check.checked_at < opened_at and not spell.from_start:
            continue
        present = check.result is CheckResult.PRESENT
        if present or check.result in _ABSENT:
            yield Statement(
                at=check.checked_at,
                present=present,
                who=f"{check.hotline}/{check.checker or ''}",
                authoritative=check.authoritative,
            )


def leads_elsewhere(
    resolved: Iterable[NamesOwner], seen: Sequence[JudgedObservation], at: Instant
) -> bool:
    """Return whether the name led to others alone before an instant (rule 4.14).

    The newest resolution of each vantage that is asked lacks the owner. One whose name servers gave
    no answer says nothing.

    Args:
        resolved: who was led to the owner or elsewhere, in order of time.
        seen: observations of the hosting spell.
        at: the instant.
    """
    before = [one for one in seen if one.at < at and not one.is_control and one.observation.asked]
    newest_order = max(before, key=lambda one: (one.at, one.sent_at, one.who), default=None)
    asked = () if newest_order is None else newest_order.observation.asked
    newest = {who: here for when, who, here in resolved if when < at}
    heard = [here for who, here in newest.items() if not asked or who in asked]
    answered = [here for here in heard if here is not None]
    return bool(answered) and not any(answered)


def probes_say_otherwise(
    statement: Statement,
    seen: Sequence[JudgedObservation],
    known_shapes: Container[tuple[object, ...]],
    asked: Container[str],
) -> bool:
    """Return whether probes of the required vantages within 1 h contradict a check (rule 4.14).

    Of each vantage the conclusive probe nearest to the check speaks. A check `absent` is
    contradicted by one that saw it, a check `present` where all of them found it gone. A cached
    copy that was made more than 1 h before shows nothing of what a check found gone. A refusal of
    the URL alone counts as gone where an unannounced vantage was refused in that hour too.

    Args:
        statement: the check.
        seen: observations of the hosting spell.
        known_shapes: shapes of the material; another shape does not contradict that it is gone.
        asked: the vantages that are asked; only those speak.
    """
    near = [
        one
        for one in seen
        if abs(one.at - statement.at) <= NEAR_MS
        and one.observation.canary_ok
        and not one.by_hidden_vantage
    ]
    refused_to_all = url_refused_to_all([one for one in near if _is_refusal(one)])
    nearest: dict[str, tuple[Instant, bool]] = {}
    for one in near:
        if one.who not in asked or one.is_control:
            continue
        if not (one.online or one.gone or (refused_to_all and _is_refusal(one))):
            continue
        distance = abs(one.at - statement.at)
        if distance < nearest.get(one.who, (NEAR_MS + 1, True))[0]:
            old_copy = one.aged and abs(one.sent_at - statement.at) > NEAR_MS
            like_it = one.shape in known_shapes and not old_copy
            saw = one.online and (statement.present or like_it)
            nearest[one.who] = distance, saw
    answers = [saw for _, saw in nearest.values()]
    if statement.present:
        return bool(answers) and not any(answers)
    return any(answers)


def _is_refusal(one: JudgedObservation) -> bool:
    return not one.is_control and one.judgement.url_refused
