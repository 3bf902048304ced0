"""What a run of the demo writes as JSON: the promised keys."""

import json

import pytest
from perfect_pipeline import evidence, judged

from schemas.moments import DAY_MS
from sim.demo.summary import as_json
from sim.world.behaviour import Behaviour
from sim.world.hosters import REPORTED
from sim.world.world import WORLD_START, Plan, World

AS_OF = WORLD_START + 5 * DAY_MS


@pytest.fixture(scope="module")
def world():
    return World(Plan(seed=11, port=18_080))


@pytest.fixture(scope="module")
def whole(world):
    return evidence(world, AS_OF)


def test_the_result_has_the_promised_keys(world, whole):
    """A script finds the keys it was promised, and quarantine reasons add up."""
    result = json.loads(as_json(judged(world, whole)))
    assert list(result) == [
        "accepted",
        "duplicate",
        "quarantined",
        "unaccounted",
        "wrong_intervals",
        "hosters",
        "gains",
        "ok",
    ]
    keys = {"reported", "open", "overdue", "removed", "median_s", "share_24h"}
    keys |= {"unseen", "hidden", "back", "found_out"}
    assert len(result["hosters"]) == len(result["gains"]) == len(REPORTED)
    for balance in result["gains"]:
        assert list(balance) == ["id", "behaviour", "gained", "awaiting_recheck", "grounds"]
        assert balance["gained"] is False
    shares = []
    for line in result["hosters"]:
        assert list(line) == ["id", "behaviour", "measured", "truth"]
        assert line["behaviour"] in set(Behaviour)
        assert set(line["measured"]) == set(line["truth"]) == keys
        shares.append(line["truth"]["share_24h"])
    assert {len(share) for share in shares if share is not None} == {2}
    events = world.events(WORLD_START - 1, AS_OF)
    total = result["accepted"] + result["duplicate"] + sum(result["quarantined"].values())
    assert total == len(events)
    assert result["ok"] is True
