"""The ledger that the tests of a migration copy."""

from pathlib import Path

import pytest
from old_ledger import OldLedger, old_ledger
from scratch_topics import scratch_settings


@pytest.fixture
async def ledger(bootstrap: str, tmp_path: Path) -> OldLedger:
    """Return it, as its release wrote it."""
    found = old_ledger(scratch_settings(bootstrap, vantages=()), tmp_path)
    await found.write()
    return found
