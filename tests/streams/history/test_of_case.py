"""A case's view is made from what the ledger held by an instant, and of nothing later."""

from examples import told

from streams.history.made_probe import URL_KEY
from streams.history.of_case import case_view


def test_a_case_is_told_as_it_was_at_an_instant() -> None:
    """What came later changes nothing; before the first record there is no case."""
    history = told("04-removal")
    now = history.as_of()
    state = history.state(now)
    assert state is not None
    id = state.cases[0].case_id
    found = case_view(URL_KEY, id, history.happened, now)
    assert found is not None
    assert found.case.gone_at is not None
    assert (found.records, found.as_of) == (len(history.happened), now)
    assert any("R = " in str(change.what) for change in found.changes)
    assert [one.at for one in found.told] == sorted(one.at for one in found.told)
    earlier = history.as_of(3)
    before = case_view(URL_KEY, id, history.happened, earlier)
    assert before is not None
    assert before.case.gone_at is None
    assert all(change.at <= earlier for change in before.changes)
    assert case_view(URL_KEY, id, history.happened, history.start_at - 1) is None
    assert case_view(URL_KEY, "0" * 24, history.happened, now) is None
