"""What /metrics says of hosters' answers."""

from prometheus_client import CollectorRegistry, generate_latest

from agents.edges.metrics.answer_metrics import AnswerCollector
from schemas.closed_lists import AnswerKind


def test_every_kind_of_answer_is_told_at_nought_too() -> None:
    """An alert needs a 0 to be over; a process that reads no answers says nothing."""
    registry = CollectorRegistry()
    registry.register(AnswerCollector(lambda: {AnswerKind.DISPUTED: 2}))
    registry.register(AnswerCollector(None))
    said = [line for line in generate_latest(registry).decode().splitlines() if line[0] != "#"]
    assert sorted(said) == [
        'hostwatch_hoster_answers_recent{answer="disputed"} 2.0',
        'hostwatch_hoster_answers_recent{answer="not_ours"} 0.0',
        'hostwatch_hoster_answers_recent{answer="refused"} 0.0',
        'hostwatch_hoster_answers_recent{answer="removed"} 0.0',
    ]
