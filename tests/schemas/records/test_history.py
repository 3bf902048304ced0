"""The form of a history: what is left out."""

import msgspec

from schemas.records.history import History


def test_what_is_left_out_has_its_default():
    """Four hosters, two hotlines, two norms and two vantages."""
    history = msgspec.convert({"start": "2026-06-01T00:00:00Z", "events": []}, History)
    assert sorted(history.hosters) == ["acme", "acme2", "other", "shield"]
    assert sorted(history.hotlines) == ["alpha", "beta"]
    assert history.norms == {"nl": (24.0, 48.0)}
    assert [v.announced for v in history.vantages.values()] == [True, False]
