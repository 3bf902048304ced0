"""The file of results of the scaling bench: what a run keeps of the one before."""

import json

import pytest
from race import Failed
from scaling_results import Results, machine

POINTS = {"p1-w1": {"worker_us": 1.0}, "p4-w1": {"reason": "exit 1"}}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "scaling.json"


def taken_up(file, only=(), *, finished=False, where=None):
    content = {"machine": where or machine(), "finished": finished, "pipeline": POINTS}
    file.write_text(json.dumps(content))
    results = Results(file, only)
    results.take_up()
    return results


def test_an_interrupted_run_goes_on_and_tries_again_what_failed(file):
    """Points that are there are not measured again; a failure is no figure."""
    results = taken_up(file)
    assert set(results.found["pipeline"]) == {"p1-w1"}
    assert results.missing("pipeline", "p4-w1")
    assert not results.missing("pipeline", "p1-w1")


def test_a_finished_run_is_followed_by_a_new_one(file):
    """The same command after a whole run measures everything again."""
    assert taken_up(file, finished=True).found["pipeline"] == {}


def test_figures_of_another_machine_are_not_mixed_in(file):
    """A file that was measured elsewhere is begun anew, whatever is named."""
    assert taken_up(file, ["p4-w1"], where={"cpus": 0}).found["pipeline"] == {}


def test_what_is_named_is_measured_anew_and_the_rest_is_kept(file):
    """A point by its name, or a part with all of its points."""
    results = taken_up(file, ["p1-w1"], finished=True)
    assert results.missing("pipeline", "p1-w1")
    assert not results.missing("cases", "c10000")
    assert set(taken_up(file, ["cases"], finished=True).found["pipeline"]) == {"p1-w1"}


async def test_a_failure_is_noted_with_its_reason_and_the_bench_goes_on(file):
    """One point without a figure does not cost the others theirs."""
    results = taken_up(file)

    async def fails():
        raise Failed("no word")

    await results.measure("cases", "c10000", fails)
    assert json.loads(file.read_text())["cases"]["c10000"]["reason"] == "no word"


def test_points_that_failed_or_were_never_measured_have_no_figures(file):
    """A run is whole when every point has figures; the same command then tries only the others."""
    results = taken_up(file)
    results.found["cases"]["c10000"] = {"reason": "no word"}
    points = {"pipeline": ["p1-w1", "p4-w1"], "cases": ["c10000"]}
    assert results.without_figures(points) == ["p4-w1", "c10000"]
