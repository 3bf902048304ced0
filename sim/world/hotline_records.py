"""What the hotlines say about one URL: report, notices, answer, check, withdrawal, and copies."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from msgspec import structs

from schemas.closed_lists import (
    AnswerKind,
    Basis,
    Category,
    CheckResult,
    Delivery,
    ProofKind,
    Result,
    SiteType,
)
from schemas.moments import HOUR_MS, MINUTE_MS, Instant, moment
from schemas.records.hotline import Answer, Check, Notice, Proof, Report, Withdrawal
from sim.world.behaviour import Behaviour
from sim.world.delays import pick, seconds_between
from sim.world.hosters import SimHoster
from sim.world.hotline_habits import HotlineHabits
from sim.world.hotlines import NOTICE_DELAY_MAX_MS, HotlineEvent, event_of
from sim.world.material import Material

ANSWERS: Final = (
    (0.7, AnswerKind.REMOVED),
    (0.1, AnswerKind.REFUSED),
    (0.1, AnswerKind.DISPUTED),
    (0.1, AnswerKind.NOT_OURS),
)
"""What hosters say, true or not: it triggers a probe and closes nothing."""

UNTOLD_AT: Final[Instant] = 1 << 60
"""The notice of a URL whose hoster never gets one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotlineRecords:
    """Who speaks of a URL, and about whom.

    Attributes:
        habits: the hotline.
        hoster: who serves the URL.
        elsewhere: somebody else, to whom a notice may go by mistake; None = there is nobody.
        id: suffix of the records' ids, unique for the hotline.
        self_report: the hoster itself reports it through the hotline.
    """

    habits: HotlineHabits
    hoster: SimHoster
    elsewhere: SimHoster | None
    id: str
    self_report: bool = False


def told(item: Material, records: HotlineRecords, rng: random.Random) -> Iterator[HotlineEvent]:
    """Yield what a hotline sends about one URL, with some sent twice.

    Args:
        item: what is reported; its times are this hotline's.
        records: who speaks.
        rng: where the draws come from.
    """
    for event in _events(item, records, rng):
        yield event
        if rng.random() < records.habits.resent:
            yield again(event, rng)


def _events(item: Material, records: HotlineRecords, rng: random.Random) -> Iterator[HotlineEvent]:
    habits, id = records.habits, records.id
    report = Report(
        v=2,
        id=f"r-{id}",
        url=item.url,
        reported_at=moment(item.reported_at),
        seen_at=moment(item.reported_at),
        self_report=records.self_report,
        category=Category.OTHER,
        site_type=SiteType.IMAGE_HOST,
    )
    yield event_of(item.heard_at, habits.id, report)
    yield from _astray(item, records, rng)
    if item.noticed_at == UNTOLD_AT:
        return
    hoster = records.hoster
    recipient = rng.choice((hoster.id, hoster.contact, hoster.entry().name))
    notice = _notice(f"n-{id}", item.url, item.noticed_at, recipient)
    if item.order_s is not None:
        reference = f"order-{id}"
        notice = structs.replace(
            notice, basis=Basis.ORDER, reference=reference, term_s=item.order_s
        )
    yield event_of(item.told_at, habits.id, notice)
    if hoster.behaviour is Behaviour.SECOND_NOTICE:
        at = reminded_at(item.noticed_at)
        yield event_of(at, habits.id, _notice(f"m-{id}", item.url, at, recipient))
    if rng.random() < habits.answered:
        yield _answer(item, records, rng)
    if rng.random() < habits.checked:
        yield _check(item, records, rng)
    if item.withdrawn_at is not None:
        taken_back = Withdrawal(
            v=1, id=f"w-{id}", url=item.url, withdrawn_at=moment(item.withdrawn_at)
        )
        yield event_of(item.withdrawn_at, habits.id, taken_back)


def _astray(item: Material, records: HotlineRecords, rng: random.Random) -> Iterator[HotlineEvent]:
    """Yield notices that start no clock of the hoster's: one that bounces, one to somebody else."""
    habits, id = records.habits, records.id
    untold = item.noticed_at == UNTOLD_AT
    until = item.reported_at + HOUR_MS if untold else item.noticed_at
    at = seconds_between(rng, item.reported_at, until)
    if untold or rng.random() < habits.bounced:
        bounced = Notice(
            v=1,
            id=f"b-{id}",
            url=item.url,
            recipient=records.hoster.contact,
            sent_at=moment(at),
            result=Delivery.BOUNCED,
        )
        yield event_of(at, habits.id, bounced)
    if rng.random() < habits.misdirected and records.elsewhere is not None:
        yield event_of(at, habits.id, _notice(f"x-{id}", item.url, at, records.elsewhere.id))


def elsewhere(hosters: Sequence[SimHoster], hoster: SimHoster) -> SimHoster | None:
    """Return who gets a hoster's notices that go astray; None = all have one owner, and get them.

    A notice to another hoster of its owner's is a notice to itself.
    """
    place = hosters.index(hoster)
    before = (hosters[place - step] for step in range(1, len(hosters)))
    return next((one for one in before if one.owner != hoster.owner), None)


