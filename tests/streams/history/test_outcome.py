"""What is printed of a history: the form of schemas/contract/history, in hours."""

import json

import msgspec

from schemas.moments import HOUR_MS
from streams.history.judge import decoded

HISTORY = {
    "start": "2026-06-01T00:00:00Z",
    "events": [
        {"h": 0, "report": {"seen_h": 0}},
        {"h": 0, "at": ["acme"]},
        {"h": 1, "notice": {}},
        {"h": [1.1, 2, 4], "look": "online"},
        {"h": [5.2, 5.5, 5.8], "look": "gone"},
    ],
}


def outcome(as_of_h=None, history=HISTORY):
    """Return what is printed."""
    told = decoded(json.dumps(history).encode())
    return json.loads(msgspec.json.encode(told.at(told.as_of(as_of_h))))


def test_only_what_was_known_then_counts():
    """A record appended later is none yet, whatever it tells of."""
    assert outcome(-1) == {"as_of_h": -1.0, "cases": [], "windows_28d": {}}
    assert outcome(0.5)["cases"][0]["class"] == "awaiting"
    assert outcome(4.5)["cases"][0]["class"] == "online"
    assert outcome(5.3)["cases"][0]["class"] == "doubted"
    assert outcome(5.8)["cases"][0]["class"] == "doubted"
    assert outcome(5.801)["cases"][0]["class"] == "removed"


def test_the_default_is_an_hour_after_the_last_event():
    """Of an event that was received later, an hour after that."""
    assert outcome()["as_of_h"] == 6.8
    late = {"h": 5, "received_h": 9, "check": {"what": "absent"}}
    assert outcome(history={**HISTORY, "events": [*HISTORY["events"], late]})["as_of_h"] == 10


def test_the_next_slot_is_the_timetable_s_own():
    """It lies where the timetable says: the case's shift is left out."""
    expected = {0.05: 0.25, 0.6: 0.9, 1.05: 1.25, 3.5: 5.0, 6.8: 8.2}
    assert {h: outcome(h)["cases"][0]["next_look_h"] for h in expected} == expected


def test_hours_survive_any_start():
    """Hours are counted from the start, to the millisecond."""
    told = decoded(json.dumps({**HISTORY, "start": "2026-06-01T02:00:00+02:00"}).encode())
    assert told.as_of(1.5) - told.start_at == 1.5 * HOUR_MS
    assert told.at(told.as_of()) == decoded(json.dumps(HISTORY).encode()).at(told.as_of())
