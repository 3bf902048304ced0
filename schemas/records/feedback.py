"""Reserved, not written yet: `hotline.<id>.out.v1` to a hotline, `answers.v1` of hosters."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.moments import Instant
from schemas.reasons import AnswerKind, CaseClass, NormVerdict, Quarantine, Result
from schemas.records.hotline import RecordId
from schemas.records.ledger import HosterId, UrlKey


class NormResult(Struct, frozen=True, kw_only=True, gc=False):
    """Whether a norm was kept.

    Attributes:
        norm_s: the norm.
        verdict: as the case stands.
    """

    norm_s: Annotated[int, Meta(gt=0)]
    verdict: NormVerdict


class Feedback(Struct, frozen=True, kw_only=True, gc=False):
    """`hotline.<id>.out.v1`, reserved: what became of one record of that hotline, and of its case.

    The hotline alone may read its topic, so its own record id stands here as it sent it.

    Attributes:
        id: the hotline's id of its record; the Kafka key is the same bytes.
        result: what intake made of the record.
        reason: None unless quarantined.
        outcome: the class of its case; None while it has none.
        last_seen_at: the case's last sighting (L); None = none.
        removed_at: the first probe that found it gone (R); None = none.
        norms: of its case, ascending.
        as_of: the instant the case was judged at.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    id: RecordId
    result: Result
    reason: Quarantine | None = None
    outcome: CaseClass | None = None
    last_seen_at: Instant | None = None
    removed_at: Instant | None = None
    norms: tuple[NormResult, ...] = ()
    as_of: Instant


class HosterAnswer(Struct, frozen=True, kw_only=True, gc=False):
    """`answers.v1`: what a hoster said on its own page about a case.

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
