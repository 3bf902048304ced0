"""The product in a closed loop with an adversarial world: virtual time, no I/O, no chance.

What lifecycle folds, orders and wakes for is the product's own code. The prober's part is played:
each order is settled by what the case's world answers, written as `agents.stages.probe.stage`
writes it.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import msgspec
from adversarial import START, Answer, Case, instant

from agents.config import ProbeSettings, VantageSettings
from schemas.closed_lists import Basis, Confidence, Delivery, HotlineMode, ProbeError, Target
from schemas.codec import ORDER, STATE
from schemas.identity.ids import canonical as canonical_url
from schemas.identity.ids import fraction, url_key
from schemas.moments import SECOND_MS, Instant
from schemas.records.case import CaseSummary
from schemas.records.facts import Attribution, Fact, Facts, Observation, Placement
from schemas.records.processing import ProbeOrder
from schemas.records.reports import NoticeAccepted, ReportAccepted
from streams import lifecycle
from streams.lifecycle.events.event_union import Happened
from streams.schedule.orders import Orders
from streams.schedule.timing_wheel import Wheel

HOSTER: Final = "acme"
ELSEWHERE: Final = "other"
VANTAGES: Final = (
    VantageSettings(id="loud", asn=64_500, announced=True),
    VantageSettings(id="quiet", asn=64_501, announced=False),
    VantageSettings(id="hidden", asn=64_502, announced=False, recheck=True),
)
_ASNS: Final = {vantage.id: vantage.asn for vantage in VANTAGES}
_PROBING: Final = ProbeSettings(recheck_share=1.0)
"""Every removed case is probed in hiding; what the share is elsewhere is not judged here."""

LATENESS_MS: Final = 40 * SECOND_MS
"""A probe begins at most so long after its slot: politeness and other work."""

LIST_MS: Final = 90 * SECOND_MS
"""Facts that come within so long are folded as one list, as a busy lifecycle takes them."""

SAME_MAX: Final = 2
"""A resolution is written until two in a row said the same, as
`agents.stages.probe.target_resolver` does."""

_SILENT_MS: Final = 10 * SECOND_MS
_ANSWERED_MS: Final = 300
_THERE: Final = Facts(status=200, type="image/jpeg", length=48_211, requests=1)
_NOWHERE: Final = Facts(status=404, type="text/html", length=146, requests=1)
"""What the hoster answers that DNS names instead: it is no subject of the set."""

_HEAD_NOT_ALLOWED: Final = (405, 501)
_ASKED_TO_WAIT: Final = (429, 503)

_SECRET: Final = b"adversarial-set-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What the product said of a URL from an instant on.

    Attributes:
        at: from then on.
        cases: at the hoster the set is about.
    """

    at: Instant
    cases: tuple[CaseSummary, ...]


