"""Laws of what hotlines said: which words are a stay's."""

import pytest
from ledger_events import at, fold, notice, placed, report

from streams.lifecycle.evidence.hosting_spells import hosting_spells
from streams.lifecycle.evidence.hotline_statements import ReportOrNotice, is_to, statements_about


def test_words_are_reports_and_notices_to_the_owner():
    """A notice to somebody else says nothing of the stay; a backdated one counts when it came."""
    state = fold(
        report(0),
        placed(),
        notice(30, recipient="other"),
        notice(1),
        notice(60, received=99, backdated=True, reference="late"),
    )
    (spell,), _ = hosting_spells(state)
    assert statements_about(state, spell) == [
        ReportOrNotice(at(0), at(0)),
        ReportOrNotice(at(1), at(1)),
        ReportOrNotice(at(99), at(99)),
    ]


@pytest.mark.parametrize(
    ("noticed_h", "recipient", "group", "is_its_own"),
    [
        (5, "other", "holding", True),
        (10, "other", "holding", False),  # the former owner's hoster, sold at 10 h
        (12, "holding", "holding", False),
        (12, "acme", "big", True),
        (12, "acme", "holding", True),  # the hotline's registry is an old one
        (12, "stranger", "unknown", False),
        (12, "unknown", "unknown", False),
    ],
)
def test_a_name_that_was_given_up_is_the_owner_s_until_then(
    noticed_h, recipient, group, is_its_own
):
    """A notice counts by the names that the owner had when it was sent (rule 2.2)."""
    told = notice(noticed_h, recipient=recipient, group=group)
    (sent,) = fold(report(0), placed(), told).notices
    owners = frozenset({"acme", "holding", "big"})
    assert is_to(sent, owners, {"holding": at(10)}) is is_its_own
