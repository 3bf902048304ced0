"""Opens URLs and addresses for a dossier, once `audit.v1` has an entry of who asks and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from agents.config import Settings
from agents.edges.crypto.key_held import Plain
from agents.edges.crypto.key_reading import Keys, is_there, read_keys
from agents.edges.crypto.sealing import NotSealed
from agents.errors import UserError
from agents.tools.sealed.audit import Authority, Opening, write_down
from agents.tools.sealed.reveal import DESTROYED
from schemas.records.custody import SealedKind
from schemas.records.facts import Attribution, Placement
from schemas.records.reports import ReportAccepted, UrlKey
from schemas.seal_context import SealContext, placed_address, reported_url, resolved_addresses
from streams.dossier.cases import UnsealedFields
from streams.dossier.quoted import Quoted, of_type


async def unsealed_texts(
    settings: Settings, quoted: Mapping[UrlKey, Sequence[Quoted]], by: Authority | None
) -> UnsealedFields:
    """Return what opens the texts of a dossier.

    `audit.v1` gets an entry first for each URL of which anything can be opened: the URL itself, an
    address, or what a legal hold keeps.

    Args:
        settings: name the broker and the key file.
        quoted: the records of its URLs.
        by: on whose word; None = everything stays sealed.

    Raises:
        UserError: there is no key file, whoever holds the person's key may not sign, too many are
            asked for, or a text was changed. What the result opens raises that too.
        SendFailed, KafkaError, TimeoutError: the broker failed; nothing was opened.
    """
    if by is None or not quoted:
        return UnsealedFields()
    keys = await read_keys(settings)
    there = sorted(key for key, found in quoted.items() if _opens(keys, key, found))
    if there:
        await write_down(settings, [Opening("dossier", key) for key in there], by)
    texts = _Texts(keys, quoted, {key: _held(keys, key) for key in there})
    return UnsealedFields(url=texts.url, address=texts.address, addresses=texts.addresses)


def _opens(keys: Keys, url_key: UrlKey, found: Sequence[Quoted]) -> bool:
    """Return whether anything of a URL can be opened; nothing is."""
    return keys.is_on_hold(url_key) or any(is_there(keys.ring, one) for one in _sealed(found))


def _sealed(found: Sequence[Quoted]) -> Iterator[str]:
    for one in found:
        if isinstance(one.said, ReportAccepted):
            yield one.said.sealed
        if isinstance(one.said, Attribution):
            yield from (place.address for place in one.said.placements)
            yield one.said.addresses


def _held(keys: Keys, url_key: UrlKey) -> Sequence[Plain]:
    try:
        return keys.on_hold(url_key)
    except NotSealed:
        raise _changed(url_key) from None


def _changed(url_key: UrlKey) -> UserError:
    return UserError(f"a sealed text of {url_key} was changed, or the key file is not the ledger's")


class _Texts(NamedTuple):
    """What can be opened of a dossier; `audit.v1` has an entry of it.

    Attributes:
        keys: of the ledger.
        quoted: the records of its URLs.
        held: what legal holds keep of those that are in `audit.v1`.
    """

    keys: Keys
    quoted: Mapping[UrlKey, Sequence[Quoted]]
    held: Mapping[UrlKey, Sequence[Plain]]

    def url(self, url_key: UrlKey) -> str:
        """Return a URL from its newest report that opens, else from a hold, else that it is gone.

        Raises:
            UserError: it was changed.
        """
        sealed = [one.sealed for _, one in of_type(self.quoted[url_key], ReportAccepted)]
        there = [text for text in sealed if is_there(self.keys.ring, text)]
        try:
            if there:
                return self.keys.ring.open(there[-1], reported_url(url_key)).reveal()
        except NotSealed:
            raise _changed(url_key) from None
        held = [raw for kind, raw in self.held.get(url_key, ()) if kind is SealedKind.URL]
        return held[-1].decode() if held else DESTROYED

    def address(self, url_key: UrlKey, place: Placement) -> str:
        """Return an address; nothing if it is gone.

        Raises:
            UserError: it was changed.
        """
        bound = placed_address(url_key)
        opened = self._opened(url_key, place.address, bound)
        return opened or self._held(url_key, SealedKind.ADDRESS, place.address_key)

    def addresses(self, url_key: UrlKey, said: Attribution) -> str:
        """Return all addresses of an attribution; nothing if they are gone.

        Raises:
            UserError: they were changed.
        """
        bound = resolved_addresses(url_key)
        opened = self._opened(url_key, said.addresses, bound)
        return opened or self._held(url_key, SealedKind.ADDRESSES, said.addresses_key)

    def _opened(self, url_key: UrlKey, sealed: str, bound: SealContext) -> str:
        try:
            there = is_there(self.keys.ring, sealed)
            return self.keys.ring.open(sealed, bound).reveal() if there else ""
        except NotSealed:
            raise _changed(url_key) from None

    def _held(self, url_key: UrlKey, kind: SealedKind, hashed: str) -> str:
        """Return what a hold keeps of a kind by its keyed hash."""
        held = [raw.decode() for kept, raw in self.held.get(url_key, ()) if kept is kind]
        return next((one for one in held if self.keys.ring.hash(kind, one) == hashed), "")
