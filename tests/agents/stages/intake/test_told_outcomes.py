"""Laws of what intake itself tells a hotline."""

from hotline_records import ADMISSION, SNAPSHOT, inbound, report

from agents.stages.intake.told_outcomes import told_outcomes
from schemas.closed_lists import Quarantine, Result
from schemas.codec import HOTLINE_OUT
from schemas.moments import moment
from schemas.records.feedback import Feedback
from streams.intake.accepted_ids import AcceptedIdIndex


def said(*arrived) -> list[Feedback]:
    """Return what a hotline is told of records that arrive one after another."""
    index, outcomes = AcceptedIdIndex(), []
    for one in arrived:
        outcome = ADMISSION.judge(one, SNAPSHOT, index).outcome
        index.learn(outcome)
        outcomes.append(outcome)
    sends = told_outcomes([one.key for one in arrived], outcomes)
    assert {send.topic for send in sends} <= {"hotline.line.out.v1"}
    told = [HOTLINE_OUT.decode(send.value) for send in sends]
    assert [one.id.encode() for one in told] == [send.key for send in sends]
    return told


def test_what_is_not_accepted_is_told_with_its_reason() -> None:
    """A duplicate, another record under the same id, and what could not be taken."""
    first = inbound(report())
    other = inbound(report(url="http://b.example/"), offset=2)
    told = said(first, inbound(report(), offset=1), other, inbound(b"{", key=b"r7", offset=3))
    assert [(one.id, one.result, one.reason) for one in told] == [
        ("r1", Result.DUPLICATE, None),
        ("r1", Result.QUARANTINED, Quarantine.CONFLICT),
        ("r7", Result.QUARANTINED, Quarantine.MALFORMED),
    ]
    assert {one.as_of for one in told} == {moment(first.origin.appended_at)}


def test_what_is_accepted_is_told_from_the_ledger() -> None:
    """By the stage feedback, together with its case."""
    assert said(inbound(report())) == []


def test_a_key_that_is_an_address_is_not_repeated() -> None:
    """A producer that takes the URL for the key puts it in its inbox alone."""
    assert said(inbound(b"{", key=b"http://canary.example/x"), inbound(b"{", key=b"\xff")) == []
