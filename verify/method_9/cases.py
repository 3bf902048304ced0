"""From their histories to cases: what notices, withdrawals, decisions make of them.

See docs/measurement.md, Classes.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from schemas.closed_lists import OPEN, CaseClass, Confidence, Flag, HotlineMode
from schemas.identity.ids import case_id
from schemas.moments import DAY_MS, HOUR_MS, Instant
from verify.compared.record import Case
from verify.ledger.records import UrlRecords
from verify.method_9.case_history import CaseHistory
from verify.method_9.hosting_spells import OVERFLOW, UNKNOWN, hosting_spells
from verify.method_9.measurability import unmeasurable
from verify.method_9.norm_verdicts import (
    CaseParts,
    again_verdicts,
    is_unbacked,
    is_undecided,
    norm_verdict,
    overdue_of,
)
from verify.method_9.notice_times import delay, notice_times
from verify.method_9.punctuality import missed, on_time
from verify.method_9.timeline import entries
from verify.method_9.transitions import ENDS, case_histories

SEEN_BEFORE_MS: Final = HOUR_MS
"""A sighting up to an hour before the notice still shows that it was there when noticed."""
EXPIRY_MS: Final = 400 * DAY_MS
_NEVER_LATE: Final = (
    CaseClass.GONE_BEFORE_NOTICE,
    CaseClass.NEVER_ONLINE,
    CaseClass.WITHDRAWN,
    CaseClass.EXCLUDED,
    CaseClass.DARK,
)


def cases(records: UrlRecords, as_of: Instant) -> list[Case]:
    """Return the cases of a URL at an instant; none until it is reported and attributed."""
    return [_case(part, as_of) for part in _parts(records)]


def _parts(records: UrlRecords) -> Iterator[CaseParts]:
    if not records.reports:
        return
    places = hosting_spells(records)
    known = {name for spell in places for name in (spell.group, *spell.hosters)}
    for spell in places:
        opened_at = records.reports[0].received_at if spell.from_start else spell.open_at
        seen = entries(records, spell)
        found = case_histories(seen, opened_at)
        for i, history in enumerate(found):
            id = case_id(records.url_key, spell.group, spell.role, i)
            since = history.opened_at if i else None
            until = found[i + 1].opened_at if i + 1 < len(found) else None
            back_at = history.returns[-1][2] if history.returns else None
            yield CaseParts(
                records=records,
                spell=spell,
                id=id,
                history=history,
                times=notice_times(
                    records,
                    mine={spell.group, *spell.hosters} - {UNKNOWN},
                    known=known,
                    id=id,
                    between=(since, until),
                    back_at=back_at,
                ),
                seen=seen,
                is_later=i > 0 or not spell.from_start,
            )


def _case(part: CaseParts, as_of: Instant) -> Case:
    records, spell, history, times = part.records, part.spell, part.history, part.times
    classes = _classes(part)
    case_class, since_at = _class(classes, as_of)
    first, end = records.reports[0], history.end
    wanting = is_unbacked(part) or is_undecided(part)
    late_at, overdue, unseen = overdue_of(part, case_class, as_of)
    return Case(
        case_id=part.id,
        hoster=spell.place.hoster,
        group=spell.group,
        role=spell.role,
        case_class=case_class,
        since_at=since_at,
        opened_at=history.opened_at,
        reported_at=min(r.reported_at for r in records.reports),
        noticed_at=times.noticed_at,
        naming_at=times.naming_at,
        norm_from_at=times.norm_from_at,
        norm_s=times.norm_s,
        norms_s=first.norms_s,
        verdicts=tuple(
            norm_verdict(
                n, times.ordered_at if n < first.sector_norm_s else times.noticed_at, history
            )
            for n in first.norms_s
        ),
        first_seen_at=history.first_at,
        last_seen_at=history.last_at,
        gone_at=end.gone_at if end else None,
        settled_at=end.confirmed_at if end else None,
        first_end=history.first_end,
        returns=tuple(history.returns),
        again_noticed_at=times.again_at,
        again_verdicts=again_verdicts(first.norms_s, first.sector_norm_s, part),
        flags=tuple(sorted({*_flags(part), *((Flag.UNPROVEN,) if wanting else ())})),
        naming=_naming(part) and not history.unproven and not wanting,
        inclusion=spell.place.inclusion,
        sampled=spell.place.sampled,
        unmeasurable=unmeasurable(part.seen, times, classes, as_of),
        missed=missed(on_time(records, spell), times, history.opened_at, classes, as_of),
        unbacked=is_unbacked(part),
        rechecked=history.rechecked,
        disagreed=history.disagreed,
        delay=delay(records, times, history.opened_at if part.is_later else None),
        overdue=overdue,
        overdue_unseen=unseen,
        late_at=None if case_class in _NEVER_LATE else late_at,
    )


def _class(
    classes: Sequence[tuple[Instant, CaseClass]], as_of: Instant
) -> tuple[CaseClass | None, Instant]:
    """Return the class at an instant and since when, None before the case exists."""
    current: CaseClass | None = None
    since_at: Instant = 0
    for at, case_class in classes:
        if at > as_of:
            break
        if case_class is not current:
            current, since_at = case_class, at
    return current, since_at


def _classes(part: CaseParts) -> list[tuple[Instant, CaseClass]]:
    history, noticed_at = part.history, part.times.noticed_at
    times = {at for at, _ in history.states}
    if noticed_at is not None and noticed_at > history.opened_at:
        times.add(noticed_at)
    found = []
    for at in sorted(times):
        state = [s for since, s in history.states if since <= at][-1]
        noticed = noticed_at is not None and noticed_at <= at
        found.append((at, _named(history, state, noticed_at if noticed else None)))
    expires_at = max(history.opened_at, noticed_at or 0) + EXPIRY_MS
    watched = [(at, case_class) for at, case_class in found if at < expires_at]
    if watched and watched[-1][1] in OPEN:
        found = [*watched, (expires_at, CaseClass.EXPIRED)]
    stop = _stopped(part)
    if stop is not None:
        found = [*((at, case_class) for at, case_class in found if at < stop[0]), stop]
    return found


def _named(history: CaseHistory, state: CaseClass, noticed_at: Instant | None) -> CaseClass:
    """Return the class that a state is, with or without a notice by then."""
    end = history.end
    if state not in ENDS:
        return CaseClass.AWAITING if noticed_at is None else state
    if end is None or state is not end.case_class:  # an end of before
        return CaseClass.ENDED_WITHOUT_NOTICE if noticed_at is None else state
    if not history.sightings:
        return CaseClass.NEVER_ONLINE
    if state in (CaseClass.MOVED, CaseClass.DARK):
        return state
    if noticed_at is None:
        return CaseClass.ENDED_WITHOUT_NOTICE
    seen = any(at >= noticed_at - SEEN_BEFORE_MS for at in history.sightings)
    return state if seen and end.gone_at > noticed_at else CaseClass.GONE_BEFORE_NOTICE


def _stopped(part: CaseParts) -> tuple[Instant, CaseClass] | None:
    """Return what ends measuring from outside, the earlier: withdrawn, or excluded."""
    opened_at = part.history.opened_at
    stops = [
        (max(d.decided_at, opened_at), CaseClass.EXCLUDED)
        for d in part.records.decisions
        if d.action == "exclude" and d.case_id in ("", part.id)
    ]
    withdrawn_at = _withdrawn_at(part.records)
    if withdrawn_at is not None:
        stops.append((max(withdrawn_at, opened_at), CaseClass.WITHDRAWN))
    return min(stops, default=None)


def _withdrawn_at(records: UrlRecords) -> Instant | None:
    """Return when the last of the reporting hotlines took its report back."""
    times = []
    for hotline in {r.hotline for r in records.reports}:
        reported_at = max(r.reported_at for r in records.reports if r.hotline == hotline)
        withdrawn = [
            at
            for who, at in (*records.withdrawals, *records.withdrawals_dated_back)
            if who == hotline
        ]
        if not withdrawn or max(withdrawn) <= reported_at:
            return None
        times.append(max(withdrawn))
    return max(times)


def _flags(part: CaseParts) -> tuple[Flag, ...]:
    history, spell = part.history, part.spell
    flags = set(part.times.flags)
    flags |= {Flag.CONTESTED} if spell.place.contested else set()
    flags |= {Flag.ANNOUNCED_ONLY} if history.end and history.end.announced_only else set()
    flags |= {Flag.SPLIT} if history.split else set()
    flags |= {Flag.UNPROVEN} if history.unproven else set()
    flags |= {Flag.SELF_REPORT} if all(r.self_report for r in part.records.reports) else set()
    flags |= {Flag.TOO_LATE} if any(late for _, late in part.records.observations) else set()
    flags |= {Flag.SAMPLED} if spell.place.inclusion < 1 else set()
    flags |= {Flag.OVERFLOW} if spell.group == OVERFLOW else set()
    return tuple(sorted(flags))


def _naming(part: CaseParts) -> bool:
    return (
        part.times.naming_at is not None
        and not part.spell.place.contested
        and part.spell.place.confidence != Confidence.UNKNOWN
        and not all(r.self_report for r in part.records.reports)
        and any(r.mode is HotlineMode.DELIVERY for r in part.records.reports)
    )
