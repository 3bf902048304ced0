"""Opens the URLs of cases for a person, once `audit.v1` has an entry."""

from collections.abc import Collection, Mapping

from agents.config import Settings
from agents.edges.crypto.key_reading import Keys, is_there, read_keys
from agents.edges.crypto.sealing import NotSealed
from agents.engine.read.bulk import read_partitions
from agents.errors import UserError
from agents.tools.sealed.audit import Authority, Opening, write_down
from agents.tools.verification.read import state_of
from schemas.identity.ids import partition_of
from schemas.records.custody import SealedKind
from schemas.records.reports import UrlKey
from schemas.seal_context import reported_url
from schemas.topics import CASES

DESTROYED = "the key of its month is destroyed"


async def reveal(
    settings: Settings, url_keys: Collection[UrlKey], by: Authority
) -> dict[UrlKey, str]:
    """Return URLs, of those whose key is gone what is said in their place.

    Args:
        settings: name the broker and the key file.
        url_keys: of which.
        by: the person who asks, and why.

    Raises:
        UserError: there is no key file, whoever holds the person's key may not sign, too many
            are asked for, or a text was changed.
        SendFailed, KafkaError, TimeoutError: the broker failed; nothing was opened.
    """
    keys = await read_keys(settings)
    sealed = await _sealed(settings, url_keys)
    there = {key: text for key, text in sealed.items() if is_there(keys.ring, text)}
    opened = {key for key in url_keys if key in there or keys.is_on_hold(key)}
    if opened:
        await write_down(settings, [Opening("url", key) for key in sorted(opened)], by)
    return {key: _opened(keys, key, there) for key in sorted(url_keys)}


async def _sealed(settings: Settings, url_keys: Collection[UrlKey]) -> dict[UrlKey, str]:
    """Return the newest sealed text of URLs, from the table."""
    wanted = {key.encode() for key in url_keys}
    partitions = sorted({partition_of(key, settings.kafka.partitions) for key in wanted})
    found: dict[UrlKey, str] = {}
    async for records in read_partitions(settings, CASES.name, partitions):
        for record in records:
            if record.key in wanted and record.value:
                found[record.key.decode()] = state_of(record.value).sealed
    return found


def _opened(keys: Keys, key: UrlKey, there: Mapping[UrlKey, str]) -> str:
    """Return a URL from its newest report, else what a legal hold keeps of an older one."""
    try:
        if key in there:
            return keys.ring.open(there[key], reported_url(key)).reveal()
        held = [raw for kept, raw in keys.on_hold(key) if kept is SealedKind.URL]
        return held[-1].decode() if held else DESTROYED
    except NotSealed:
        raise UserError(
            f"the sealed text of {key} was changed, or the key file is not the ledger's"
        ) from None
