"""What a hotline is told of its own records (`hotline.<id>.out.v1`), and what hosters answer.

A hotline reads its topic with a Kafka client, or through the HTTP intake. Both give these bytes.
Times are RFC 3339 with a zone, as in what a hotline sends.

`feedback.v1` is the table of the stage that tells them. It holds no id of a hotline in clear:
ids lie sealed in it, as in `reports.v1`. They are opened when a hotline is told something.
"""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.closed_lists import AnswerKind, CaseClass, NormVerdict, Quarantine, Result, Role
from schemas.iccam import IccamAction, IccamReason
from schemas.moments import Instant
from schemas.records.case import Phase
from schemas.records.hotline import Moment, RecordId
from schemas.records.reports import HosterId, HotlineId, KeyedId, Sealed, UrlKey


class NormResult(Struct, frozen=True, kw_only=True, gc=False):
    """Whether a norm was kept.

    Attributes:
        norm_s: the norm, seconds after the notice.
        verdict: as the case stands; a norm that still runs is `undetermined`.
    """

    norm_s: Annotated[int, Meta(gt=0)]
    verdict: NormVerdict


class ToldCase(Struct, frozen=True, kw_only=True, gc=False):
    """What a hotline is told of one case of its record's URL.

    Attributes:
        case_id: the id under which the operator and the hoster know the case.
        hoster: who serves the URL and answers for the case.
        owner: the hoster's group, the hoster itself where it has none.
        role: `hosting`, or `proxy` for a CDN in front of it.
        case_class: the class of the case.
        last_seen_at: L, the last sighting; null = nobody saw it.
        gone_at: R, when the last required vantage had first found it gone, or a person had; null
            while it is open.
        norms: the verdict of each norm, shortest first; empty while no clock runs.
        order_verdict: the worst verdict of the orders that stand; null = there is none.
        action: what to enter in ICCAM; null = nothing yet.
        action_reason: ICCAM's reason for that action; null = it has none.
    """

    case_id: str
    hoster: HosterId
    owner: HosterId
    role: Role
    case_class: CaseClass
    last_seen_at: Moment | None = None
    gone_at: Moment | None = None
    norms: tuple[NormResult, ...] = ()
    order_verdict: NormVerdict | None = None
    action: IccamAction | None = None
    action_reason: IccamReason | None = None


class Feedback(Struct, frozen=True, kw_only=True, gc=False):
    """`hotline.<id>.out.v1`: what became of one record of that hotline, and of its cases.

    A new one is written whenever anything in it but `as_of` changes. The newest that is `accepted`
    holds for an id; without one, the newest.

    Attributes:
        id: the hotline's id of its record; the Kafka key is the same bytes.
        result: what intake made of the record.
        reason: why it was quarantined; null otherwise.
        cases: of its URL: those that were open when it came or had ended at most 7 days before,
            and those that were opened later. Of one owner and role those before the newest by
            then are left out. Empty until the URL's hoster is found.
        as_of: the instant that all this holds for.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    id: RecordId
    result: Result
    reason: Quarantine | None = None
    cases: tuple[ToldCase, ...] = ()
    as_of: Moment


class FollowedRecord(Struct, frozen=True, array_like=True, gc=False):
    """An accepted record whose hotline is told what becomes of it.

    Attributes:
        hotline: whose it is.
        record_id: keyed hash of its id.
        sealed_ids: the hotline's ids of it, sealed for `reports.v1`.
        received_at: when it came.
        last_digest: of what the hotline was told last; empty = nothing yet.
    """

    hotline: HotlineId
    record_id: KeyedId
    sealed_ids: Sealed
    received_at: Instant
    last_digest: str = ""


class FollowedCase(Struct, frozen=True, array_like=True, gc=False):
    """Of a case what hotlines are told, with the classes that time alone brings.

    Attributes:
        case_id, hoster, owner, role: which case it is.
        opened_at: when it was opened.
        phases: classes from which instant on.
        last_seen_at, gone_at: L and R.
        norms: norm in seconds and verdict.
        order_verdict: the worst of its orders.
        noticed: its clock runs, or ran.
        newest: ICCAM's reason by the newest probe.
        ending: ICCAM's reason by the probe that found it gone.
    """

    case_id: str
    hoster: HosterId
    owner: HosterId
    role: Role
    opened_at: Instant
    phases: tuple[Phase, ...]
    last_seen_at: Instant | None = None
    gone_at: Instant | None = None
    norms: tuple[tuple[int, NormVerdict], ...] = ()
    order_verdict: NormVerdict | None = None
    noticed: bool = False
    newest: IccamReason | None = None
    ending: IccamReason | None = None


class FollowedUrl(Struct, frozen=True, kw_only=True, gc=False):
    """`feedback.v1`: what is followed of one URL.

    Attributes:
        url_key: the URL's keyed hash; the Kafka key is the same bytes.
        next_at: when time alone changes what is told; null = never.
        records: that are followed, oldest first.
        cases: of the URL.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    url_key: UrlKey
    next_at: Instant | None = None
    records: tuple[FollowedRecord, ...] = ()
    cases: tuple[FollowedCase, ...] = ()


class HosterAnswer(Struct, frozen=True, kw_only=True, gc=False):
    """`answers.v1`: what a hoster said on its own page about a case; intake takes it to the ledger.

    Attributes:
        id: of the answer, made by the page.
        hoster: who said it; the Kafka key is the same bytes.
        case_id: what it is about.
        url_key: of the case.
        answered_at: when it was said.
        answer: from the closed list.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    id: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    hoster: HosterId
    case_id: Annotated[str, Meta(pattern="^[0-9a-f]{24}$")]
    url_key: UrlKey
    answered_at: Instant
    answer: AnswerKind
