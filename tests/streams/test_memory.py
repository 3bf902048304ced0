"""What intake remembers of a partition."""

import pytest
from hotline_records import JUDGE, SNAPSHOT, inbound, report
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from schemas.flow import OutcomeRecord
from schemas.ids import keyed_digest, record_name
from streams.content import digest_of
from streams.memory import OldLedger, Seen

HASH = JUDGE.secrets.hash


def _name(id: str) -> str:
    return record_name(HASH, "line", id)


def _accepted(id: str, offset: int, url: str = "http://a.example/") -> OutcomeRecord:
    record = inbound(report(id, url=url), offset=offset)
    return JUDGE.judge(record, SNAPSHOT, Seen()).outcome


@given(st.permutations([_accepted("a", 1), _accepted("a", 7), _accepted("b", 3)] * 2))
def test_order_and_repetition_of_outcomes_do_not_matter(outcomes):
    """The first acceptance of an id is remembered, in whatever order outcomes are read."""
    seen = Seen()
    for outcome in outcomes:
        seen.learn(outcome)
    first = seen.known(_name("a"))
    assert first is not None
    assert first.offset == 1
    assert first.digest == keyed_digest(HASH, digest_of(report("a", url="http://a.example/")))
    assert len(seen) == 2


def test_only_accepted_records_are_remembered():
    """Quarantined and duplicate records leave no trace."""
    seen = Seen()
    seen.learn(JUDGE.judge(inbound(b"{"), SNAPSHOT, seen).outcome)
    assert len(seen) == 0
    assert seen.known(_name("row")) is None


def test_memory_is_bounded_and_forgets_the_oldest():
    """Over the bound the id learned first goes."""
    seen = Seen(records_max=2)
    for offset, id in enumerate("abc"):
        seen.learn(_accepted(id, offset))
    assert [seen.known(_name(id)) is not None for id in "abc"] == [False, True, True]


def test_a_ledger_of_version_1_is_refused():
    """Its ids are not ours: a record sent again would be taken for another one."""
    with pytest.raises(OldLedger):
        Seen().learn(structs.replace(_accepted("a", 1), v=1))
