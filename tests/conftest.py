"""Fixtures of more than one package's tests."""

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from begun_first import COMPUTING, SECONDS, TOGETHER, ordered
from kafka_broker import kafka
from law_examples import register_profiles
from process_guard import ProcessGuard
from shared_broker import SharedBroker, shared_bootstrap
from topic_removal import remove_topics_of_process

from agents.config import Settings
from agents.edges.local_broker.broker import LocalBroker

if TYPE_CHECKING:
    from secured_broker import Secured

BOOTSTRAP = pytest.StashKey[str]()
BROKER = pytest.StashKey[SharedBroker]()
SHARED = "shared_broker"

register_profiles()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the caller choose the seeds of the fault tests, such as 7 or 1..20, and their length."""
    parser.addoption("--seeds", default="1", metavar="A..B", help="seeds of the fault tests")
    parser.addoption(
        "--broker-pause", type=float, default=10.0, metavar="S", help="its stand in the fault tests"
    )
    parser.addoption(
        "--urls-times", type=int, default=1, metavar="N", help="times as many in the fault tests"
    )
    parser.addoption(
        "--begin-within",
        type=float,
        default=float("inf"),
        metavar="S",
        help="no fault test begins later than this after the start; seed after seed",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process of the run where it asks for the run's broker."""
    if BROKER not in node.config.stash:
        node.config.stash[BROKER] = SharedBroker()
    node.workerinput[SHARED] = node.config.stash[BROKER].socket


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run's broker."""
    broker = config.stash.get(BROKER, None)
    if broker is not None:
        broker.end()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect without garbage collection, and never search what was collected for garbage.

    Thousands of tests are millions of objects that live until the end. Each pass over them would
    take most of a second, in each of the processes that run the tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


SOAK_S_MAX = 3_600
"""For a test of minutes, on a machine that does other work too."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that take longest, so that no process is left alone with them.

    Last of all: what `-m` leaves out would shift the parts, and each would end with what takes
    longest in place of beginning with it.
    """
    for item in items:
        if item.get_closest_marker("soak") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SOAK_S_MAX))
    processes = os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")
    items[:] = ordered(items, SECONDS, int(processes), COMPUTING, TOGETHER)


@pytest.fixture(scope="session")
def bootstrap(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[str]:
    """The address of a real broker; tests keep apart by a topic prefix of their own."""
    socket = getattr(pytestconfig, "workerinput", {}).get(SHARED)
    if socket is None or Settings().kafka.bootstrap:
        broker = kafka(tmp_path_factory.mktemp("kafka"))
    else:
        broker = nullcontext(shared_bootstrap(socket))
    with broker as address:
        pytestconfig.stash[BOOTSTRAP] = address
        yield address
        del pytestconfig.stash[BOOTSTRAP]


@pytest.fixture(scope="session")
def broker_files(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Path | None:
    """Where the files of `bootstrap` are; None = it was given, and they are elsewhere."""
    if Settings().kafka.bootstrap:
        return None
    socket = getattr(pytestconfig, "workerinput", {}).get(SHARED)
    return tmp_path_factory.getbasetemp() if socket is None else Path(socket).parent


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Secured"]:
    """A broker with TLS, users and rights: the other one lets everybody do everything."""
    from secured_broker import secured_broker  # few processes of tests need one

    with secured_broker(tmp_path_factory.mktemp("secured")) as broker:
        yield broker


@pytest.fixture(scope="session")
def damaged_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalBroker, Path]]:
    """A broker whose files tests damage, and its folder; the run's own stays whole."""
    folder = tmp_path_factory.mktemp("damaged")
    with LocalBroker(folder) as broker:
        yield broker, folder


@pytest.fixture(scope="module", autouse=True)
def topics_are_removed(pytestconfig: pytest.Config) -> Iterator[None]:
    """Remove the topics of a module that is over, from a broker of the run."""
    yield
    address = pytestconfig.stash.get(BOOTSTRAP, None)
    if address is not None and not Settings().kafka.bootstrap:
        remove_topics_of_process(address)


@pytest.fixture(scope="session")
def process_guard() -> Iterator[ProcessGuard]:
    """Keep the product from ending the process of the tests."""
    guard = ProcessGuard()
    with guard.holding():
        yield guard


@pytest.fixture(autouse=True)
def process_goes_on(process_guard: ProcessGuard) -> Iterator[None]:
    """Fail the test that would end the process, or leaves behind what may end it later."""
    with process_guard.watching():
        yield


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Leave the log of the process as it was: the next test reads what is said by default."""
    root, said = logging.getLogger(), structlog.get_config()
    handlers, level, last = root.handlers[:], root.level, logging.lastResort
    made, raising = logging.getLogRecordFactory(), logging.raiseExceptions
    yield
    structlog.configure(**said)
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.setLogRecordFactory(made)
    logging.lastResort, logging.raiseExceptions = last, raising
