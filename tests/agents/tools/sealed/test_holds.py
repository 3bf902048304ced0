"""What a month sealed of a URL under legal hold."""

import pytest
from desk_ledger import LEAK_MARKER, URL_KEY, desk_ledger
from ledger_events import place, placed
from msgspec.structs import replace
from small_ledger import KEYS

from agents.edges.crypto.key_reading import read_ring
from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.sealed.holds import texts_kept
from schemas.records.custody import SealedKind
from schemas.seal_context import placed_address, resolved_addresses, resolved_names
from schemas.topics import FACTS

MONTH = 202602


async def test_every_kind_of_text_of_that_url_and_month_is_kept(bootstrap, tmp_path) -> None:
    """URL, names and addresses; of no other month and no other URL."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        settings = desk.ledger.settings
        ring = await read_ring(settings)
        at = ring.newest_at
        fact, when = placed(0, place("acme"))
        sealed = {
            "names": ring.seal("b.example", at, resolved_names(URL_KEY)),
            "addresses": ring.seal("192.0.2.1/24", at, resolved_addresses(URL_KEY)),
            "placements": (
                replace(
                    fact.placements[0], address=ring.seal("192.0.2.1", at, placed_address(URL_KEY))
                ),
            ),
        }
        await desk.ledger.facts(URL_KEY, [(replace(fact, **sealed), when)])
        kept = await texts_kept(settings, {URL_KEY}, MONTH)
        assert set(kept[URL_KEY]) == {
            (SealedKind.URL, f"http://{LEAK_MARKER}".encode()),
            (SealedKind.NAMES, b"b.example"),
            (SealedKind.ADDRESS, b"192.0.2.1"),
            (SealedKind.ADDRESSES, b"192.0.2.1/24"),
        }
        assert await texts_kept(settings, {KEYS[0]}, MONTH) == {}
        assert await texts_kept(settings, {URL_KEY}, 202601) == {}
        assert await texts_kept(settings, set(), MONTH) == {}
        await desk.ledger.outbox.send([Send(FACTS.name, URL_KEY.encode(), b"garbage")])
        with pytest.raises(UserError, match=r"facts.v1, partition \d, offset \d+: a record"):
            await texts_kept(settings, {URL_KEY}, MONTH)
