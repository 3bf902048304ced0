"""What the HTTP intake says of what it tells hotlines."""

from collections import Counter

from agents.edges.intake_http.feedback.operations import Served
from agents.edges.metrics.intake_metrics import exposition
from agents.edges.metrics.result_metrics import ResultCollector
from agents.edges.metrics.told_metrics import FEEDBACK_ANSWERS, CurrentCollector


def test_every_answer_is_counted_at_0_too() -> None:
    """A rate of one that never came is 0, and no gap."""
    served = Counter({Served.RECORD: 3})
    text = exposition(
        ResultCollector(FEEDBACK_ANSWERS, Served, lambda: served), CurrentCollector(lambda: False)
    )
    assert 'hostwatch_intake_feedback_answers_total{result="record"} 3.0' in text
    assert text.count("hostwatch_intake_feedback_answers_total{") == len(Served)
    assert FEEDBACK_ANSWERS.series_max == str(len(Served))
    assert "hostwatch_intake_feedback_current 0.0" in text
