"""The notices of a hoster's cases, by the reference that their hotlines gave them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from agents.config import Settings
from agents.edges.crypto.key_reading import Keys, is_there, read_keys
from agents.edges.crypto.sealing import NotSealed
from agents.engine.read.bulk import read_partitions
from agents.tools.verification import read
from schemas.codec import REPORTS_ENTRY, Rejected
from schemas.moments import Instant
from schemas.records.reports import HosterId, HotlineId, NoticeAccepted, UrlKey
from schemas.seal_context import hotline_ids
from schemas.topics import REPORTS
from streams.feedback.record_ids import repeatable

_NAMES: Final = ("reference", "message_id", "envelope_id", "id")
"""Of a notice, what its recipient knows best first."""


class Referenced(NamedTuple):
    """A notice to a hoster.

    Attributes:
        reference: the hotline's own; where that may hold an address, or its month was destroyed,
            the record's keyed name.
        hotline: whose.
        noticed_at: when it was delivered.
    """

    reference: str
    hotline: HotlineId
    noticed_at: Instant


async def notices_of(
    settings: Settings, hosters: Collection[HosterId], url_keys: Collection[UrlKey]
) -> Mapping[UrlKey, Sequence[Referenced]]:
    """Return the notices to a hoster or its owner about some URLs, oldest first.

    Args:
        settings: name the broker and the key file.
        hosters: its id and its owner's.
        url_keys: of which URLs.

    Raises:
        UserError: there is no key file, or the broker has no ledger.
        KafkaError, TimeoutError: the broker does not answer.
    """
    keys, there = await read_keys(settings), await read.tables(settings)
    found: dict[UrlKey, list[Referenced]] = defaultdict(list)
    async for records in read_partitions(settings, REPORTS.name, there.partitions):
        for record in filter(there.signed.passes, records):
            try:
                said = REPORTS_ENTRY.decode(record.value)
            except Rejected:
                continue  # `hostwatch verify` names it
            if (
                isinstance(said, NoticeAccepted)
                and said.url_key in url_keys
                and _is_to(said, hosters)
            ):
                one = Referenced(reference_of(keys, said), said.hotline, said.noticed_at)
                found[said.url_key].append(one)
    return {key: sorted(mine, key=lambda one: one.noticed_at) for key, mine in found.items()}


def _is_to(said: NoticeAccepted, hosters: Collection[HosterId]) -> bool:
    return not {said.recipient, said.group}.isdisjoint(hosters)


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
