"""Records as hotlines send them, and what judges them, with plain stand-ins for the key file."""

import hashlib
from datetime import datetime
from typing import Any

from registry_entries import REGISTRY

from schemas.closed_lists import AnswerKind, CheckResult, Delivery
from schemas.codec import HOTLINE
from schemas.identity.ids import partition_of
from schemas.moments import Instant, moment
from schemas.records.hotline import Answer, Check, HotlineRecord, Notice, Report, Withdrawal
from schemas.records.processing import Origin
from schemas.seal_context import SealContext
from streams.intake.entries import KeyOperations
from streams.intake.judgement import Inbound, RecordAdmission
from streams.registry.snapshot import RegistryHistory

PARTITIONS = 4
NOW: Instant = 1_772_900_000_000
SNAPSHOT = RegistryHistory(REGISTRY).at(NOW)


def _hash(purpose: str, text: str) -> str:
    return hashlib.sha256(f"{purpose}/{text}".encode()).hexdigest()[:32]


def _place(bound: SealContext) -> str:
    _, key, field = bound.decode().split("\x00")
    return f"{key}.{field}"


ADMISSION = RecordAdmission(
    keys=KeyOperations(
        url_key=lambda url: _hash("url", url.text),
        hash=_hash,
        seal=lambda raw, at, bound: f"{at}.{raw.hex()}.{_place(bound)}",
    ),
    partitions=PARTITIONS,
)


def at(offset_s: float) -> datetime:
    """Return the time that many seconds after NOW."""
    return moment(NOW + int(offset_s * 1_000))


def report(id: str = "r1", **fields: Any) -> Report:
    """Return a report with the named fields changed."""
    defaults = {"url": "http://a.example/x", "reported_at": at(-60)}
    return Report(v=1, id=id, **{**defaults, **fields})


def notice(id: str = "n1", **fields: Any) -> Notice:
    """Return a delivered notice to `north` with the named fields changed."""
    defaults = {
        "url": "http://a.example/x",
        "recipient": "north",
        "sent_at": at(-60),
        "result": Delivery.DELIVERED,
    }
    return Notice(v=1, id=id, **{**defaults, **fields})


def others() -> list[HotlineRecord]:
    """Return one record of each type that is neither report nor notice."""
    url = "http://a.example/x"
    return [
        Withdrawal(v=1, id="w1", url=url, withdrawn_at=at(-1)),
        Check(v=1, id="c1", url=url, checked_at=at(-1), result=CheckResult.ABSENT, checker="p"),
        Answer(
            v=1,
            id="a1",
            url=url,
            answered_at=at(-1),
            recipient="South",
            answer=AnswerKind.REMOVED,
        ),
    ]


def inbound(
    record: HotlineRecord | bytes,
    *,
    key: bytes | None = None,
    offset: int = 0,
    hotline: str = "line",
    appended_at: Instant = NOW,
) -> Inbound:
    """Put a record where its own key belongs."""
    value = record if isinstance(record, bytes) else HOTLINE.encode(record)
    if key is None:
        key = b"row" if isinstance(record, bytes) else record.id.encode()
    return Inbound(
        hotline=hotline,
        origin=Origin(
            topic=f"hotline.{hotline}.v1",
            partition=partition_of(key, PARTITIONS),
            offset=offset,
            appended_at=appended_at,
        ),
        key=key,
        value=value,
    )
