"""The worked examples of docs/measurement.md are the files of docs/examples, told in words."""

import re

import msgspec
import pytest
from examples import NAMES, ROOT, block, told

from schemas.records.history import History
from schemas.records.history_events import HistoryEvent
from streams.history.tell import HOUR_WIDTH, LINE_WIDTH, given_lines, line, lines, words

DOCUMENT = (ROOT / "docs" / "measurement.md").read_text()
SHOWN = re.findall(r"^\[([0-9a-z-]+)\]\(examples/\1\.json\)$", DOCUMENT, re.MULTILINE)


SEEN_EARLIER = "alpha reports the URL, last seen there at 0.1 h (received at 2 h)"


@pytest.mark.parametrize("name", SHOWN)
def test_a_worked_example_is_what_its_file_says(name):
    """Events and outcome in the document are the history's and its expectation's."""
    assert block(name) in DOCUMENT, "python tests/support/histories/examples.py writes it anew"


def test_there_are_worked_examples():
    """The document leads to examples, each shown once."""
    assert len(SHOWN) == len(set(SHOWN)) > 30


@pytest.mark.parametrize("name", NAMES)
def test_every_event_is_a_line(name):
    """Nothing that a history says is left out, and no line is too long to be read."""
    history = told(name).history
    said = list(lines(history))
    assert len(said) == len(history.events)
    assert all(len(row) <= LINE_WIDTH for one in said for row in one.split("\n"))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"h": 1, "report": {"seen_h": 0.5}}, "alpha reports the URL, last seen there at 0.5 h"),
        (
            {"h": 1, "received_h": 2, "notice": {"basis": "order", "term_h": 12}},
            "alpha's order to acme, term 12 h: delivered (received at 2 h)",
        ),
        (
            {"h": 1, "at": [], "nxdomain": True, "vantage": "north"},
            "the name does not exist for north",
        ),
        (
            {"h": 1, "look": {"age_s": 60}, "controls": "none"},
            "all vantages: online, age_s 60, controls none",
        ),
        ({"h": 1, "look": {"status": 404, "etag": ""}}, "all vantages: status 404, etag none"),
        ({"h": 1, "look": {"error": "timeout"}}, "all vantages: no answer, timeout"),
        ({"h": 1, "look": {"error": "clock"}}, "all vantages: no probe, clock"),
        ({"h": 1.23456, "report": {"seen_h": 0.1}, "received_h": 2.00001}, SEEN_EARLIER),
        ({"h": [1, 2, 3, 4], "look": "gone", "vantage": "north"}, "north: gone, 4 times"),
        (
            {"h": 1, "at": ["acme"], "vantage": "attribution"},
            "the name leads to acme, as resolved for a report",
        ),
        (
            {"h": 1, "at": ["acme"], "contested": ["acme"]},
            "the name leads to acme; a statement of origin contradicts acme",
        ),
        (
            {"h": 1, "at": ["shield"], "behind": ["acme"]},
            "the name leads to shield; the name shows acme behind",
        ),
        (
            {"h": 1, "at": ["acme"], "answered": False},
            "the name leads to acme, which is assumed, for nobody answered",
        ),
        (
            {"h": 1, "look": "gone", "hosters": ["acme", "other"]},
            "all vantages: gone, the name leads to acme, other",
        ),
        ({"h": 1, "look": "gone", "hosters": []}, "all vantages: gone, the name leads to nobody"),
        (
            {"h": 1, "look": "gone", "hosters": [], "nxdomain": True},
            "all vantages: gone, no such name",
        ),
        (
            {"h": 1, "decision": {"what": "exclude", "case": {"owner": "acme"}, "id": "d1"}},
            "s1 and s2 decide: exclude, for case 1 of acme (hosting), called d1",
        ),
        (
            {"h": 1, "decision": {"what": "revoke", "revokes": "d1"}},
            "s1 and s2 decide: revoke, of d1",
        ),
        (
            {"h": 1, "registry": {"hosters": {"acme": {"formerly": ["as1", "as2"]}}}},
            "the registry: acme is a hoster of its own, formerly as1, as2",
        ),
    ],
    ids=str,
)
def test_an_event_in_words(event, expected):
    """What differs from the defaults is said."""
    assert words(msgspec.convert(event, HistoryEvent)) == expected


def test_a_line_keeps_its_columns_however_long_its_parts_are():
    """Hours and words never touch, and what is too long goes on below the words."""
    assert line("100, 100.2, 100.5 h", "online") == "100, 100.2, 100.5 h online"
    first, *more = line("0 h", f"leads to {', '.join(['as64500'] * 30)}").split("\n")
    assert first.startswith(f"0 h{' ' * 15}leads to as64500")
    assert more
    assert all(row.startswith(" " * HOUR_WIDTH) for row in more)
    assert all(len(row) <= LINE_WIDTH for row in (first, *more))


START = {"start": "2026-06-01T00:00:00Z", "events": []}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, []),
        ({"hotlines": {"alpha": {}, "gamma": {}}}, []),
        ({"hotlines": {"alpha": {"assesses": False}}}, ["alpha: assesses no"]),
        (
            {"hotlines": {"alpha": {"mode": "sent_only", "feed_delay_h": 36}}},
            ["alpha: mode sent_only, feed_delay_h 36"],
        ),
        ({"norms": {"nl": [24, 48], "de": [72]}}, ["norms of de: 72 h"]),
        ({"norms": {"nl": [1.5]}}, ["norms of nl: 1.5 h"]),
        ({"vantages": {"south": {"announced": False}}}, ["vantages: south (unannounced)"]),
        (
            {"vantages": {"north": {}, "west": {"announced": False}}},
            ["vantages: north, west (unannounced)"],
        ),
        ({"hosters": {"acme": {"group": "holding"}}}, ["acme: group holding"]),
        ({"hosters": {"shield": {"proxy": True}}}, []),
        ({"hosters": {"acme": {"formerly": ["as1", "as2"]}}}, ["acme: formerly as1 as2"]),
        ({"hosters": {"acme2": {}, "shield": {}}}, ["acme2: group none", "shield: proxy no"]),
    ],
    ids=str,
)
def test_only_what_is_not_usual_is_said(settings, expected):
    """A default is left out, whether it is typed or not."""
    history = msgspec.convert({**START, **settings}, History)
    assert [" ".join(one.split()) for one in given_lines(history)] == [
        f"given {said}" for said in expected
    ]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_with_settings_of_its_own_says_so(name):
    """Two examples with the same events and other outcomes can be told apart."""
    history = told(name).history
    plain = History(start=history.start, events=history.events)
    assert (list(given_lines(history)) == []) == (history == plain)
