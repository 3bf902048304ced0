"""The form of a history: what an event may be, and what is left out."""

import msgspec
import pytest

from schemas.records.history import BESIDE, KINDS, History, HistoryEvent, LookWord

SAID = {
    "report": {},
    "notice": {},
    "withdrawal": {},
    "check": {"what": "present"},
    "answer": {"says": "removed"},
    "decision": {"what": "exclude"},
    "at": ["acme"],
    "registry": {"hosters": {}},
    "vantages": ["north"],
    "look": "online",
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_is_of_one_kind(kind):
    """Each kind can be said alone, and none together with another one."""
    assert msgspec.convert({"h": 1, kind: SAID[kind]}, HistoryEvent).kind == kind
    other = next(one for one in KINDS if one != kind)
    with pytest.raises(msgspec.ValidationError, match="exactly one"):
        msgspec.convert({"h": 1, kind: SAID[kind], other: SAID[other]}, HistoryEvent)


@pytest.mark.parametrize("name", BESIDE)
def test_what_stands_beside_a_kind_stands_beside_no_other(name):
    """A field that another kind of event has is refused, not passed over."""
    value = {
        "origin": ["acme"],
        "addresses": ["a"],
        "controls": "same",
        "vantage": "north",
        "hotline": "alpha",
        "hoster": "acme",
    }.get(name, True)
    for kind in ("at", "look", "notice"):
        event = {"h": 1, kind: SAID[kind], name: value}
        if kind in BESIDE[name]:
            assert msgspec.convert(event, HistoryEvent)
        else:
            with pytest.raises(msgspec.ValidationError, match="stands beside"):
                msgspec.convert(event, HistoryEvent)


def test_what_is_left_out_has_its_default():
    """Four hosters, two hotlines, two norms and two vantages."""
    history = msgspec.convert({"start": "2026-06-01T00:00:00Z", "events": []}, History)
    assert sorted(history.hosters) == ["acme", "acme2", "other", "shield"]
    assert sorted(history.hotlines) == ["alpha", "beta"]
    assert history.norms == {"nl": (24.0, 48.0)}
    assert [v.announced for v in history.vantages.values()] == [True, False]


def test_an_event_at_several_hours_has_them_all():
    """A single hour is one of them."""
    assert HistoryEvent(h=1.0, look=LookWord.GONE).hours == (1.0,)
    assert HistoryEvent(h=(1.0, 2.0), look=LookWord.GONE).hours == (1.0, 2.0)
