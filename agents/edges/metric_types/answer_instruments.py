"""The metric of what hosters say on their own pages."""

from typing import Final

from agents.edges.metric_types.declaration import Declared
from schemas.closed_lists import AnswerKind

HOSTER_ANSWERS: Final = Declared(
    name="hostwatch_hoster_answers_recent",
    help="Answers of the last 24 h that hosters gave on their own pages, by what they say.",
    labels=("answer",),
    series_max=str(len(AnswerKind)),
)

ANSWER_INSTRUMENTS: Final = (HOSTER_ANSWERS,)
"""All of them."""
