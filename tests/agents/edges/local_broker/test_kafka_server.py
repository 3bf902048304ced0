"""Kafka's own programs: what is said when they cannot run or end at once."""

from pathlib import Path

import pytest
from waiting import until

from agents.edges.local_broker import broker_record
from agents.edges.local_broker.broker import LocalBroker
from agents.edges.local_broker.kafka_server import BrokerError
from agents.errors import UserError


def test_without_java_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing program is named with its Debian package."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="default-jre-headless") as refused:
        LocalBroker(tmp_path / "kafka").start()
    assert len(str(refused.value).splitlines()) == 1


def test_a_broker_that_ends_at_once_is_an_error(tmp_path: Path) -> None:
    """Data that the broker refuses end in one line that names its log, and leave no process."""
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "meta.properties").write_text("version=99\n")
    with pytest.raises(BrokerError, match="did not start"):
        LocalBroker(tmp_path).start()
    assert until(lambda: broker_record.running(tmp_path) is None)
