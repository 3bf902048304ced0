"""What a dossier opens: nothing without a person's word, and nothing that `audit.v1` has not."""

import pytest
from desk_ledger import LEAK_MARKER, URL_KEY, desk_ledger
from ledger_events import KEY, place, placed, report
from msgspec.structs import replace
from quoted_events import quoted

from agents.config import Settings
from agents.edges.crypto import month_destruction
from agents.edges.crypto.key_held import Holds
from agents.edges.crypto.key_reading import read_ring
from agents.errors import UserError
from agents.tools.dossier.sealed import unsealed_texts
from agents.tools.sealed.audit import read_audit
from agents.tools.sealed.reveal import DESTROYED
from schemas.records.custody import SealedKind
from schemas.seal_context import placed_address, reported_url, resolved_addresses

ADDRESS = "192.0.2.1"
ADDRESSES = f"{ADDRESS}/24 2001:db8::1/32"
MONTH = "202602"


async def at_once(_) -> None:
    """Do not wait for the broker to compact, which tests of `month_destruction` do."""


async def test_without_a_word_everything_stays_sealed() -> None:
    """No key file is read and no broker is asked; `test_make` has what a person's word opens."""
    found = {KEY: quoted(report(0), placed())}
    unsealed = await unsealed_texts(Settings(), found, None)
    assert unsealed.url(KEY) == unsealed.address(KEY, place()) == ""
    assert unsealed.addresses(KEY, placed()[0]) == ""


async def test_an_address_is_opened_only_of_urls_that_the_audit_has(
    bootstrap, tmp_path, monkeypatch
) -> None:
    """Also where the URL's own month is destroyed; a hold keeps addresses and URLs too."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        settings, by = desk.ledger.settings, desk.by("anna")
        ring = await read_ring(settings)
        sealed = ring.seal(ADDRESS, ring.newest_at, placed_address(URL_KEY))
        there = replace(place(sealed=sealed), address_key=ring.hash("address", ADDRESS))
        url = ring.seal(f"http://{LEAK_MARKER}", ring.newest_at, reported_url(URL_KEY))
        first, when = report(0)
        listed = replace(
            placed(0, there)[0],
            addresses=ring.seal(ADDRESSES, ring.newest_at, resolved_addresses(URL_KEY)),
            addresses_key=ring.hash("addresses", ADDRESSES),
        )
        only_address = {URL_KEY: quoted((first, when), (listed, when)), KEY: quoted(report(0))}
        unsealed = await unsealed_texts(settings, only_address, by)
        assert await audited(settings) == [("dossier", URL_KEY)]
        assert unsealed.url(URL_KEY) == unsealed.url(KEY) == DESTROYED
        assert unsealed.address(URL_KEY, there) == ADDRESS
        assert unsealed.addresses(URL_KEY, listed) == ADDRESSES
        with pytest.raises(UserError, match="was changed"):
            unsealed.addresses(KEY, listed)
        moved = replace(there, address=ring.seal(ADDRESS, ring.newest_at, placed_address(KEY)))
        with pytest.raises(UserError, match="was changed"):
            unsealed.address(URL_KEY, moved)
        monkeypatch.setattr(month_destruction, "_cleaned", at_once)
        texts = {
            URL_KEY: [
                (SealedKind.URL, LEAK_MARKER.encode()),
                (SealedKind.ADDRESS, ADDRESS.encode()),
                (SealedKind.ADDRESSES, ADDRESSES.encode()),
            ]
        }
        holds = Holds(standing={URL_KEY}, texts=texts)
        await month_destruction.destroy_month(settings, MONTH, lambda _: None, holds)
        both = {URL_KEY: quoted((replace(first, sealed=url), when), (listed, when))}
        unsealed = await unsealed_texts(settings, both, by)
        assert await audited(settings) == [("dossier", URL_KEY)] * 2
        assert (unsealed.url(URL_KEY), unsealed.address(URL_KEY, there)) == (LEAK_MARKER, ADDRESS)
        assert unsealed.address(URL_KEY, replace(there, address_key="another")) == ""
        assert unsealed.addresses(URL_KEY, listed) == ADDRESSES
        assert unsealed.addresses(URL_KEY, replace(listed, addresses_key="another")) == ""


async def audited(settings: Settings) -> list[tuple[str, str | None]]:
    """Return what `audit.v1` has."""
    return [(one.entry.what, one.entry.url_key) for one in await read_audit(settings)]
