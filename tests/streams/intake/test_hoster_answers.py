"""What becomes of an answer that a hoster gave on its own page."""

from typing import Any

import msgspec
import pytest
from hotline_records import ADMISSION, NOW, PARTITIONS

from schemas.closed_lists import AnswerKind, Quarantine, Result
from schemas.codec import ANSWER, OUTCOME, REPORTS_ENTRY
from schemas.identity.partitions import partitions_of
from schemas.records.feedback import HosterAnswer
from schemas.records.hotline import RECORD_BYTES_MAX
from schemas.records.processing import Origin
from schemas.records.reports import OWN_PAGE, AnswerAccepted
from streams.intake.accepted_ids import AcceptedIdIndex
from streams.intake.hoster_answers import judge_answer
from streams.intake.judgement import OF_URL_AND_DAY_MAX, Inbound, Judgement

URL_KEY = "ab" * 16
HOME = partitions_of([b"acme"], PARTITIONS)[0]


def _answer(**changes: Any) -> HosterAnswer:
    said = HosterAnswer(
        id="1f" * 16,
        hoster="acme",
        case_id="2e" * 12,
        url_key=URL_KEY,
        answered_at=NOW - 1_000,
        answer=AnswerKind.DISPUTED,
    )
    return msgspec.structs.replace(said, **changes)


def _stood(
    said: HosterAnswer | bytes, *, offset: int = 0, key: bytes = b"acme", partition: int = HOME
) -> Inbound:
    return Inbound(
        hotline=OWN_PAGE,
        origin=Origin(topic="answers.v1", partition=partition, offset=offset, appended_at=NOW),
        key=key,
        value=said if isinstance(said, bytes) else ANSWER.encode(said),
    )


def _judge(inbound: Inbound, index: AcceptedIdIndex | None = None) -> Judgement:
    return judge_answer(ADMISSION, inbound, index or AcceptedIdIndex())


def _raw(**changes: Any) -> bytes:
    return msgspec.json.encode({**msgspec.json.decode(ANSWER.encode(_answer())), **changes})


def test_an_answer_becomes_an_entry_of_its_url():
    """It says who answered what and when; in the hotline's place stands the page."""
    judged = _judge(_stood(_answer()))
    assert judged.outcome.result is Result.ACCEPTED
    assert OUTCOME.decode(OUTCOME.encode(judged.outcome)) == judged.outcome
    entry = judged.entry
    assert isinstance(entry, AnswerAccepted)
    assert REPORTS_ENTRY.decode(REPORTS_ENTRY.encode(entry)) == entry
    said = (entry.url_key, entry.hotline, entry.recipient, entry.answer, entry.answered_at)
    assert said == (URL_KEY, OWN_PAGE, "acme", AnswerKind.DISPUTED, NOW - 1_000)
    assert entry.received_at == NOW
    assert entry.sealed_ids == ""


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "malformed"),
        (b"\xff", "malformed"),
        (b"[" * 5_000, "malformed"),
        (_raw(answer="accepted"), "malformed"),
        (_raw(url_key="http://a.example/secret"), "malformed"),
        (_raw(url_key=URL_KEY + "\n"), "malformed"),
        (_raw(id="1f" * 16 + "\n"), "malformed"),
        (_raw(case_id="<script>"), "malformed"),
        (_raw(answered_at=-1), "malformed"),
        (_raw(answered_at=NOW + 300_001), "future_time"),
        (_raw(v=2), "unknown_version"),
        (_raw(hoster="other"), "key_mismatch"),
        (_raw(extra="x" * RECORD_BYTES_MAX), "too_large"),
    ],
)
def test_a_hostile_record_is_quarantined_with_a_closed_reason(value, reason):
    """Whoever has the page's password at the broker can write anything: nothing of it goes on."""
    judged = _judge(_stood(value))
    assert judged.entry is None
    assert judged.outcome.result is Result.QUARANTINED
    assert (judged.outcome.reason, judged.outcome.url_key) == (reason, None)
    kept = judged.quarantined
    assert kept is not None
    assert (kept.hotline, kept.reason) == (OWN_PAGE, reason)


def test_a_record_outside_its_partition_is_quarantined():
    """Its twin would lie in another partition, whose owner does not know it."""
    judged = _judge(_stood(_answer(), partition=(HOME + 1) % PARTITIONS))
    assert judged.outcome.reason is Quarantine.KEY_MISMATCH


def test_a_field_that_no_answer_has_is_written_nowhere():
    """Fields of a later version are passed over, whatever stands in them."""
    judged = _judge(_stood(_raw(note="http://a.example/secret")))
    assert judged.entry is not None
    assert b"example" not in REPORTS_ENTRY.encode(judged.entry) + OUTCOME.encode(judged.outcome)


def test_an_answer_counts_once():
    """Sent again it is a duplicate, delivered again the same, with other content a conflict."""
    index = AcceptedIdIndex()
    first = _judge(_stood(_answer()), index)
    index.learn(first.outcome)
    assert _judge(_stood(_answer()), index) == first
    again = _judge(_stood(_answer(), offset=1), index)
    assert (again.outcome.result, again.entry) == (Result.DUPLICATE, None)
    other = _judge(_stood(_answer(answer=AnswerKind.REMOVED), offset=2), index)
    assert (other.outcome.reason, other.entry) == (Quarantine.CONFLICT, None)


def test_a_hoster_says_no_more_of_a_url_in_a_day_than_anybody_may():
    """Each answer brings probes and is kept for ever, so their number is bounded."""
    index = AcceptedIdIndex()
    results = []
    for number in range(OF_URL_AND_DAY_MAX + 2):
        judged = _judge(_stood(_answer(id=f"{number:032x}"), offset=number), index)
        index.learn(judged.outcome)
        results.append(judged.outcome.reason)
    assert results == [None] * OF_URL_AND_DAY_MAX + [Quarantine.TOO_MANY] * 2
    other = _judge(_stood(_answer(id="f" * 32, url_key="cd" * 16), offset=99), index)
    assert other.outcome.result is Result.ACCEPTED
