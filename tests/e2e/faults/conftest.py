"""Fixtures of the fault matrix: seeds, a broker of its own, the run without any fault."""

import json
import time
from collections.abc import Iterator

import pytest
from fault_matrix import Matrix
from fault_world import FaultWorld
from topic_removal import remove_all_topics
from undisturbed_run import UndisturbedRun

from agents.edges.local_broker.broker import LocalBroker

_MATRIX = pytest.StashKey[Matrix]()
_BEGUN_S = pytest.StashKey[float]()


def pytest_configure(config: pytest.Config) -> None:
    """Note when the tests began, and how much they feed."""
    config.stash[_BEGUN_S] = time.monotonic()
    FaultWorld.times = config.getoption("--urls-times")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run all faults with one seed, then with the next, so that a run cut short has whole seeds."""
    if ".." in config.getoption("--seeds"):
        items.sort(key=_seed)


def _seed(item: pytest.Item) -> int:
    called = getattr(item, "callspec", None)  # a test without parameters has none
    return called.params.get("seed", 0) if called is not None else 0


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin no test once the time is up; the summary says how many were left out."""
    within_s: float = item.config.getoption("--begin-within")
    if time.monotonic() - item.config.stash[_BEGUN_S] > within_s:
        pytest.skip(f"not begun within {within_s:.0f} s")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a seed once with each."""
    if "seed" in metafunc.fixturenames:
        first, _, last = metafunc.config.getoption("--seeds").partition("..")
        metafunc.parametrize("seed", range(int(first), int(last or first) + 1))


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBroker]:
    """A broker that may be stopped, killed and started again."""
    with LocalBroker(tmp_path_factory.mktemp("faults-kafka")) as started:
        yield started


@pytest.fixture(autouse=True)
def topics_of_runs_are_removed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Remove the topics of a run that is over; the next one's clients need not read of them."""
    started = request.getfixturevalue("broker") if "broker" in request.fixturenames else None
    yield
    if started is not None:
        remove_all_topics(started.bootstrap)


@pytest.fixture(scope="session")
def pause_s(pytestconfig: pytest.Config) -> float:
    """How long the broker stands still, seconds: past every member's session."""
    wanted: float = pytestconfig.getoption("--broker-pause")
    return wanted


@pytest.fixture(scope="session")
def matrix(pytestconfig: pytest.Config) -> Matrix:
    """What was done and found, for the summary."""
    return pytestconfig.stash.setdefault(_MATRIX, Matrix())


@pytest.fixture(scope="session")
def peace(
    broker: LocalBroker, matrix: Matrix, tmp_path_factory: pytest.TempPathFactory
) -> UndisturbedRun:
    """What a run without any fault ends with."""
    return UndisturbedRun(broker, tmp_path_factory.mktemp("peace"), matrix)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the matrix, and the sums as one JSON object in the last line."""
    matrix = config.stash.get(_MATRIX, None)
    if matrix is not None and matrix.rows:
        terminalreporter.section("fault matrix")
        for line in matrix.lines():
            terminalreporter.write_line(line)
        terminalreporter.write_line(json.dumps(matrix.sums()))
