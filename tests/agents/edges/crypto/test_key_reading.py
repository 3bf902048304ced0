"""Keys that a command reads once."""

import pytest
from key_ledger import APRIL, BOUND, MARCH, ledger, started, with_file

from agents.edges.crypto import month_destruction
from agents.edges.crypto.key_file import KeyFault, KeyFileError
from agents.edges.crypto.key_reading import is_there, read_ring
from agents.edges.crypto.keys import Keyring
from agents.edges.crypto.sealing import KeyGone


async def at_once(_) -> None:
    """Do not wait for the broker to compact, which tests of `month_destruction` do."""


async def test_what_the_ledger_holds_opens_and_nothing_is_made(bootstrap, tmp_path, monkeypatch):
    """A month that was destroyed is not there; another ledger's key file is refused."""
    monkeypatch.setattr(month_destruction, "_cleaned", at_once)
    settings = await ledger(bootstrap, tmp_path)
    Keyring.create(settings.key_file)
    async with started(settings) as keys:
        await keys.ring.ready(MARCH, APRIL)
        texts = [keys.ring.seal("x", at, BOUND) for at in (MARCH, APRIL)]
    ring = await read_ring(settings)
    assert [is_there(ring, text) for text in texts] == [True, True]
    assert ring.open(texts[0], BOUND).reveal() == "x"
    await month_destruction.destroy_month(settings, "202603", lambda _: None)
    ring = await read_ring(settings)
    assert [is_there(ring, text) for text in (*texts, "x")] == [False, True, False]
    with pytest.raises(KeyGone):
        ring.open(texts[0], BOUND)
    Keyring.create(tmp_path / "other.json")
    with pytest.raises(KeyFileError) as refused:
        await read_ring(with_file(settings, tmp_path / "other.json"))
    assert refused.value.fault is KeyFault.FOREIGN
