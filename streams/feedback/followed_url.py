"""Which records of a URL are followed, which cases each is told of, and what is new to it."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from schemas.moments import DAY_MS, Instant, moment
from schemas.records.feedback import FollowedCase, FollowedRecord, FollowedUrl, NormResult, ToldCase
from schemas.records.reports import HotlineId, ReportsEntry, UrlKey
from streams.case_class import class_at
from streams.feedback.iccam import entered

FOLLOWED_MS: Final = 460 * DAY_MS
"""How long a record is followed: an open case expires 400 days after its notice, and what came back
is watched for 60 days more."""

RECORDS_MAX: Final = 64
"""Records of a URL that are followed: 7 hotlines with a report, a notice and 7 more each. Of more
the newest are, so that one URL costs no more than that at each change."""

ENDED_MS: Final = 7 * DAY_MS
"""A record that comes later than this after a case's end is not about that case."""

_JSON: Final = msgspec.json.Encoder()
_TOLD_BYTES: Final = 8
"""Of the digest of what was told: it is compared with one other alone."""


class FeedbackChange(NamedTuple):
    """A change that a hotline is told.

    Attributes:
        hotline: who is told.
        record: which of its records it is about.
        cases: what it is told.
    """

    hotline: HotlineId
    record: FollowedRecord
    cases: tuple[ToldCase, ...]


def with_entries(url: FollowedUrl, entries: Iterable[ReportsEntry]) -> FollowedUrl:
    """Return what is followed after accepted records; those that came before change nothing."""
    held = {(one.hotline, one.record_id) for one in url.records}
    made = []
    for entry in entries:
        name = entry.hotline, entry.record_id
        if name in held or not entry.sealed_ids:
            continue  # ledgers of the first release hold no sealed ids
        held.add(name)
        made.append(FollowedRecord(*name, entry.sealed_ids, entry.received_at))
    if not made:
        return url
    records = sorted((*url.records, *made), key=lambda one: (one.received_at, one.record_id))
    return replace(url, records=tuple(records))


def empty(url_key: UrlKey) -> FollowedUrl:
    """Return a URL of which nothing is followed yet."""
    return FollowedUrl(url_key=url_key)


def told(url: FollowedUrl, as_of: Instant) -> tuple[FollowedUrl, list[FeedbackChange]]:
    """Return the URL with what its hotlines are told now, and the changes that it holds.

    Args:
        url: what is followed.
        as_of: the instant that classes hold for.
    """
    changes: list[FeedbackChange] = []
    kept: list[FollowedRecord] = []
    for record in url.records:
        cases = tuple(told_cases(record, url.cases, as_of))
        digest = blake2b(_JSON.encode(cases), digest_size=_TOLD_BYTES).hexdigest()
        if digest != record.last_digest:
            changes.append(FeedbackChange(record.hotline, record, cases))
        if record.received_at + FOLLOWED_MS > as_of:
            kept.append(replace(record, last_digest=digest))
    kept = kept[-RECORDS_MAX:]
    return replace(url, records=tuple(kept), next_at=_next_at(url.cases, kept, as_of)), changes


def told_cases(
    record: FollowedRecord, cases: tuple[FollowedCase, ...], as_of: Instant
) -> Iterator[ToldCase]:
    """Give the cases that a record is told of, as they stand at an instant.

    These are the ones that were open when it came, or had ended within 7 days before, and those
    that were opened later. Of one owner and role those before the newest by then are left out.

    Args:
        record: whose hotline is told.
        cases: of the URL.
        as_of: the instant that classes hold for.
    """
    came_at = record.received_at
    followers = {
        (case.owner, case.role): case.opened_at
        for case in sorted(cases, key=lambda one: one.opened_at)
        if case.opened_at <= came_at
    }
    for case in cases:
        case_class = class_at(case, as_of)
        if case_class is None:
            continue
        if case.gone_at is not None and case.gone_at + ENDED_MS < came_at:
            continue
        if case.opened_at < followers.get((case.owner, case.role), case.opened_at):
            continue  # a later case of that owner had begun when the record came
        action, reason = entered(case_class, case.noticed, case.newest, case.ending)
        yield ToldCase(
            case_id=case.case_id,
            hoster=case.hoster,
            owner=case.owner,
            role=case.role,
            case_class=case_class,
            last_seen_at=None if case.last_seen_at is None else moment(case.last_seen_at),
            gone_at=None if case.gone_at is None else moment(case.gone_at),
            norms=tuple(NormResult(norm_s=n, verdict=verdict) for n, verdict in case.norms),
            order_verdict=case.order_verdict,
            action=action,
            action_reason=reason,
        )


def _next_at(
    cases: tuple[FollowedCase, ...], records: list[FollowedRecord], as_of: Instant
) -> Instant | None:
    """Return when time alone changes something: a class, or how long a record is followed."""
    if not records:
        return None
    turns = [phase.from_at for case in cases for phase in case.phases if phase.from_at > as_of]
    return min([*turns, records[0].received_at + FOLLOWED_MS])
