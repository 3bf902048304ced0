"""What a dossier opens: nothing without a person's word."""

from ledger_events import KEY, placed, report
from quoted_events import quoted

from agents.config import Settings
from agents.tools.dossier.sealed import opened_texts


async def test_without_a_word_everything_stays_sealed() -> None:
    """No key file is read and no broker is asked; `test_make` has what a person's word opens."""
    found = {KEY: quoted(report(0), placed())}
    opened = await opened_texts(Settings(), found, None)
    assert opened.url(KEY) == opened.address(KEY, "address") == ""
