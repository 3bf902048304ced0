"""Probes of a history become observations with the identities that probers would give them."""

from examples import told

from schemas.closed_lists import Target
from schemas.records.facts import Observation
from streams.history.made_probe import URL_KEY


def test_observations_of_a_history_are_told_apart():
    """One for each vantage, hour and target; all are of the one URL, which nothing names."""
    made = [one for one, _ in told("04-removal").happened if isinstance(one, Observation)]
    assert {one.url_key for one in made} == {URL_KEY}
    assert len({one.order_id for one in made}) == len(made)
    assert {one.target for one in made} == {Target.URL, Target.MADE_UP_PATH, Target.ROOT}
    assert all(one.slot_at == one.sent_at == one.done_at for one in made)
    assert len({one.asn for one in made}) == len({one.vantage for one in made}) > 1
