"""The metric of hosters' answers has a series for each thing that they may say."""

from agents.edges.metric_types.answer_instruments import ANSWER_INSTRUMENTS, HOSTER_ANSWERS
from schemas.closed_lists import AnswerKind


def test_there_is_a_series_for_each_kind_of_answer() -> None:
    """And for no hoster: its id is told by the pages alone."""
    assert HOSTER_ANSWERS in ANSWER_INSTRUMENTS
    assert HOSTER_ANSWERS.labels == ("answer",)
    assert int(HOSTER_ANSWERS.series_max) == len(AnswerKind)
