"""Which cases a hotline is told of for one of its records, and what of each."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from schemas.closed_lists import Role
from schemas.moments import DAY_MS, Instant, moment
from schemas.records.feedback import NormResult, ToldCase
from verify.compared.compare import Difference
from verify.compared.record import Case
from verify.feedback.iccam import entered
from verify.ledger.records import UrlRecords

FOLLOWED_MS: Final = 460 * DAY_MS
FOLLOWED_MAX: Final = 64
SETTLED_MS: Final = 7 * DAY_MS
"""What had ended for longer when a record came is not told of it."""

_FIELDS: Final = tuple(name for name in ToldCase.__struct_fields__ if name != "case_id")


class FollowedEntry(msgspec.Struct, frozen=True):
    """Of an accepted record what decides whether and of what its hotline is told."""

    url_key: str
    hotline: str
    record_id: str
    received_at: Instant
    sealed_ids: str = ""


class _Ids(msgspec.Struct):
    id: str = ""


ENTRY: Final = msgspec.json.Decoder(FollowedEntry)
_IDS: Final = msgspec.json.Decoder(_Ids)


def own_id(opened: bytes) -> str:
    """Return the hotline's id of a record from what was sealed; empty = it is not there."""
    try:
        return _IDS.decode(opened).id
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def followed(entries: Iterable[FollowedEntry], at: Instant) -> list[FollowedEntry]:
    """Return the records of a URL that are followed at an instant, each once."""
    each = {(one.hotline, one.record_id): one for one in entries if one.sealed_ids}
    newest = sorted(each.values(), key=lambda one: (one.received_at, one.record_id))[-FOLLOWED_MAX:]
    return [one for one in newest if one.received_at + FOLLOWED_MS > at]


def expected(
    entry: FollowedEntry, cases: Sequence[Case], records: UrlRecords
) -> dict[str, ToldCase]:
    """Return what a record's hotline is told, by case.

    Args:
        entry: the record.
        cases: of its URL, at the instant it is told of.
        records: all that the ledger holds of the URL.
    """
    found: dict[str, ToldCase] = {}
    for case in cases:
        ended = case.gone_at is not None and entry.received_at - case.gone_at > SETTLED_MS
        if case.case_class is None or ended or _is_over(case, cases, entry.received_at):
            continue
        action, reason = entered(case, records)
        norms = zip(case.norms_s, case.verdicts, strict=False) if case.noticed_at else ()
        found[case.case_id] = ToldCase(
            case_id=case.case_id,
            hoster=case.hoster,
            owner=case.group,
            role=Role(case.role),
            case_class=case.case_class,
            last_seen_at=None if case.last_seen_at is None else moment(case.last_seen_at),
            gone_at=None if case.gone_at is None else moment(case.gone_at),
            norms=tuple(NormResult(norm_s=n, verdict=verdict) for n, verdict in norms),
            order_verdict=case.order_verdict,
            action=action,
            action_reason=reason,
        )
    return found


def _is_over(case: Case, cases: Sequence[Case], came_at: Instant) -> bool:
    """Return whether a later case of its owner had begun when the record came."""
    return any(
        (other.group, other.role) == (case.group, case.role)
        and case.opened_at < other.opened_at <= came_at
        for other in cases
    )


def differ(
    entry: FollowedEntry, mine: dict[str, ToldCase], theirs: Sequence[ToldCase]
) -> Iterator[Difference]:
    """Give what a hotline was told otherwise than it should be."""
    told = {one.case_id: one for one in theirs}
    for id in sorted(mine.keys() | told.keys()):
        a, b = mine.get(id), told.get(id)
        held = a or b
        about = {"url_key": entry.url_key, "case_id": id, "hoster": held.hoster if held else ""}
        if a is None or b is None:
            yield Difference(
                what=f"case told to {entry.hotline}",
                ledger="" if a is None else "there",
                published="" if b is None else "there",
                **about,
            )
            continue
        for name in _FIELDS:
            if getattr(a, name) != getattr(b, name):
                yield Difference(
                    what=f"{name} told to {entry.hotline}",
                    ledger=_shown(getattr(a, name)),
                    published=_shown(getattr(b, name)),
                    **about,
                )


def _shown(value: object) -> str:
    text = msgspec.json.encode(value).decode().strip('"')
    return re.sub(r"[^A-Za-z0-9_ -]+", " ", text).strip() or "nothing"


_SIGNS: Final = ("://", "@", "www.", "[")
_OF_A_URL: Final = frozenset("/\\?%&")
_HOST: Final = re.compile(r"[a-z0-9_-]\.(?:[a-z]+[a-z]|xn--[a-z0-9_-]+)(?:$|[^a-z0-9])", re.ASCII)
_GROUPS: Final = re.compile(r"(?:[0-9a-f]{1,4}:){4}[0-9a-f]{1,4}", re.ASCII)
_SHORT: Final = re.compile(r"[0-9a-f.]*(?::[0-9a-f.]*)*::[0-9a-f:.]*", re.ASCII)


def holds_address(id: str) -> bool:
    """Return whether an id looks like an address, so that it is repeated nowhere."""
    low = id.lower()
    if any(sign in low for sign in _SIGNS) or _HOST.search(low) or _GROUPS.search(low):
        return True
    if not _OF_A_URL.isdisjoint(low) and (low[0] in "-/" or set(low) - set("0123456789-/")):
        return True
    if "::" in low and _SHORT.fullmatch(low):
        return True
    return any(_has_four_numbers(run.split(".")) for run in re.findall(r"[0-9.]+", low))


def _has_four_numbers(parts: Sequence[str]) -> bool:
    short = ["x" if 1 <= len(part) <= 3 else "-" for part in parts]
    return "xxxx" in "".join(short)
