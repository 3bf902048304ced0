"""Laws of what hotlines said: which words are a stay's."""

from ledger_events import at, fold, notice, placed, report

from streams.lifecycle.evidence.hosting_spells import hosting_spells
from streams.lifecycle.evidence.hotline_statements import ReportOrNotice, statements_about


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
