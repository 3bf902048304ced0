"""What a pipeline without fault would leave in Kafka for a practice world of a few days."""

from dataclasses import replace
from functools import cache

from msgspec import Raw

from schemas.closed_lists import CaseClass, ClockStanding, Flag, NormVerdict, Result, Role, Target
from schemas.codec import decode_hotline
from schemas.identity import ids
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS
from schemas.records.case import CaseSummary, Phase, Return
from schemas.records.processing import Origin, OutcomeRecord
from sim.memory.acceptance.shown import ShownRun
from sim.memory.run import PlayedRun
from sim.memory.scenarios.catalogue import SCENARIOS
from sim.oracle.evidence import Evidence
from sim.oracle.examine import HIDES
from sim.oracle.made_probes import ProbeTimes
from sim.oracle.oracle import Oracle
from sim.oracle.probe_times import known_by, next_probe_ms
from sim.world.behaviour import Behaviour
from sim.world.world import World
from streams.rollup.case_table import UrlCases
from verify.method_10.result.timetable import SLOTS_MS

SECRET = b"0123456789abcdef"
NORMS_S = (86_400, 172_800)
TOLERANCE_MS = 5 * MINUTE_MS
AFTER_H = (1, 3, 7, 14, 23, 48, 72, 168)
VANTAGES = ("announced", "quiet")


def key_of(item):
    return _url_key(item.url)


@cache
def _url_key(url):
    return ids.url_key(SECRET, ids.canonical(url))


def evidence(world, as_of, *, probes=False):
    """Return perfect evidence: everything reported before `as_of` is known as of an hour later.

    Args:
        world: what is true.
        as_of: the instant compared.
        probes: say which probes were made, too.
    """
    read_at = as_of + HOUR_MS
    records = list(outcomes(world, as_of))
    reports = [f.url_key for f in records if f.type == "report" and f.result is Result.ACCEPTED]
    material = world.material(as_of)
    hosters = {hoster.id: hoster for hoster in world.plan.hosters}
    urls = {
        key_of(item): UrlCases(
            reports=(Raw(b"0"),) * reports.count(key_of(item)),
            cases=tuple(cases(item, hosters[item.hoster], as_of, read_at)),
        )
        for item in material
    }
    made = {key_of(item): tuple(probes_at(item, read_at)) for item in material} if probes else None
    return Evidence(
        as_of=as_of,
        told_until=as_of,
        read_at=read_at,
        urls=urls,
        outcomes=records,
        probes=made,
        placed={key_of(item): {item.hoster: item.reported_at} for item in material},
        vantages=VANTAGES,
    )


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


def cases(item, hoster, as_of, read_at):
    """Yield the case at the hoster, and the one at the proxy before it, who is told nothing."""
    yield case(item, hoster, as_of, read_at)
    if item.through:
        at = item.reported_at
        yield CaseSummary(
            case_id=ids.case_id(key_of(item), item.through, Role.PROXY, 0),
            hoster=item.through,
            group=item.through,
            role=Role.PROXY,
            opened_at=at,
            reported_at=at,
            received_at=at,
            phases=(Phase(at, CaseClass.AWAITING),),
        )


