"""What an event of a history may be."""

import msgspec
import pytest

from schemas.records.history_events import BESIDE, KINDS, HistoryEvent, LookWord

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
        "hosters": ["acme"],
        "contested": SAID["at"],
        "behind": ["acme"],
    }.get(name, True)
    for kind in ("at", "look", "notice"):
        event = {"h": 1, kind: SAID[kind], name: value}
        if kind in BESIDE[name]:
            assert msgspec.convert(event, HistoryEvent)
        else:
            with pytest.raises(msgspec.ValidationError, match="stands beside"):
                msgspec.convert(event, HistoryEvent)


def test_an_event_at_several_hours_has_them_all():
    """A single hour is one of them."""
    assert HistoryEvent(h=1.0, look=LookWord.GONE).hours == (1.0,)
    assert HistoryEvent(h=(1.0, 2.0), look=LookWord.GONE).hours == (1.0, 2.0)
