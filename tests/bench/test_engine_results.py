"""The file of results: what a run keeps of the one before."""

import json

import pytest
from race import Failed
from results import Results

MEASURED = {"engine-tx": {"runs": [1]}, "quix": {"runs": [], "reason": "exit 1"}}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "engine.json"


def left_by(file, *, finished, mode="full"):
    content = {"mode": mode, "finished": finished, "race": MEASURED, "kill": {"engine": {}}}
    file.write_text(json.dumps(content))


def taken_up(file, only=(), *, quick=False):
    results = Results(file, only, quick=quick)
    results.take_up()
    return results


def test_an_interrupted_run_goes_on_and_tries_again_what_failed(file):
    """Figures that are there are not measured again; a failure is no figure."""
    left_by(file, finished=False)
    found = taken_up(file).found
    assert found["race"] == {"engine-tx": {"runs": [1]}}
    assert found["kill"] == {"engine": {}}


def test_a_finished_run_is_followed_by_a_new_one(file):
    """The same command after a whole run measures everything again."""
    left_by(file, finished=True)
    assert taken_up(file).found["race"] == {}


def test_a_quick_run_takes_nothing_from_a_full_one(file):
    """Figures of one round never stand among medians of five."""
    left_by(file, finished=False)
    assert taken_up(file, quick=True).found["race"] == {}


def test_what_is_named_is_measured_anew_and_the_rest_is_kept(file):
    """`engine` names both engines; a part alone names everyone in it."""
    left_by(file, finished=True)
    found = taken_up(file, ["engine"]).found
    assert "engine-tx" not in found["race"]
    assert found["kill"] == {}
    left_by(file, finished=True)
    found = taken_up(file, ["kill"]).found
    assert found["race"] == {"engine-tx": {"runs": [1]}}
    assert found["kill"] == {}


async def test_a_failure_is_noted_with_its_reason_and_the_bench_goes_on(file):
    """What cannot be measured is a reason in the file and null in the last line."""

    async def fails():
        raise Failed("exit 1: no such thing")

    results = taken_up(file)
    await results.measure("kill", "quix", fails)
    assert json.loads(file.read_text())["kill"]["quix"] == {"reason": "exit 1: no such thing"}


async def test_each_figure_is_in_the_file_as_soon_as_it_is_known(file):
    """A bench that is killed loses no figure, and none is measured twice."""

    async def works():
        return {"lost": 0}

    results = taken_up(file)
    await results.measure("kill", "quix", works)
    assert json.loads(file.read_text())["kill"]["quix"] == {"lost": 0}

    async def must_not_run():
        raise AssertionError

    await results.measure("kill", "quix", must_not_run)
