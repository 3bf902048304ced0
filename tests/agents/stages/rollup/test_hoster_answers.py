"""Laws of what is kept of hosters' answers."""

import pytest

from agents.engine.stage import Received
from agents.stages.rollup.hoster_answers import KEPT_MAX, HosterAnswers
from schemas.closed_lists import AnswerKind
from schemas.codec import ANSWER
from schemas.moments import DAY_MS
from schemas.records.feedback import HosterAnswer


def record(number: int, hoster: str = "acme") -> Received:
    said = HosterAnswer(
        id=f"{number:032x}",
        hoster=hoster,
        case_id=f"{number:024x}",
        url_key=f"{number:032x}",
        answered_at=number,
        answer=AnswerKind.DISPUTED,
    )
    return Received("answers.v1", 0, number, number, hoster.encode(), ANSWER.encode(said))


def test_answers_are_kept_once_newest_first_and_so_many() -> None:
    """A record that stands there twice is one answer; no hoster fills the memory."""
    held = HosterAnswers()
    for number in (*range(KEPT_MAX + 5), KEPT_MAX + 4):
        held.take(record(number))
    found = held.of("acme")
    assert [one.answered_at for one in found] == list(range(KEPT_MAX + 4, 4, -1))
    assert held.of("other") == []


@pytest.mark.parametrize("value", [None, b"", b"{}", b"\xff", b'{"v": 2}'])
def test_what_is_no_answer_is_passed_over(value: bytes | None) -> None:
    """A tombstone, another version or nonsense stops nothing, and the next answer is shown."""
    held = HosterAnswers()
    held.take(Received("answers.v1", 0, 1, 1, b"acme", value))
    held.take(record(2))
    assert [one.answered_at for one in held.of("acme")] == [2]


def test_answers_of_the_last_day_are_counted_by_what_they_say() -> None:
    """What is older counts no more."""
    held = HosterAnswers()
    for number, hoster in ((1, "a"), (2, "b"), (DAY_MS, "a")):
        held.take(record(number, hoster))
    assert held.recent(DAY_MS) == {AnswerKind.DISPUTED: 3}
    assert held.recent(DAY_MS + 2) == {AnswerKind.DISPUTED: 1}
    assert held.recent(3 * DAY_MS) == {}
