"""Who had what opened, as it stands in `audit.v1`."""

import pytest
from desk_ledger import URL_KEY, desk_ledger
from msgspec.structs import replace

from agents.engine.stage import Send
from agents.errors import UserError
from agents.tools.sealed import audit
from agents.tools.sealed.audit import Opening, read_audit, write_down
from schemas.codec import AUDIT as CODEC
from schemas.topics import AUDIT


async def test_an_entry_is_its_persons_or_is_not_genuine(bootstrap, tmp_path, monkeypatch) -> None:
    """A copied signature, another person's name or reason: shown, and not believed."""
    async with desk_ledger(bootstrap, tmp_path) as desk:
        settings = desk.ledger.settings
        await write_down(settings, [Opening("url", URL_KEY)], desk.by("anna"))
        (ours,) = await read_audit(settings)
        forged = [replace(ours.entry, person="bram"), replace(ours.entry, reason="another")]
        await desk.ledger.outbox.send(
            [Send(AUDIT.name, b"x", CODEC.encode(one), partition=0) for one in forged]
        )
        assert [one.genuine for one in await read_audit(settings)] == [True, False, False]
        await desk.persons.create("cleo")
        with pytest.raises(UserError, match="nobody who may sign"):
            await write_down(settings, [Opening("url", URL_KEY)], desk.by("cleo"))
        monkeypatch.setattr(audit, "OPENED_MAX", 1)
        with pytest.raises(UserError, match="more than 1 texts"):
            await write_down(settings, [Opening("url", URL_KEY)] * 2, desk.by("anna"))
        assert len(await read_audit(settings)) == 3