def case(item, hoster, as_of, read_at):
    noticed_at = item.noticed_at if item.noticed_at <= as_of else None
    ended = noticed_at is not None and known_by(item) <= read_at
    gone_at = noticed_at + next_probe_ms(item.removal_ms()) if ended else None
    returned = ended and item.back_at is not None and back_seen_at(item) <= read_at
    dark = hoster.behaviour in HIDES or hoster.behaviour is Behaviour.ALL_ALIKE
    before = item.reported_at if dark else last_seen(item, item.removed_at or read_at, read_at)
    last = back_seen_at(item) if returned else before
    phases = [Phase(item.reported_at, CaseClass.AWAITING)]
    if noticed_at is not None:
        phases.append(Phase(noticed_at, CaseClass.ONLINE))
        if hoster.behaviour in HIDES:
            phases.append(Phase(noticed_at + 30 * MINUTE_MS, CaseClass.UNAVAILABLE))
    if ended:
        phases.append(Phase(gone_at + 30 * MINUTE_MS, CaseClass.REMOVED))
    if returned:
        phases.append(Phase(last, CaseClass.ONLINE))
    verdicts = tuple(verdict(noticed_at, before, gone_at, norm_s) for norm_s in NORMS_S)
    late = [n for n, said in zip(NORMS_S, verdicts, strict=True) if said is NormVerdict.LATE]
    return CaseSummary(
        case_id=ids.case_id(key_of(item), item.hoster, Role.HOSTING, 0),
        hoster=item.hoster,
        group=item.hoster,
        opened_at=item.reported_at,
        reported_at=item.reported_at,
        received_at=item.reported_at,
        noticed_at=noticed_at,
        clock=None if noticed_at is None else ClockStanding.DELIVERED,
        norm_from_at=None if returned else noticed_at,
        late_at=noticed_at + 1_000 * late[0] if late else None,
        overdue=bool(late) and not returned,
        norms_s=NORMS_S,
        first_seen_at=item.reported_at,
        last_seen_at=last,
        gone_at=None if returned else gone_at,
        confirmed_at=None if returned or gone_at is None else gone_at + 30 * MINUTE_MS,
        first_end=None if gone_at is None else (before, gone_at),
        returns=(Return(before, gone_at, last),) if returned else (),
        phases=tuple(phases),
        verdicts=verdicts,
        flags=(Flag.UNPROVEN,) if hoster.behaviour is Behaviour.ALL_ALIKE else (),
    )


def last_seen(item, until, read_at):
    end = min(read_at, until)
    probes = [item.noticed_at + slot_ms for slot_ms, _ in SLOTS_MS]
    return max([item.reported_at, *(at for at in probes if at < end and item.online(at))])


def back_seen_at(item):
    return min((at for at in slots(item) if at >= item.back_at), default=1 << 62)


def slots(item):
    """Return when it is probed: by the timetable, from the removal's confirmation on after R."""
    planned = {item.noticed_at + slot_ms for slot_ms, _ in SLOTS_MS}
    if item.removed_at is None:
        return sorted(planned)
    gone_at = item.noticed_at + next_probe_ms(item.removal_ms())
    after = {gone_at + step * 10 * MINUTE_MS for step in range(20)}
    after |= {gone_at + hour * HOUR_MS for hour in AFTER_H}
    return sorted({at for at in planned if at < item.removed_at} | after)


def probes_at(item, read_at):
    """Yield the probes of two vantages, a second long each, with their controls."""
    until = read_at if known_by(item) <= read_at else min(read_at, item.removed_at or read_at)
    for at in slots(item):
        for vantage in VANTAGES if at < until - 2_000 else ():
            for target in (Target.URL, Target.MADE_UP_PATH, Target.ROOT):
                yield ProbeTimes(item.hoster, vantage, target, at, at, at + 1_000, answered=True)


def verdict(noticed_at, last_seen_at, gone_at, norm_s):
    if noticed_at is None:
        return NormVerdict.UNDETERMINED
    if gone_at is not None and gone_at - noticed_at <= 1_000 * norm_s:
        return NormVerdict.IN_TIME
    if last_seen_at - noticed_at > 1_000 * norm_s + TOLERANCE_MS:
        return NormVerdict.LATE
    return NormVerdict.UNDETERMINED


def judged(world, found):
    """Return what the oracle says of evidence."""
    return Oracle(world=world, key_of=key_of).judge(found)


def shown(name, days):
    """Return what a scenario of some days shows where the pipeline is without fault."""
    world = World(SCENARIOS[name].plan(1, 18_080))
    found = evidence(world, world.plan.start_at + int(days * DAY_MS), probes=True)
    played = PlayedRun(
        reports=sum(len(url.reports) for url in found.urls.values()),
        run_report=judged(world, found),
        differences=0,
        faults={},
        probes=0,
        behaviours=frozenset(),
        world=world,
        evidence=found,
        ledger={},
    )
    return ShownRun(played)


def with_evidence(before, **changed):
    """Return what is shown by other evidence, as the oracle judges that."""
    found = replace(before.evidence, **changed)
    report = judged(before.played.world, found)
    return ShownRun(replace(before.played, evidence=found, run_report=report))


def failed(shown_by, expects):
    """Return the sentences of the checks that do not hold."""
    return [one.says for one in expects if not one.check(shown_by).holds]
