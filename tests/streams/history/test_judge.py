"""Every example of docs/examples comes to what stands beside it."""

import json

import jsonschema
import pytest
from drawn_histories import histories
from examples import (
    FOLDER,
    NAMES,
    NOT_YET_SECOND,
    ROOT,
    differences,
    expectations,
    not_yet,
    told,
    wrong,
    wrong_second,
)
from hypothesis import HealthCheck, given, settings
from law_examples import examples

from agents.tools.judge import second_reading
from streams.history.from_ledger import history_of
from streams.history.judge import decoded
from streams.history.shuffle import disagreeing
from streams.history.timeline import changes


@pytest.mark.parametrize("name", NAMES)
def test_an_example_comes_to_what_is_expected(name):
    """What is judged is what the contract says; one that is listed as not yet so must not be."""
    found = wrong(name)
    if name in not_yet():
        assert found, f"{name} holds now: take it out of not_yet.txt"
    else:
        assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_the_second_program_expects_the_same(name):
    """Read from the contract alone, the same follows; what is listed as not yet so must not."""
    found = wrong_second(name)
    if name in not_yet(NOT_YET_SECOND):
        assert found, f"{name} holds now: take it out of not_yet_second.txt"
    else:
        assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_the_second_program_agrees_in_every_value(name):
    """Also in what the example expects nothing of, the grades of L and R with it."""
    history = told(name)
    assert second_reading(history, history.as_of()) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_example_fits_the_schema(name):
    """A reader in another language takes every example."""
    schema = json.loads((ROOT / "schemas/contract/history/v1/schema.json").read_bytes())
    history = json.loads((FOLDER / f"{name}.json").read_bytes())
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(history)) == []


def test_each_listed_example_exists():
    """A line of the list names an example."""
    assert not_yet() | not_yet(NOT_YET_SECOND) <= set(NAMES)


def test_every_example_has_its_expectation():
    """No history stands there of which nothing is expected, and none is expected of nothing."""
    expected = {file.name.removesuffix(".expect.json") for file in FOLDER.glob("*.expect.json")}
    assert set(NAMES) == expected
    assert all(expectations(name) for name in NAMES)


def test_the_comparison_sees_a_difference():
    """An outcome that lacks a case, or says otherwise, is not what is expected."""
    assert differences({"cases": [{"class": "removed"}]}, {"cases": []})
    assert differences({"cases": [{"class": "removed"}]}, {"cases": [{"class": "online"}]})
    assert differences({"flags": []}, {"flags": ["split"]})
    assert not differences({"cases": [{"class": "a"}]}, {"cases": [{"class": "a", "l_h": 1}]})


@settings(max_examples=examples(120), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_whatever_a_person_types_is_judged(history):
    """A history of the form has an outcome and a timeline, in every order of its records; written
    back from its records it is one again.
    """
    told = decoded(json.dumps(history).encode())
    as_of = told.as_of()
    assert told.at(as_of).as_of_h == round((as_of - told.start_at) / 3_600_000, 3)
    assert all(one.at <= as_of for one in changes(told, as_of))
    assert disagreeing(told.happened, 3) == []
    if any("report" in event for event in history["events"]):
        written = decoded(json.dumps(history_of(told.happened)).encode())
        assert isinstance(written.at(as_of).cases, tuple)
