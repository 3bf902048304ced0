"""A history that is wrong is refused in one line that names the place and what there is."""

import json

import pytest

from streams.history.read import BYTES_MAX, HAPPENINGS_MAX, BadHistory, read

START = {"start": "2026-06-01T00:00:00Z"}


def refusal(*events, **parts):
    """Return what is said of a history with these events."""
    with pytest.raises(BadHistory) as refused:
        read(json.dumps({**START, **parts, "events": list(events)}).encode())
    return str(refused.value)


@pytest.mark.parametrize(
    ("event", "parts"),
    [
        ({"h": 1, "look": "onlin"}, ("events[1].look", "did you mean online?", "gone_soft")),
        ({"h": 1, "notice": {"resutl": "sent"}}, ("events[1].notice", "did you mean result?")),
        ({"h": 1, "notice": {"result": "sen"}}, ("events[1].notice.result", "did you mean sent?")),
        ({"h": 1, "notice": {"to": "acmee"}}, ("events[1].notice.to", "did you mean acme?")),
        ({"h": 1, "report": {"hotline": "alfa"}}, ("events[1].report", "did you mean alpha?")),
        ({"h": 1, "at": ["shiel"]}, ("events[1].at", "did you mean shield?")),
        ({"h": 1, "look": "gone", "vantage": "nort"}, ("vantage", "did you mean north?")),
        ({"h": 1, "look": {"status": "200"}}, ("events[1].look.status", "Expected `int`")),
        ({"h": 1, "loook": "gone"}, ("events[1]", "did you mean look?")),
        ({"h": 1, "look": "gone", "at": ["acme"]}, ("events[1]", "exactly one of")),
        ({"h": 1, "at": ["acme"], "controls": "same"}, ("events[1]", "stands beside look only")),
        ({"look": "gone"}, ("events[1]", "`h`")),
        ({"h": [], "look": "gone"}, ("events[1].h", "length")),
        ({"h": 1, "notice": {"term_h": 2}}, ("events[1].notice", "order")),
        ({"h": 1, "decision": {"what": "exclude", "by": ["a", "a"]}}, ("two different names",)),
        ({"h": 1, "decision": {"what": "reattribute"}}, ("events[1].decision", "to names")),
        ({"h": 2, "received_h": 1, "look": "gone"}, ("events[1]", "received_h is before h")),
        ({"h": 1, "at": ["acme"], "addresses": ["a", "b"]}, ("events[1]", "one address for each")),
        ({"h": 1, "vantages": ["norht"]}, ("events[1].vantages", "did you mean north?")),
        ({"h": 1, "at": ["acme"], "contested": ["other"]}, ("events[1]", "hosters of at only")),
        ({"h": 1, "at": ["acme"], "behind": ["othr"]}, ("at behind", "did you mean other?")),
        ({"h": 1, "look": "gone", "hosters": ["othr"]}, ("look hosters", "did you mean other?")),
        ({"h": 1, "look": "gone", "answered": False}, ("events[1]", "stands beside at only")),
        ({"h": 1, "look": "gone", "vantage": "attribution"}, ("there is no attribution",)),
        (
            {"h": 1, "decision": {"what": "exclude", "case": {"owner": "acmee"}}},
            ("events[1].decision.case.owner", "did you mean acme?"),
        ),
        (
            {"h": 1, "decision": {"what": "exclude", "case": {"owner": "acme", "number": 0}}},
            ("events[1].decision.case.number", ">= 1"),
        ),
        (
            {"h": 1, "decision": {"what": "revoke", "revokes": "d1"}},
            ("events[1].decision.revokes", "there is no d1"),
        ),
        ({"h": 1, "decision": {"what": "exclude", "revokes": "d1"}}, ("in a revoke only",)),
    ],
    ids=str,
)
def test_a_wrong_event_is_named_with_what_there_is(event, parts):
    """The line has the number of the event, the field, the nearest match and what is allowed."""
    said = refusal({"h": 0, "at": ["acme"]}, event)
    assert "\n" not in said
    assert [part for part in parts if part not in said] == []


def test_a_jurisdiction_without_norms_is_named():
    """A hotline's norms have to be given."""
    said = refusal(hotlines={"alpha": {"jurisdiction": "n"}})
    assert "hotlines.alpha.jurisdiction" in said
    assert "did you mean nl?" in said


@pytest.mark.parametrize("raw", [b"{", b"[]", b"\xff", b"", b"[" * 100_000])
def test_what_is_no_history_is_refused(raw):
    """Text that is no JSON object ends in the one error of this module."""
    with pytest.raises(BadHistory):
        read(raw)


def test_a_history_has_bounds():
    """A file that no person typed is refused before anything is made of it."""
    with pytest.raises(BadHistory, match="larger"):
        read(b" " * (BYTES_MAX + 1))
    assert "at most" in refusal(
        {"h": [0.001 * n for n in range(HAPPENINGS_MAX + 1)], "look": "online"}
    )


def test_networks_are_known_hosters():
    """`as<number>` needs no entry."""
    assert read(json.dumps({**START, "events": [{"h": 0, "at": ["as64500"]}]}).encode()).events


def test_an_owner_of_a_case_may_be_a_group():
    """Its cases are named by that, also if no hoster has the name; so are two of no hoster."""
    hosters = {"acme": {"group": "holding"}}
    changed = {"h": 5, "registry": {"hosters": {"acme": {"group": "buyer"}}}}
    for owner in ("holding", "buyer", "unknown", "overflow", "as64500"):
        decided = {"h": 1, "decision": {"what": "exclude", "case": {"owner": owner}}}
        raw = json.dumps({**START, "hosters": hosters, "events": [changed, decided]})
        assert read(raw.encode()).events
