"""What a probe came to as a fact: who probed, what for, and nothing of an answer at no time."""

import pytest

from agents.config import VantageSettings
from agents.edges.http_probe.probe import Probed
from agents.stages.probe.observation import ProbeOrigin, at_no_time, observed
from schemas.closed_lists import ProbeError, Target
from schemas.records.facts import Facts
from schemas.records.processing import ProbeOrder

ORDER = ProbeOrder(
    order_id="o",
    url_key="0" * 32,
    case_id="c",
    hoster="acme",
    vantage="north",
    target=Target.MADE_UP_PATH,
    slot_at=5,
    not_before=5,
    not_after=9,
    asked=("north", "south"),
    sealed="",
)
SEEN = Probed(facts=Facts(status=404, requests=2, bytes=150), sent_at=6, done_at=8)
SOUTH = VantageSettings(id="south", announced=False, asn=64_500)


def test_it_says_who_probed_and_what_for() -> None:
    """By the order, and by the vantage that carried it out."""
    fact = observed(ORDER, SEEN, ProbeOrigin(SOUTH, canary_ok=False), key="k")
    assert (fact.order_id, fact.target, fact.asked) == (
        "o",
        Target.MADE_UP_PATH,
        ("north", "south"),
    )
    assert (fact.vantage, fact.announced, fact.asn, fact.canary_ok) == (
        "south",
        False,
        64_500,
        False,
    )
    assert (fact.slot_at, fact.sent_at, fact.done_at) == (5, 6, 8)
    assert (fact.facts, fact.address_key) == (SEEN.facts, "k")


def test_without_a_place_nothing_is_said_of_where_the_name_leads() -> None:
    """It came to nothing before one was found."""
    fact = observed(ORDER, SEEN, ProbeOrigin(SOUTH, canary_ok=True))
    assert (fact.hosters, fact.nxdomain, fact.old_address) == ((), False, False)


def test_at_no_known_time_nothing_is_said_of_the_content() -> None:
    """That it asked, and how much, stays on record."""
    found = at_no_time(SEEN, 3)
    assert found.facts == Facts(error=ProbeError.CLOCK, requests=2, bytes=150)
    assert (found.sent_at, found.done_at) == (3, 3)


@pytest.mark.parametrize("secret", ["10.0.0.1", "/path"])
def test_what_a_probe_brought_shows_no_address(secret: str) -> None:
    """It may be printed in a log of errors."""
    seen = Probed(facts=Facts(status=200), address=secret, sent_at=1, done_at=2)
    assert secret not in repr(seen)
