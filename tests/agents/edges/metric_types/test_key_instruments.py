"""Metrics of keys say months and counts, and no key."""

from agents.edges.metric_types.key_instruments import KEY_INSTRUMENTS


def test_no_key_and_no_person_is_a_label() -> None:
    """One series each."""
    assert [one.labels for one in KEY_INSTRUMENTS] == [()] * len(KEY_INSTRUMENTS)
    assert {one.series_max for one in KEY_INSTRUMENTS} == {"1"}
