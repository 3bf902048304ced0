"""What became of a file's records."""

from intake_world import world

from agents.tools.importing.hand_in import Imported
from agents.tools.importing.outcomes import await_outcomes


async def test_waiting_ends_when_no_intake_runs(bootstrap, tmp_path):
    """Without outcomes the wait ends and says how many are outstanding."""
    origins = {0: frozenset({0, 1}), 2: frozenset({7})}
    imported = Imported(topic="hotline.archive.v1", sent=3, found=0, origins=origins)
    async with world(bootstrap, tmp_path) as ledger:
        settled = await await_outcomes(ledger.settings, imported, 0.2, lambda _, __: None)
    assert (settled.accepted, settled.outstanding) == (0, 3)
