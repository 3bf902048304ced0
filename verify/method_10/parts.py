"""The cases of a URL, and what each is made from: owner, reports that stood, observations.

Rules 3.1, 3.2 and 3.6 of docs/measurement.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.identity.ids import case_id
from schemas.moments import Instant
from schemas.reasons import Outcome
from schemas.records.facts import Decision
from schemas.records.ledger import ReportAccepted
from verify.ledger.records import UrlRecords
from verify.method_10.looks import Seen, looks_at, resolved_by
from verify.method_10.presence import UNKNOWN, Presence, absences, presences, stated
from verify.method_10.run import Told
from verify.method_10.stays import End, Episode
from verify.method_10.told import (
    Epoch,
    epochs,
    is_to,
    notices,
    on_reports,
    standing_decisions,
)
from verify.method_10.walk import episodes
from verify.method_10.words import Word, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One case with what it is made from; `until` = the opening of the next, or its move."""

    url: UrlRecords
    presence: Presence
    epoch: Epoch
    id: str
    number: int
    episode: Episode
    until: Instant | None
    seen: Sequence[Seen]


def parts(url: UrlRecords) -> Iterator[Part]:
    """Give the cases of a URL with what they are made from."""
    reported = epochs(url)
    if not reported:
        return
    found = presences(url)
    for presence in found:
        seen = looks_at(url, presence)
        said = list(words(url, presence))
        mine: list[tuple[Epoch, Episode]] = []
        for i, epoch in enumerate(reported):
            nxt = reported[i + 1] if i + 1 < len(reported) else None
            mine += _of_epoch(url, presence, (epoch, nxt, i == 0), seen, said)
        for number, (epoch, episode) in enumerate(mine):
            later = mine[number + 1][1].opened_at if number + 1 < len(mine) else None
            yield Part(
                url=url,
                presence=presence,
                epoch=epoch,
                id=case_id(url.url_key, presence.owner, presence.role, number),
                number=number,
                episode=episode,
                until=later,
                seen=seen,
            )


def _received(epoch: Epoch) -> Instant:
    return min(r.received_at for r in epoch.reports)


def _of_epoch(
    url: UrlRecords,
    presence: Presence,
    which: tuple[Epoch, Epoch | None, bool],
    seen: Sequence[Seen],
    said: Sequence[Word],
) -> list[tuple[Epoch, Episode]]:
    """Return the cases of an owner while reports stood (rules 3.1, 3.2)."""
    epoch, later, first = which
    opened_at = presence.opened_at or 0
    start_at, stop_at = _received(epoch), _received(later) if later else None
    if presence.joined_at is not None:
        stop_at = min(presence.joined_at, stop_at or presence.joined_at)
        if stop_at < start_at:
            return []
    if stop_at is not None and opened_at >= stop_at and not presence.from_start:
        return []
    begins_at = start_at if presence.from_start else max(opened_at, start_at if not first else 0)
    stopped = epoch.withdrawn_at
    looks = _until(seen, None if first else start_at, stop_at)
    spoken = [
        w for w in said if (first or w.at >= start_at) and (stop_at is None or w.at < stop_at)
    ]
    told = [n for n in notices(url, confirmed=False) if is_to(n, presence.names)]
    resolved = [
        one
        for one in absences(url, presence, resolved_by(seen))
        if stop_at is None or one[0] < stop_at
    ]
    reopen = sorted(
        [(r.reported_at, r.received_at) for r in epoch.reports]
        + [(n.at, n.received_at) for n in told if n.standing],
        key=lambda pair: (pair[1], pair[0]),
    )
    limits = Told(
        notices=sorted(n.at for n in (*told, *on_reports(epoch.reports)) if n.standing),
        resolved=resolved,
        stated=[one for one in stated(url, presence) if one[0] >= begins_at],
        told=[pair for pair in reopen if stopped is None or pair[1] <= stopped],
    )
    found = episodes(looks, spoken, begins_at, limits)
    _joined(presence, found[-1])
    return [(epoch, episode) for episode in found]


def _until(seen: Sequence[Seen], start_at: Instant | None, stop_at: Instant | None) -> list[Seen]:
    """Return the observations of an epoch."""
    return [
        s
        for s in seen
        if (start_at is None or s.at >= start_at) and (stop_at is None or s.at < stop_at)
    ]


def _joined(presence: Presence, episode: Episode) -> None:
    """End a case that a group joined to one that opened first (rule 3.1)."""
    at = presence.joined_at
    if at is not None and (episode.end is None or episode.in_question):
        episode.now.end = End(outcome=Outcome.MOVED, gone_at=at, found_at=at)
        episode.becomes(at, Outcome.MOVED)


def reports_of(part: Part) -> list[ReportAccepted]:
    """Return the reports that belong to a case: those of its time."""
    told_at = part.episode.told_at
    mine = [
        r
        for r in part.epoch.reports
        if part.until is None or r.reported_at < part.until
        if told_at is None or r.reported_at >= told_at
    ]
    return mine or list(part.epoch.reports)


def names_of_owner(part: Part) -> set[str]:
    """Return the names a notice may have to be the owner's; a decision may give another."""
    newest = reattributed(part)
    if newest is not None and newest.hoster is not None:
        return {newest.hoster, getattr(newest, "group", None) or newest.hoster}
    return (part.presence.names | part.presence.hosters) - {UNKNOWN}


def reattributed(part: Part) -> Decision | None:
    """Return the newest decision that gave a case to another hoster."""
    given = standing_decisions(part.url, "reattribute", part.id)
    return max(given, key=lambda d: (d.decided_at, d.id), default=None)
