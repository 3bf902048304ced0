"""The log of hours: roots that follow on each other, and those that do not."""

import pytest
from chain_records import OTHER_KEY, log_of, signed
from msgspec.structs import replace

from agents.edges.crypto.person_key import genuine
from schemas.chain.hour_log import ends_of, is_signed, objection
from schemas.moments import HOUR_MS
from schemas.records.custody import Extent

LOG = log_of(9)
FACTS = ("facts.v1", 0)
FROM_ONE = Extent(topic="facts.v1", partition=0, begin=1, end=3)


def spoilt(number: int, **said: object) -> list:
    """Return the log with one root changed, and signed again."""
    return [*LOG[:number], signed(replace(LOG[number], **said)), *LOG[number + 1 :]]


def test_a_log_that_was_written_whole_is_in_order() -> None:
    """So is one without an hour; and where it leaves off is known."""
    assert objection(LOG, genuine) is None
    assert objection([], genuine) is None
    assert ends_of(LOG) == {FACTS: 27}


@pytest.mark.parametrize(
    ("roots", "said"),
    [
        ([*LOG[:3], *LOG[4:]], "next hour"),
        (LOG[1:], "follow on"),
        (spoilt(4, before="0" * 64), "follow on"),
        (spoilt(4, size=2), "hours up to it"),
        (spoilt(4, root="0" * 64), "hours up to it"),
        (spoilt(4, hour_at=5 * HOUR_MS), "next hour"),
        (spoilt(4, extents=()), "hours up to it"),
        (spoilt(4, extents=(Extent(topic="facts.v1", partition=0, begin=13, end=15),)), "leaves"),
        (spoilt(0, extents=(FROM_ONE,)), "leaves"),
        (spoilt(4, extents=(*LOG[4].extents, *LOG[4].extents)), "leaves"),
        ([*LOG[:4], replace(LOG[4], ledger="f" * 32), *LOG[5:]], "not signed"),
    ],
)
def test_what_was_changed_is_found(roots: list, said: str) -> None:
    """Dropped, changed and signed again, or changed and not signed again."""
    assert said in (objection(roots, genuine) or "")


def test_a_root_is_that_of_the_key_it_is_asked_for() -> None:
    """Signed by another key it is not, whatever it says of itself."""
    mine, theirs = LOG[0], signed(LOG[0], OTHER_KEY)
    assert is_signed(mine, mine.public_key, genuine)
    assert not is_signed(theirs, mine.public_key, genuine)
    assert not is_signed(replace(theirs, public_key=mine.public_key), mine.public_key, genuine)
