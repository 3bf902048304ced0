"""`hostwatch hoster link`: links are made, shown and revoked, with who did it."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from served_ledger import told_ledger
from small_ledger import open_ledger

from agents.cli import run


def test_a_link_is_made_shown_and_taken_back(
    bootstrap: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is printed once; the list has who made it and not what opens the page."""

    async def filled() -> str:
        async with AsyncExitStack() as stack:
            ledger = await open_ledger(stack, bootstrap)
            await told_ledger(ledger, tmp_path)
            prefix = ledger.settings.kafka.topic_prefix
            config.write_text(
                f'key_file = "{tmp_path}/keys.json"\n'
                f'[kafka]\nbootstrap = "{bootstrap}"\ntopic_prefix = "{prefix}"\npartitions = 2\n'
                f'[hoster_page]\nlinks_file = "{tmp_path}/links"\n'
                'public_url = "https://watch.example/"\n'
            )
            return await asyncio.to_thread(made)

    def made() -> str:
        assert link("create", "acne", "--by", "anna") == 2
        assert "did you mean acme?" in capsys.readouterr().err
        assert link("create", "acme", "--by", "Anna B") == 2
        capsys.readouterr()
        assert link("create", "acme", "--days", "7", "--by", "anna") == 0
        return capsys.readouterr().out.strip()

    def link(*arguments: str) -> int:
        return run(["--config", str(config), "hoster", "link", *arguments])

    config = tmp_path / "hostwatch.toml"
    url = asyncio.run(filled())
    assert url.startswith("https://watch.example/h/")
    assert link("list", "--json", "-") == 0
    text = capsys.readouterr().out
    (row,) = json.loads(text)
    assert (row["hoster"], row["state"], row["made_by"]) == ("acme", "opens", "anna")
    assert url.rpartition("/")[2] not in text
    assert link("revoke", row["id"], "--by", "bram") == 0
    capsys.readouterr()
    assert link("list") == 0
    assert "revoked" in capsys.readouterr().out
    assert link("revoke", row["id"], "--by", "bram") == 2
    assert "was revoked before" in capsys.readouterr().err