def reminded_at(noticed_at: Instant) -> Instant:
    """Return when a hotline tells a hoster again that did nothing for a day."""
    return noticed_at + 26 * HOUR_MS


def _answer(item: Material, records: HotlineRecords, rng: random.Random) -> HotlineEvent:
    at = item.told_at + seconds_between(rng, HOUR_MS, 6 * HOUR_MS)
    answer = Answer(
        v=1,
        id=f"a-{records.id}",
        url=item.url,
        answered_at=moment(at),
        recipient=records.hoster.id,
        answer=ANSWERS[pick(rng, [share for share, _ in ANSWERS])][1],
    )
    return event_of(at, records.habits.id, answer)


def _check(item: Material, records: HotlineRecords, rng: random.Random) -> HotlineEvent:
    """Return what a person saw who opened it from an ordinary line; it is the truth."""
    at = item.told_at + seconds_between(rng, HOUR_MS, 60 * HOUR_MS)
    check = Check(
        v=1,
        id=f"c-{records.id}",
        url=item.url,
        checked_at=moment(at),
        result=CheckResult.PRESENT if item.shown(at) else CheckResult.ABSENT,
        checker=f"{records.habits.id}-{rng.randrange(3)}",
    )
    return event_of(at, records.habits.id, check)


def shared(
    item: Material, records: HotlineRecords, others: Sequence[HotlineHabits], rng: random.Random
) -> Iterator[HotlineEvent]:
    """Yield what a second hotline says of the same URL, spelled another way, or nothing.

    It sees the material between the first report and the first notice, so before any removal,
    and its notice is the later one: the case and its clock stay the first hotline's. A URL that is
    to be withdrawn, or whose records are late or astray, has one hotline only.

    Args:
        item: what is reported.
        records: the first hotline.
        others: the other ones.
        rng: where the draws come from.
    """
    plain = item.withdrawn_at is None and not (item.report_late_ms or item.notice_late_ms)
    if rng.random() >= records.habits.shared or not plain or item.noticed_at == UNTOLD_AT:
        return
    hotline = rng.choice(others).id
    id = f"{records.habits.id}-{records.id}"
    url = item.url.replace(item.host, item.host.upper()) + "#top"
    seen_at = seconds_between(rng, item.reported_at, item.noticed_at)
    noticed_at = item.noticed_at + seconds_between(rng, MINUTE_MS, NOTICE_DELAY_MAX_MS)
    report = Report(
        v=1, id=f"r-{id}", url=url, reported_at=moment(seen_at), seen_at=moment(seen_at)
    )
    yield event_of(seen_at, hotline, report)
    contact = records.hoster.contact
    yield event_of(noticed_at, hotline, _notice(f"n-{id}", url, noticed_at, contact))


AGAIN_MS: Final = (2 * HOUR_MS, 40 * HOUR_MS)
"""How long after a removal another hotline reports the URL; it saw it before."""


def reported_again(
    item: Material, records: HotlineRecords, others: Sequence[HotlineHabits], rng: random.Random
) -> Iterator[HotlineEvent]:
    """Yield a report and a notice that another hotline sends after the removal, or nothing.

    They bring a probe, and change neither the case, its clock nor its verdict.

    Args:
        item: what was reported.
        records: the first hotline.
        others: the other ones.
        rng: where the draws come from.
    """
    share, removed_at = records.habits.reported_again, item.removed_at
    if not share or removed_at is None or item.withdrawn_at is not None or item.back_at is not None:
        return
    if rng.random() >= share:
        return
    hotline, id = rng.choice(others).id, f"again-{records.habits.id}-{records.id}"
    at = removed_at + seconds_between(rng, *AGAIN_MS)
    report = Report(
        v=1, id=f"r-{id}", url=item.url, reported_at=moment(at), seen_at=moment(item.reported_at)
    )
    yield event_of(at, hotline, report)
    noticed_at = at + seconds_between(rng, MINUTE_MS, NOTICE_DELAY_MAX_MS)
    contact = records.hoster.contact
    yield event_of(noticed_at, hotline, _notice(f"n-{id}", item.url, noticed_at, contact))


def again(event: HotlineEvent, rng: random.Random) -> HotlineEvent:
    """Return a record once more, some hours later, as at-least-once senders do."""
    later_ms = seconds_between(rng, MINUTE_MS, 6 * HOUR_MS)
    return replace(event, at=event.at + later_ms, result=Result.DUPLICATE)


def _notice(id: str, url: str, at: Instant, recipient: str) -> Notice:
    return Notice(
        v=2,
        id=id,
        url=url,
        recipient=recipient,
        sent_at=moment(at),
        delivered_at=moment(at),
        result=Delivery.DELIVERED,
        proof=Proof(kind=ProofKind.SMTP_REPLY),
        message_id=f"<{id}@hotline.example>",
    )
