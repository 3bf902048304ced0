"""Whether a dispute is open."""

from ledger_events import answer, at, decision, fold, placed, report
from msgspec.structs import replace

from streams.views.disputes import disputed_since

OWNERS = ("acme",)


def disputed(hours, what="disputed", **said):
    """Return an answer that disputes."""
    record, received_at = answer(hours, **said)
    return replace(record, answer=what), received_at


def since(*happened, case_id="case"):
    """Return since when a dispute of the URL is open."""
    state = fold(report(seen=0), placed(), *happened)
    return disputed_since(state, case_id, OWNERS)


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
    closed = decision(4, "accept_dispute", case_id="another")
    assert since(disputed(2), closed) == at(2)
    assert since(disputed(2), closed, case_id="another") is None
