"""Whether a dispute is open."""

import pytest
from ledger_events import NORTH, SOUTH, answer, at, decision, fold, place, placed, report
from msgspec.structs import replace

from streams.views.disputes import disputed_since


def disputed(hours, what="disputed", **said):
    """Return an answer that disputes."""
    record, received_at = answer(hours, **said)
    return replace(record, answer=what), received_at


def since(*happened, first=()):
    """Return since when a dispute of the URL's only case is open."""
    state = fold(report(seen=0), first or placed(), *happened)
    (case,) = state.cases
    return disputed_since(state, case)


def test_a_dispute_is_open_until_two_persons_decided_about_it() -> None:
    """From the first answer that disputes; another one after the decision opens it again."""
    assert since() is since(disputed(2, "removed")) is None
    assert since(disputed(3), disputed(2, "not_ours")) == at(2)
    for action in ("accept_dispute", "reject_dispute"):
        assert since(disputed(2), decision(4, action)) is None
        assert since(disputed(2), decision(4, action), disputed(6)) == at(6)
    assert since(disputed(2), decision(4, "exclude")) == at(2)


def test_nobody_disputes_for_another() -> None:
    """Another hoster's answer, and a decision about another case, change nothing."""
    assert since(disputed(2, recipient="other")) is None
    assert since(disputed(2), decision(4, "accept_dispute", case_id="another")) == at(2)
    mine = fold(report(seen=0), placed()).cases[0].case_id
    assert since(disputed(2), decision(4, "accept_dispute", case_id=mine)) is None


def resolved(*places):
    """Return resolutions by two vantages, so that all have seen it there."""
    return [placed(31 + n / 10, *places, vantage=one) for n, one in enumerate((NORTH, SOUTH) * 2)]


RENAMED = {
    "a network gets a name": (
        place("as64500"),
        resolved(place("acme", formerly=("as64500",))),
        "as64500",
    ),
    "a group gets another name": (
        place("acme", group="old"),
        resolved(place("acme", group="new", formerly=("old",))),
        "old",
    ),
    "a hoster joins a group": (
        place("acme"),
        resolved(place("acme", group="holding")),
        "acme",
    ),
    "the URL moves inside a group": (
        place("sister", group="holding"),
        resolved(place("acme", group="holding")),
        "sister",
    ),
    "its second hoster answers": (
        place("sister", group="holding"),
        resolved(place("acme", group="holding")),
        "acme",
    ),
}


@pytest.mark.parametrize("how", RENAMED)
def test_a_dispute_stays_open_under_another_name(how) -> None:
    """Who disputed it goes on as the owner; a decision alone closes it."""
    first, then, who = RENAMED[how]
    answered = disputed(20, recipient=who)
    assert since(answered, *then, first=placed(0, first)) == at(20)
    closed = decision(40, "reject_dispute")
    assert since(answered, *then, closed, first=placed(0, first)) is None


def test_who_was_given_the_case_by_a_decision_has_not_disputed_it() -> None:
    """The dispute of whom it was taken from was its own."""
    given = decision(22, "reattribute", hoster="other", group="other")
    assert since(disputed(20, "not_ours"), given) is None
    assert since(disputed(23, recipient="other"), given) == at(23)
