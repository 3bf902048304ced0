"""A timeline has each instant at which something changes, what, and by which rule."""

import json

import msgspec
import pytest
from examples import FOLDER, NAMES, told

from streams.history.judge import decoded
from streams.history.outcome import case_outcomes
from streams.history.timeline import changes, hours


def shown(name, until_h=None):
    """Return the changes of an example: hour, what, rule."""
    history = told(name)
    as_of = history.as_of(until_h)
    return [
        (hours(one.at, history.start_at), str(one.what), one.rule)
        for one in changes(history, as_of)
    ]


def test_a_removal_is_told_step_by_step():
    """Opening, notice, sightings, doubt, removal, verdicts."""
    told_so = shown("04-removal")
    assert ("0 h", "the case opens, as of 0 h", "1.2") in told_so
    assert ("1 h", "noticed at 1 h (delivered)", "2.1") in told_so
    assert ("4.001 h", "L = 4 h (probe)", "4.5") in told_so
    whats = [what for _, what, _ in told_so]
    assert (
        whats.index("class doubted")
        < whats.index("class removed")
        < whats.index("R = 5.2 h (probe)")
    )
    assert "within 24 h: in_time" in whats


def test_what_was_not_known_yet_is_not_told():
    """A timeline ends at the instant it is asked for."""
    assert not any("R =" in what for _, what, _ in shown("04-removal", 5))


def test_time_alone_changes_a_class():
    """A case expires at its instant, without an event."""
    told_so = [(when, what) for when, what, _ in shown("06-report-after-expiry", 9700)]
    assert ("9601 h", "class expired") in told_so


@pytest.mark.parametrize(
    ("name", "outcome", "rules"),
    [
        ("04-removal", "removed", ["4.1"]),
        ("04-check-sets-an-end-alone", "removed", ["4.14"]),
        ("04-grade-of-a-source", "removed", ["4.14"]),
        ("08-first-end-that-nobody-saw-before", "removed", ["8.4"]),
        ("04-suspect", "suspect", ["4.6"]),
        ("04-check-against-probes", "suspect", ["4.14"]),
        ("04-doubt-ends", "unavailable", ["4.10"]),
        ("05-blocked", "unavailable", ["5.1"]),
        ("04-check-after-a-confirmed-removal", "removed", ["4.1", "4.1"]),
        ("01-a-move-takes-24-hours", "moved", ["1.3"]),
        ("01-two-cases-that-a-group-joins", "moved", ["1.6"]),
        ("12-newest-statement-of-origin", "moved", ["12.4"]),
    ],
)
def test_a_class_is_told_with_the_rule_that_decided_it(name, outcome, rules):
    """One class comes by several rules: by probes, by a check, by time alone."""
    assert [rule for _, what, rule in shown(name) if what == f"class {outcome}"] == rules


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("06-void", "6.1"),
        ("06-void-by-a-sighting-that-others-contradict", "6.1"),
        ("06-seen-by-one-after-a-day", "6.2"),
        ("06-return-on-day-4", "6.2"),
    ],
)
def test_an_end_that_is_no_more_is_told_with_its_rule(name, rule):
    """It is void within a day of R; later it stands for the norms, and the case is open again."""
    assert [one for _, what, one in shown(name) if what == "no R any more"] == [rule]


def test_a_decision_that_names_another_hoster_is_told_with_its_rule():
    """Of two cases that so become one hoster's, the later one ends by it too."""
    raw = json.loads((FOLDER / "01-two-cases-that-a-group-joins.json").read_bytes())
    (registry,) = [event for event in raw["events"] if "registry" in event]
    del registry["registry"]
    registry["decision"] = {"what": "reattribute", "to": "other", "by": ["s1", "s2"]}
    history = decoded(json.dumps(raw).encode())
    found = {str(one.what): one.rule for one in changes(history, history.as_of(None))}
    assert found["is the case of acme under another name"] == found["class moved"] == "12.6"


@pytest.mark.parametrize(("checked_h", "rule"), [(20, "6.1"), (100, "6.2")])
def test_a_check_that_finds_it_again_is_a_sighting_like_any_other(checked_h, rule):
    """A removal ends by what was seen after it, whoever saw it."""
    raw = json.loads((FOLDER / "04-removal.json").read_bytes())
    raw["events"].append({"h": checked_h, "check": {"what": "present", "person": "p1"}})
    history = decoded(json.dumps(raw).encode())
    found = changes(history, history.as_of(None))
    assert [one.rule for one in found if str(one.what) == "no R any more"] == [rule]


@pytest.mark.parametrize("name", NAMES)
def test_the_last_change_leaves_what_the_outcome_says(name):
    """Told step by step, stored in between, the end is that of one fold."""
    history = told(name)
    as_of = history.as_of()
    last = {one.case: one for one in changes(history, as_of)}
    ends = case_outcomes(history.state(as_of), history.start_at, as_of).values()
    assert last.keys() >= {
        case.hoster if case.role == "hosting" else f"{case.hoster} ({case.role})" for case in ends
    }
    instants = [one.at for one in changes(history, as_of)]
    assert instants == sorted(instants)
    assert msgspec.json.encode(history.at(as_of))
