"""What a pipeline without fault would leave in Kafka for a practice world."""

from msgspec import Raw

from schemas import ids
from schemas.case import CaseSummary, Phase
from schemas.codec import decode_hotline
from schemas.flow import Origin, OutcomeRecord
from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.reasons import NormVerdict, Outcome, Result, Role
from sim.evidence import Evidence
from sim.looks import TIMETABLE_H, known_by, next_look_ms
from streams.casetable import UrlCases

SECRET = b"0123456789abcdef"
NORMS_S = (3_600, 43_200, 86_400, 172_800)


def key_of(item):
    return ids.url_key(SECRET, ids.canonical(item.url))


def evidence(world, as_of):
    """Return perfect evidence: everything reported before `as_of` is known as of an hour later."""
    read_at = as_of + HOUR_MS
    fates = list(outcomes(world, as_of))
    reports = [f.url_key for f in fates if f.type == "report" and f.result is Result.ACCEPTED]
    urls = {
        key_of(item): UrlCases(
            reports=(Raw(b"0"),) * reports.count(key_of(item)),
            cases=(case(item, as_of, read_at),),
        )
        for item in world.material(as_of)
    }
    return Evidence(as_of=as_of, told_until=as_of, read_at=read_at, urls=urls, outcomes=fates)


def outcomes(world, until):
    for offset, event in enumerate(world.events(world.plan.start_at - 1, until)):
        taken = event.result is not Result.QUARANTINED
        url = decode_hotline(event.value).url if taken else None
        yield OutcomeRecord(
            hotline=event.hotline,
            record_id=event.key.decode(),
            origin=Origin(
                topic=f"hotline.{event.hotline}.v1",
                partition=0,
                offset=offset,
                appended_at=event.at,
            ),
            result=event.result,
            reason=event.reason,
            url_key=ids.url_key(SECRET, ids.canonical(url)) if url else None,
            type=event.type,
        )


def case(item, as_of, read_at):
    noticed_at = item.noticed_at if item.noticed_at <= as_of else None
    ended = noticed_at is not None and known_by(item) <= read_at
    gone_at = noticed_at + next_look_ms(item.removal_ms()) if ended else None
    last = last_seen(item, read_at)
    phases = [Phase(item.reported_at, Outcome.AWAITING)]
    if noticed_at is not None:
        phases.append(Phase(noticed_at, Outcome.ONLINE))
    if ended:
        phases.append(Phase(gone_at + 30 * MINUTE_MS, Outcome.REMOVED))
    return CaseSummary(
        case_id=ids.case_id(key_of(item), item.hoster, Role.HOSTING, 0),
        hoster=item.hoster,
        group=item.hoster,
        opened_at=item.reported_at,
        reported_at=item.reported_at,
        received_at=item.reported_at,
        noticed_at=noticed_at,
        norm_from_at=noticed_at,
        norms_s=NORMS_S,
        first_seen_at=item.reported_at,
        last_seen_at=last,
        gone_at=gone_at,
        settled_at=None if gone_at is None else gone_at + 30 * MINUTE_MS,
        first_end=None if gone_at is None else (last, gone_at),
        phases=tuple(phases),
        verdicts=tuple(verdict(noticed_at, last, gone_at, norm_s) for norm_s in NORMS_S),
    )


def last_seen(item, read_at):
    end = read_at if item.removed_at is None else min(read_at, item.removed_at)
    looks = [item.noticed_at + int(hour * HOUR_MS) for hour in TIMETABLE_H]
    return max([item.reported_at, *(look for look in looks if look < end)])


def verdict(noticed_at, last_seen_at, gone_at, norm_s):
    if noticed_at is None:
        return NormVerdict.UNDETERMINED
    if gone_at is not None and gone_at - noticed_at <= 1_000 * norm_s:
        return NormVerdict.IN_TIME
    if last_seen_at - noticed_at > 1_000 * norm_s:
        return NormVerdict.LATE
    return NormVerdict.UNDETERMINED
