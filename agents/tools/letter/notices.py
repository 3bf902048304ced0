"""The notices of a hoster's cases, by the reference that their hotlines gave them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

import msgspec

from agents.config import Settings
from agents.edges.crypto.key_reading import Keys, is_there
from agents.edges.crypto.sealing import NotSealed
from agents.engine.read.bulk import read_partitions
from agents.tools.verification.signed import Signed
from schemas.closed_lists import Basis, Delivery
from schemas.codec import REPORTS_ENTRY, Rejected
from schemas.moments import Instant
from schemas.records.reports import HotlineId, NoticeAccepted, UrlKey
from schemas.seal_context import hotline_ids
from schemas.topics import REPORTS
from streams.feedback.record_ids import repeatable
from streams.lifecycle.result.norm_verdicts import TermVerdict
from streams.views.case_notices import CaseNotice, CaseNotices, NoticeEffect

_NAMES: Final = ("reference", "message_id", "envelope_id", "id")
"""Of a notice, what its recipient knows best first."""


class Referenced(NamedTuple):
    """A notice in a case of a hoster.

    Attributes:
        reference: the hotline's own; where that may hold an address, or its month was destroyed,
            the record's keyed name.
        hotline: whose.
        basis: a notice, or an authority's order.
        result: what the hotline knows of its delivery.
        noticed_at: the instant it counts from.
        is_backdated: its proof is dated back, so that `noticed_at` is when it was received.
        effect: what it came to in the case.
        order: the verdict on its own term; None = it is no order that the case is judged by.
    """

    reference: str
    hotline: HotlineId
    basis: Basis
    result: Delivery
    noticed_at: Instant
    is_backdated: bool
    effect: NoticeEffect
    order: TermVerdict | None


async def notices_of(
    settings: Settings,
    keys: Keys,
    place: tuple[int, Signed],
    urls: Mapping[UrlKey, CaseNotices],
) -> Mapping[str, Sequence[Referenced]]:
    """Return the notices of some URLs by the id of the case that they belong to, oldest first.

    Args:
        settings: name the broker.
        keys: open references.
        place: a partition of the ledger, and what two persons signed of the ledger.
        urls: which URLs, and where their notices belong.

    Raises:
        KafkaError, TimeoutError: the broker does not answer.
    """
    partition, signed = place
    found: dict[str, dict[tuple[str, str], Referenced]] = defaultdict(dict)
    async for records in read_partitions(settings, REPORTS.name, (partition,)):
        for record in filter(signed.passes, records):
            try:
                said = REPORTS_ENTRY.decode(record.value)
            except Rejected:
                continue  # `hostwatch verify` names it
            if not isinstance(said, NoticeAccepted) or said.url_key not in urls:
                continue
            for one in urls[said.url_key].of(said):
                known = found[one.case_id]
                known[said.hotline, said.record_id] = referenced(keys, said, one)
    in_time = attrgetter("noticed_at")
    return {case_id: sorted(mine.values(), key=in_time) for case_id, mine in found.items()}


def referenced(keys: Keys, said: NoticeAccepted, placed: CaseNotice) -> Referenced:
    """Return a notice as a letter tells it.

    Args:
        keys: open its reference.
        said: the notice.
        placed: where it belongs.
    """
    return Referenced(
        reference=reference_of(keys, said),
        hotline=said.hotline,
        basis=said.basis,
        result=said.result,
        noticed_at=placed.at,
        is_backdated=placed.is_backdated,
        effect=placed.effect,
        order=placed.order,
    )


def reference_of(keys: Keys, said: NoticeAccepted) -> str:
    """Return what a hotline calls a notice, as far as that may be repeated."""
    if not said.sealed_ids or not is_there(keys.ring, said.sealed_ids):
        return said.record_id
    try:
        opened = keys.ring.open(said.sealed_ids, hotline_ids(said.url_key)).reveal()
        ids = msgspec.json.decode(opened, type=dict[str, str])
    except (NotSealed, msgspec.DecodeError):
        return said.record_id
    named = [repeatable(ids[name]) for name in _NAMES if name in ids]
    return next((one for one in named if one is not None), said.record_id)
