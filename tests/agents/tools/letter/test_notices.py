"""What a hotline calls a notice, as far as that may be repeated."""

from types import SimpleNamespace

import pytest
from ledger_events import notice
from msgspec.structs import replace

from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import MonthKey
from agents.tools.letter.notices import reference_of
from schemas.seal_context import hotline_ids

SAID, AT = notice(1)


@pytest.fixture
def keys(tmp_path) -> SimpleNamespace:
    """A ring with the key of the notice's month."""
    ring = Keyring.create(tmp_path / "keys.json")
    ring.put(202602, [MonthKey(202602, b"k" * 32)])
    return SimpleNamespace(ring=ring)


@pytest.mark.parametrize(
    ("ids", "shown"),
    [
        ('{"id":"n-1","reference":"2026-001"}', "2026-001"),
        ('{"id":"n-1","reference":"http://a.example/x"}', "n-1"),
        ('{"id":"n-1","message_id":"<1@mail.example>"}', "n-1"),
        ('{"id":"10.0.0.1"}', SAID.record_id),
        ("no json", SAID.record_id),
    ],
)
def test_a_reference_that_may_hold_an_address_is_not_repeated(keys, ids: str, shown: str) -> None:
    """The next of its ids stands for it, and the record's keyed name in the end."""
    sealed = keys.ring.seal(ids, AT, hotline_ids(SAID.url_key))
    assert reference_of(keys, replace(SAID, sealed_ids=sealed)) == shown


def test_what_cannot_be_opened_has_the_records_name(keys) -> None:
    """It was not sealed, or for another record."""
    assert reference_of(keys, SAID) == SAID.record_id
    sealed = keys.ring.seal('{"id":"n-1"}', AT, hotline_ids("0" * 32))
    assert reference_of(keys, replace(SAID, sealed_ids=sealed)) == SAID.record_id
