"""Every example of docs/examples comes to what stands beside it."""

import json

import jsonschema
import pytest
from examples import (
    FOLDER,
    NAMES,
    NOT_YET_SECOND,
    ROOT,
    differences,
    expectations,
    not_yet,
    wrong,
    wrong_second,
)


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
def test_an_example_fits_the_schema(name):
    """A reader in another language takes every example."""
    schema = json.loads((ROOT / "schemas/contract/history/v1/schema.json").read_bytes())
    history = json.loads((FOLDER / f"{name}.json").read_bytes())
    jsonschema.validate(history, schema, jsonschema.Draft202012Validator)


def test_what_is_listed_exists():
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
