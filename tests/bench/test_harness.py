"""What every bench measures with: its arithmetic, its processes, and the file of its results."""

import json
import sys

import pytest
from bench_results import Results, machine
from harness import (
    Failed,
    Measured,
    least_us,
    median_of,
    metered,
    percentile,
    percentiles_ms,
    process,
    result_of,
)
from hypothesis import given
from hypothesis import strategies as st

PARTS = ("race", "kill")
MEASURED = {"engine-tx": {"runs": [1]}, "quix": {"runs": [], "reason": "exit 1"}}
MODE = {"mode": "full"}
DEADLINE_S = 60.0


@given(st.lists(st.integers(0, 1_000), min_size=1), st.floats(0.01, 1.0))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(values, share):
    """At least the share of the values is at most it, and no smaller value has that."""
    found = percentile(values, share)
    reached = sum(value <= found for value in values)
    below = sum(value < found for value in values)
    assert found in values
    assert below < share * len(values) + 1e-9
    assert reached >= share * len(values) - 1e-9


def test_no_value_has_no_percentile():
    """Nothing measured is not zero."""
    assert percentile([], 0.99) is None
    assert percentiles_ms("gauge_", []) == {"gauge_p50_ms": None, "gauge_p99_ms": None}


def test_a_figure_of_several_runs_is_one_of_theirs() -> None:
    """Each figure's median by itself, a measured one, and the runs beside it."""
    runs = [{"per_s": 7, "cpu_us": 3.0}, {"per_s": 9, "cpu_us": 1.0}, {"per_s": 8, "cpu_us": 2.0}]
    found = median_of(runs)
    assert found == {"per_s": 8, "cpu_us": 2.0, "runs": runs}
    assert median_of(runs[:2])["per_s"] == 7


def test_the_cost_of_one_is_that_of_the_cheapest_round():
    """What a first round pays for is in no figure."""
    burnt = []

    def work(count):
        burnt.append(sum(range(count if len(burnt) > 2 else 100 * count)))

    assert least_us(work, [20_000] * 3, rounds=1) > 5 * least_us(work, [20_000] * 3, rounds=3)


def test_a_meter_counts_from_its_beginning():
    """CPU that was spent before is in no figure, and is that of the events in all."""
    sum(range(2_000_000))
    meter = metered()
    meter.begin()
    found = meter.measured(events=10)
    assert found.events == 10
    assert 0 <= found.cpu_s < sum(meter.measured(1).cpu_s for _ in range(2)) + 1
    assert Measured(events=4, wall_s=2.0, cpu_s=8e-6).per_s == 2
    assert Measured(events=4, wall_s=2.0, cpu_s=8e-6).cpu_us == 2.0


async def result(program, kind=dict, deadline_s=DEADLINE_S):
    async with process([sys.executable, "-c", program]) as child:
        return child, await result_of(child, kind, deadline_s)


async def test_the_last_line_of_a_process_is_its_result():
    """What it printed before is progress; the harness is there for it to import."""
    program = "import harness; print('warm'); harness.tell({'events': 3})"
    assert (await result(program))[1] == {"events": 3}


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("raise SystemExit('no broker')", "exit 1: no broker"),
        ("print('no result')", "exit 0: it said nothing"),
        ("import time; time.sleep(600)", "not done in 0 s"),
    ],
)
async def test_a_process_without_a_result_has_a_reason(program, reason):
    """Its last word or the deadline; it is gone with the block."""
    deadline_s = 0.01 if "sleep" in program else DEADLINE_S
    with pytest.raises(Failed, match=reason):
        await result(program, deadline_s=deadline_s)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "bench.json"


def left_by(file, *, finished, **same):
    content = MODE | {"finished": finished, "race": MEASURED, "kill": {"engine": {}}} | same
    file.write_text(json.dumps(content))


def taken_up(file, only=(), **same):
    results = Results(file, only, PARTS, MODE | same)
    results.take_up()
    return results


def test_an_interrupted_run_goes_on_and_tries_again_what_failed(file):
    """Figures that are there are not measured again; a failure is no figure."""
    left_by(file, finished=False)
    results = taken_up(file)
    assert results.found["race"] == {"engine-tx": {"runs": [1]}}
    assert results.found["kill"] == {"engine": {}}
    assert results.missing("race", "quix")
    assert not results.missing("race", "engine-tx")


def test_a_finished_run_is_followed_by_a_new_one(file):
    """The same command after a whole run measures everything again."""
    left_by(file, finished=True)
    assert taken_up(file).found["race"] == {}


@pytest.mark.parametrize("other", [{"mode": "quick"}, {"machine": machine()}])
def test_figures_of_another_mode_or_machine_are_not_mixed_in(file, other):
    """Figures of one round never stand among medians of five, whatever is named."""
    left_by(file, finished=False)
    assert taken_up(file, **other).found["race"] == {}
    left_by(file, finished=False)
    assert taken_up(file, ["quix"], **other).found["race"] == {}


def test_what_is_named_is_measured_anew_and_the_rest_is_kept(file):
    """`engine` names both engines and not `engines`; a part alone names everyone in it."""
    left_by(file, finished=True)
    results = taken_up(file, ["engine"])
    assert "engine-tx" not in results.found["race"]
    assert results.found["kill"] == {}
    assert not results.wanted("race", "engines")
    left_by(file, finished=True)
    found = taken_up(file, ["kill"]).found
    assert found["race"] == {"engine-tx": {"runs": [1]}}
    assert found["kill"] == {}


async def test_a_failure_is_noted_with_its_reason_and_the_bench_goes_on(file):
    """What cannot be measured is a reason in the file, and one point costs the others nothing."""

    async def fails():
        raise Failed("exit 1: no such thing")

    results = taken_up(file)
    await results.measure("kill", "quix", fails)
    assert json.loads(file.read_text())["kill"]["quix"]["reason"] == "exit 1: no such thing"


async def test_each_figure_is_in_the_file_as_soon_as_it_is_known(file):
    """A bench that is killed loses no figure, and none is measured twice."""

    async def works():
        return {"lost": 0}

    results = taken_up(file)
    await results.measure("kill", "quix", works)
    assert json.loads(file.read_text())["kill"]["quix"]["lost"] == 0

    async def must_not_run():
        raise AssertionError

    await results.measure("kill", "quix", must_not_run)


def test_points_that_failed_or_were_never_measured_have_no_figures(file):
    """A run is whole when every point has figures; the same command then tries only the others."""
    results = taken_up(file)
    results.found["kill"]["engine"] = {"reason": "no word"}
    points = {"race": ["quix"], "kill": ["engine", "quix"]}
    results.found["race"]["quix"] = {"eps": 1}
    assert results.without_figures(points) == ["engine", "quix"]