@dataclass(slots=True)
class Loop:
    """One case's life.

    Attributes:
        case: what its world does.
        answered_sent_at: when the probes of the URL itself were sent that somebody answered.
        total: probes of all targets.
        happened: the ledger's records, as they were folded.
        record: the URL's record in `cases.v1` at the end.
    """

    case: Case
    answered_sent_at: list[Instant] = field(default_factory=list)
    total: int = 0
    happened: list[Happened] = field(default_factory=list)
    record: bytes | None = None
    _orders: Orders = field(default_factory=lambda: Orders(VANTAGES, _PROBING))
    _wheel: Wheel = field(default_factory=Wheel)
    _queue: list[tuple[Instant, int, Happened]] = field(default_factory=list)
    _number: Iterator[int] = field(default_factory=count)
    _settled: set[str] = field(default_factory=set)
    _told: dict[str, tuple[object, int]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The URL's key."""
        name = self.case.id.replace("_", "-")
        return url_key(_SECRET, canonical_url(f"http://{name}.test/a"))

    def run(self) -> list[Moment]:
        """Return what the product said, from the report until following stops."""
        end_at = instant(self.case.follow_h)
        key = self.key
        self._begin(key)
        said: list[Moment] = []
        while (now := self._next(key)) is not None and now <= end_at:
            happened = self._taken(now)
            now = max(now, max((at for _, at in happened), default=now))
            if happened:
                self.record = lifecycle.update_record(key, self.record, happened).record_value
                self.happened += happened
            if self.record is None:
                continue
            state = STATE.decode(self.record)
            if happened:
                mine = tuple(case for case in state.cases if case.hoster == HOSTER)
                said.append(Moment(at=now, cases=mine))
            for send in self._orders.due(self._wheel, state, now):
                self._settle(ORDER.decode(send.value), now)
        return said

    def _next(self, key: str) -> Instant | None:
        """Return when something happens next: a record comes, or a slot is due."""
        asked = self._wheel._due_at(bytes.fromhex(key))
        times = [self._queue[0][0]] if self._queue else []
        if asked:
            times.append(asked)
        if not times:
            return None
        now = min(times)
        while self._wheel.next_due(now) is not None:
            pass  # the URL is the only one; it is asked by what happens now
        return now

    def _taken(self, now: Instant) -> list[Happened]:
        taken: list[Happened] = []
        until = now
        while self._queue and self._queue[0][0] <= until:
            at, _, happened = heapq.heappop(self._queue)
            until = max(until, min(at + LIST_MS, now + LIST_MS))
            taken.append(happened)
        return taken

    def _put(self, happened: Happened) -> None:
        heapq.heappush(self._queue, (happened[1], next(self._number), happened))

    def _begin(self, key: str) -> None:
        case = self.case
        said = {"url_key": key, "hotline": "alpha", "mode": HotlineMode.DELIVERY}
        report = ReportAccepted(
            **said,
            record_id="r1",
            received_at=START,
            reported_at=START,
            seen_at=case.last_online(START),
            sealed="sealed",
            root=case.root,
        )
        self._put((report, START))
        resolved_at = START + SECOND_MS
        resolved = Attribution(
            url_key=key, vantage="attribution", at=resolved_at, placements=(_placed(HOSTER),)
        )
        self._put((resolved, resolved_at))
        if case.noticed_h is not None:
            at = instant(case.noticed_h)
            notice = NoticeAccepted(
                **said,
                record_id="n1",
                received_at=at,
                recipient=HOSTER,
                group=HOSTER,
                noticed_at=at,
                result=Delivery.DELIVERED,
                basis=Basis.NOTICE,
            )
            self._put((notice, at))

    def _settle(self, order: ProbeOrder, now: Instant) -> None:
        """Probe once, and queue what is written of it."""
        if order.order_id in self._settled:
            return
        self._settled.add(order.order_id)
        late = fraction(self.case.id, order.slot_at, order.vantage, order.target.value, "late")
        sent_at = max(order.not_before, now) + round(LATENESS_MS * late)
        answer = self._answer(order, sent_at)
        done_at = sent_at + (
            _SILENT_MS if answer.facts.error is ProbeError.TIMEOUT else _ANSWERED_MS
        )
        self.total += 1
        if order.target is Target.URL and answer.facts.error is None and order.hoster == HOSTER:
            self.answered_sent_at.append(sent_at)
        seen = _observed(order, answer, sent_at, done_at)
        facts: list[Fact] = [seen]
        if order.target is Target.URL and order.vantage in order.asked:
            news = self._news(order, answer, done_at)
            facts += [] if news is None else [news]
        for fact in facts:
            self._put((fact, done_at + SECOND_MS))

    def _answer(self, order: ProbeOrder, at: Instant) -> Answer:
        answer = self.case.answer(at, order.vantage, order.target)
        if order.hoster == HOSTER:
            return msgspec.structs.replace(answer, facts=_asked(answer, order))
        there = order.target is Target.URL and self.case.gone_since(at) is None
        return msgspec.structs.replace(answer, facts=_THERE if there else _NOWHERE)

    def _news(self, order: ProbeOrder, answer: Answer, at: Instant) -> Attribution | None:
        said = (answer.nxdomain, answer.present, answer.facts.error is ProbeError.DNS_FAILURE)
        before, times = self._told.get(order.vantage, (None, 0))
        times = times + 1 if before == said else 1
        self._told[order.vantage] = said, times
        if times > SAME_MAX:
            return None
        answered = not said[2]
        found = answered and not answer.nxdomain
        return Attribution(
            url_key=order.url_key,
            vantage=order.vantage,
            at=at,
            answered=answered,
            nxdomain=answer.nxdomain,
            placements=(_placed(HOSTER if answer.present else ELSEWHERE),) if found else (),
        )


def _observed(order: ProbeOrder, answer: Answer, sent_at: Instant, done_at: Instant) -> Observation:
    error = answer.facts.error
    if answer.nxdomain or error is ProbeError.DNS_FAILURE:
        named: tuple[str, ...] = ()
    else:
        named = (HOSTER if answer.present else ELSEWHERE,)
    unasked = error in {ProbeError.DNS_FAILURE, ProbeError.NXDOMAIN}
    return Observation(
        url_key=order.url_key,
        order_id=order.order_id,
        case_id=order.case_id,
        hoster=order.hoster,
        role=order.role,
        vantage=order.vantage,
        target=order.target,
        slot_at=order.slot_at,
        sent_at=sent_at,
        done_at=done_at,
        asked=order.asked,
        canary_ok=answer.canary_ok,
        address_key="" if unasked else f"key-{order.hoster}",
        hosters=named,
        nxdomain=answer.nxdomain or error is ProbeError.NXDOMAIN,
        old_address=order.hoster not in named and not unasked,
        announced=order.vantage == "loud",
        asn=_ASNS[order.vantage],
        facts=answer.facts,
    )


def _asked(answer: Answer, order: ProbeOrder) -> Facts:
    """Return what a probe brings: HEAD's answer, or GET's where the prober asks so and it differs.

    As `agents.edges.http_probe.get_comparison` has it: who asks to wait is sent no second request.
    """
    head, get = answer.facts, answer.get
    if head.error is not None or head.status in _ASKED_TO_WAIT:
        return head
    if get is not None and head.status in _HEAD_NOT_ALLOWED:
        return msgspec.structs.replace(get, method="GET", requests=head.requests + 1)
    kept_copy = head.cached or bool(head.age_s)
    if order.target is Target.ROOT or not (order.cross_check or kept_copy):
        return head
    if get is None or _meaning(get.status) == _meaning(head.status):
        return msgspec.structs.replace(head, head_status=head.status, requests=head.requests + 1)
    said = {"method": "GET", "head_status": head.status, "requests": head.requests + 1}
    return msgspec.structs.replace(get, **said)


def _meaning(status: int) -> int | str:
    kinds = {404: "gone", 410: "gone", 401: "refused", 403: "refused", 451: "refused"}
    return kinds.get(status, status // 100)


def _placed(hoster: str) -> Placement:
    return Placement(
        hoster=hoster,
        group=hoster,
        country="NL",
        asn=64_510 if hoster == HOSTER else 64_511,
        confidence=Confidence.ASN,
        address_key=f"key-{hoster}",
        address=f"address-{hoster}",
    )
