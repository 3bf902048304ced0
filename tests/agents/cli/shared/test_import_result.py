"""How an import ends."""

from collections import Counter

import pytest

from agents.cli.shared.import_result import ImportResult, failure_of, result_of
from agents.tools.importing.hand_in import HandedIn
from agents.tools.importing.outcomes import Settled
from schemas.closed_lists import Quarantine
from streams.intake.formats.base import FileRefusal

REFUSED = Counter({FileRefusal.CONTENT: 2})
BAD = Settled(quarantined=Counter({Quarantine.BAD_URL: 3}))


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (ImportResult(HandedIn(sent=3), None, 0), ""),
        (ImportResult(HandedIn(sent=3, refused=REFUSED), Settled(accepted=3), 0), ""),
        (ImportResult(HandedIn(found=3), Settled(duplicate=3), 0), ""),
        (ImportResult(HandedIn(), None, 0), "no records"),
        (ImportResult(HandedIn(refused=REFUSED), None, 0), "all records were refused"),
        (ImportResult(HandedIn(sent=3), BAD, 0), "all records of the file were refused"),
        (ImportResult(HandedIn(sent=3), None, 1), "1 files could not be read"),
        (ImportResult(HandedIn(), None, 1), "1 files could not be read"),
    ],
)
def test_a_run_that_took_nothing_in_says_why(done: ImportResult, said: str) -> None:
    """Everything refused, no records, or a file that is none: exit code 1."""
    assert said in failure_of(done)
    assert bool(failure_of(done)) is bool(said)


def test_reasons_are_counted_in_json() -> None:
    """By their name."""
    assert result_of(HandedIn(refused=REFUSED), BAD)["refused"] == {"content": 2}
