"""The worked examples of docs/measurement.md are the files of docs/examples, told in words."""

import re

import msgspec
import pytest
from examples import NAMES, ROOT, block, told

from schemas.records.history_events import HistoryEvent
from streams.history.tell import HOUR_WIDTH, LINE_WIDTH, line, lines, words

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
