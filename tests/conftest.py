"""Fixtures of more than one package's tests."""

from collections.abc import Iterator

import pytest
from kafka_broker import kafka


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the caller name the seeds of the tests that have one, such as 7 or 1..20."""
    parser.addoption("--seeds", default="1", metavar="A..B", help="seeds of the fault tests")


@pytest.fixture(scope="session")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real broker; tests keep apart by a topic prefix of their own."""
    with kafka(tmp_path_factory.mktemp("kafka")) as address:
        yield address
