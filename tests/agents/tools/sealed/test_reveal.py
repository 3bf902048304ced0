"""What is sealed is opened for a person, on the broker, after the broker has who and why."""

import pytest
from desk_ledger import LEAK_MARKER, URL_KEY, desk_ledger

from agents.edges.crypto import month_destruction
from agents.edges.crypto.keys import Keyring
from agents.engine.failures import SendFailed
from agents.engine.produce.outbox import KafkaOutbox
from agents.tools.sealed.audit import read_audit
from agents.tools.sealed.reveal import DESTROYED, reveal

MONTH = "202602"


async def at_once(_) -> None:
    """Do not wait for the broker to compact, which tests of `month_destruction` do."""


async def test_nothing_is_opened_before_the_audit_is_acknowledged(
    bootstrap, tmp_path, monkeypatch
) -> None:
    """A broker that refuses the entry ends it; what was destroyed is said, and leaves no entry."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        settings, opened = desk.ledger.settings, []
        really, send = Keyring.open, KafkaOutbox.send
        monkeypatch.setattr(Keyring, "open", lambda *said: opened.append(1) or really(*said))

        async def refuse(*_):
            raise SendFailed("refused")

        monkeypatch.setattr(KafkaOutbox, "send", refuse)
        with pytest.raises(SendFailed):
            await reveal(settings, [URL_KEY], desk.by("anna"))
        assert (opened, await read_audit(settings)) == ([], [])
        monkeypatch.setattr(KafkaOutbox, "send", send)
        found = await reveal(settings, [URL_KEY], desk.by("anna"))
        assert found == {URL_KEY: f"http://{LEAK_MARKER}"}
        (audited,) = await read_audit(settings)
        assert (audited.entry.person, audited.entry.what, audited.genuine) == ("anna", "url", True)
        monkeypatch.setattr(month_destruction, "_cleaned", at_once)
        await month_destruction.destroy_month(settings, MONTH, lambda _: None)
        assert await reveal(settings, [URL_KEY], desk.by("bram")) == {URL_KEY: DESTROYED}
        assert len(await read_audit(settings)) == 1
