"""`feedback.v1`: per URL the records of hotlines that are told of it, and what they were told.

The table of the stage feedback. It holds no id of a hotline in clear: ids lie in it sealed, as they
lie in `reports.v1`. They are opened when a hotline is told something.
"""

from typing import Annotated

from msgspec import Meta, Struct

from schemas.iccam import IccamReason
from schemas.moments import Instant
from schemas.reasons import NormVerdict, Role
from schemas.records.case import Phase
from schemas.records.ledger import HosterId, HotlineId, KeyedId, Sealed, UrlKey


class FollowedRecord(Struct, frozen=True, array_like=True, gc=False):
    """An accepted record whose hotline is told what becomes of it.

    Attributes:
        hotline: whose it is.
        record_id: keyed hash of its id.
        sealed_ids: the hotline's ids of it, sealed for `reports.v1`.
        received_at: when it came.
        told: digest of what was told last; empty = nothing yet.
    """

    hotline: HotlineId
    record_id: KeyedId
    sealed_ids: Sealed
    received_at: Instant
    told: str = ""


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
