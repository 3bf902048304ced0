"""Opens URLs and addresses for a dossier, after `audit.v1` has it; without a word nothing is."""

from collections.abc import Mapping, Sequence

from agents.config import Settings
from agents.edges.crypto.key_reading import Keys, is_there, read_keys
from agents.edges.crypto.sealing import NotSealed
from agents.tools.sealed.audit import Authority
from agents.tools.sealed.reveal import reveal
from schemas.records.ledger import UrlKey
from schemas.seal_context import placed_address
from streams.dossier.cases import Opened
from streams.dossier.quoted import Quoted


async def opened_texts(
    settings: Settings, quoted: Mapping[UrlKey, Sequence[Quoted]], by: Authority | None
) -> Opened:
    """Return what opens the texts of a dossier.

    Args:
        settings: name the broker and the key file.
        quoted: the records of its URLs.
        by: on whose word; None = everything stays sealed.

    Raises:
        UserError: there is no key file, or what `reveal` raises.
        SendFailed, KafkaError, TimeoutError: the broker failed; nothing was opened.
    """
    if by is None or not quoted:
        return Opened()
    urls = await reveal(settings, list(quoted), by)
    keys = await read_keys(settings)
    return Opened(
        url=lambda url_key: urls.get(url_key, ""),
        address=lambda url_key, sealed: _address(keys, url_key, sealed),
    )


def _address(keys: Keys, url_key: UrlKey, sealed: str) -> str:
    """Return an address in clear; nothing if its month was destroyed."""
    if not is_there(keys.ring, sealed):
        return ""
    try:
        return keys.ring.open(sealed, placed_address(url_key)).reveal()
    except NotSealed:
        return ""
