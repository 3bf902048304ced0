"""What lifecycle heeds besides the ledger: decisions that count, and what is set aside when."""

import pytest
from ledger_events import KEY, decision, report
from signers import DAY, Signers

from agents.edges.registry.skips import SetAside
from agents.engine.stage import Received
from agents.stages.cases.case_store import CaseStore
from agents.stages.cases.ledger_filter import LedgerFilter, Misfiled
from schemas.codec import DECISION, REPORTS_ENTRY, SKIP, Rejected
from schemas.records.skips import Skip, skip_key

AT = 1_700_000_000_000


def aside(*places):
    """Return places that are set aside, whatever stands there, in their order."""
    signers, found = Signers("anna", "bram"), SetAside()
    signers.found("anna", "bram", at=AT)
    for number, (topic, partition, offset) in enumerate(places):
        skip = Skip(
            topic=topic,
            partition=partition,
            offset=offset,
            digest="0" * 32,
            reason="x",
            decided_at=AT,
            signatures=(),
        )
        value = SKIP.encode(signers.sign(skip, "anna", "bram"))
        key = skip_key(topic, partition, offset)
        found.add([Received("skips.v1", 0, number, AT + DAY, key, value)], signers.persons)
    return found


def table(skips=0, **offsets):
    names = {f"{name}.v1": offset for name, offset in offsets.items()}
    return CaseStore(offsets=names, skips=skips)


def record(offset, topic="facts.v1"):
    return Received(topic, 0, offset, AT, b"k", b"")


def test_only_what_was_folded_before_its_skip_came_is_taken_back():
    """What is ahead is passed over when it comes; other partitions are others' affair."""
    skips = aside(
        ("facts.v1", 0, 5),
        ("facts.v1", 0, 9),
        ("facts.v1", 1, 5),
        ("cases.v1", 0, 70),
        ("hotline.north.v1", 0, 1),
        ("registry.v1", 0, 3),
    )
    ledger_filter = LedgerFilter(aside=skips)
    back = ledger_filter.late_skips(table(facts=9, reports=9), 0)
    assert [(skip.topic, skip.offset) for skip in back] == [("facts.v1", 5), ("cases.v1", 70)]
    assert ledger_filter.late_skips(table(skips=6, facts=9), 0) == []


def test_a_position_says_of_no_skip_that_it_was_heeded_before_it_is():
    """It stops in front of one whose record is folded, and passes those ahead or passed over."""
    ledger_filter = LedgerFilter(
        aside=aside(("facts.v1", 0, 9), ("facts.v1", 0, 5), ("facts.v1", 0, 12))
    )
    assert ledger_filter.skips_after(table(facts=7), 0) == 1
    assert ledger_filter.skips_after(table(facts=5), 0) == 3
    assert ledger_filter.skips_after(table(facts=7), 1) == 3
    passed = LedgerFilter(aside=aside(("facts.v1", 0, 9)))
    assert passed.skips_after(table(facts=9), 0, [record(9)]) == 1
    assert passed.skips_after(table(facts=10), 0) == 0


def received(made, codec, topic, key=KEY):
    event, appended_at = made
    return Received(topic, 0, 0, appended_at, key.encode(), codec.encode(event))


def test_a_decision_that_does_not_count_is_passed_over():
    """The others are decoded as they stand."""
    records = [
        received(report(), REPORTS_ENTRY, "reports.v1"),
        received(decision(1), DECISION, "decisions.v1"),
        received(decision(2), DECISION, "decisions.v1"),
    ]
    asked = []

    def admits(_, at):
        asked.append(at)
        return len(asked) == 1

    assert LedgerFilter(admits=admits).events(KEY, records) == [report(), decision(1)]
    assert asked == [decision(1)[1], decision(2)[1]]


@pytest.mark.parametrize(
    ("value", "error"), [(b"garbage", Rejected), (REPORTS_ENTRY.encode(report()[0]), Misfiled)]
)
def test_garbage_and_another_url_s_record_stop_the_fold(value, error):
    """A record under another key would be folded into another URL's state."""
    other = "f" * 32
    with pytest.raises(error):
        LedgerFilter().events(other, [Received("reports.v1", 0, 0, AT, other.encode(), value)])
