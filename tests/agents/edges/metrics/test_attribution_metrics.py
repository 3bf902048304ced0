"""What became of a report that was to be placed is one of five things."""

import pytest
from ledger_events import place, placed

from agents.edges.metrics.attribution_metrics import Placed
from agents.edges.metrics.attribution_metrics import placed as counted
from schemas.records.facts import Attribution


def unanswered() -> Attribution:
    return Attribution(url_key="0" * 32, vantage="north", at=0, answered=False)


@pytest.mark.parametrize(
    ("fact", "probing", "said"),
    [
        (placed()[0], True, Placed.HOSTER),
        (placed(0, place("unknown"))[0], True, Placed.UNKNOWN),
        (placed(0, place("unknown"), place("acme"))[0], True, Placed.HOSTER),
        (placed(nxdomain=True)[0], True, Placed.NO_SUCH_NAME),
        (unanswered(), True, Placed.NO_ANSWER),
        (unanswered(), False, Placed.NOT_ASKED),
    ],
)
def test_what_an_attribution_says_of_its_report(fact, probing: bool, said: Placed) -> None:
    """One hoster that is known is enough."""
    assert counted(fact, probing=probing) is said
