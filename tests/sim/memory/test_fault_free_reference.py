"""The reference without faults: a record that an owner lost is noticed by it."""

import random

from calm_world import played

from agents.stages.lifecycle.stage import LifecycleStage


def test_a_lost_record_is_noticed(monkeypatch):
    """An owner that forgets records of a list it was given has other states than its ledger."""
    handle = LifecycleStage.handle

    def forgetful(self, records):
        kept = [one for one in records if random.Random(one.offset).random() > 0.02]
        return handle(self, kept or records)

    monkeypatch.setattr(LifecycleStage, "handle", forgetful)
    result = played()
    assert result.differences
    assert not result.ok
