"""Kafka's own programs: what is said when they cannot run or end at once."""

from pathlib import Path

import pytest
from waiting import until

from agents.edges.local_broker import broker_record
from agents.edges.local_broker.broker import LocalBroker
from agents.edges.local_broker.kafka_server import BrokerError, configure
from agents.errors import UserError
from schemas.moments import DAY_MS, MINUTE_MS

SHARED = Path(__file__).parents[4] / "deploy/kafka/server.properties"


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


@pytest.mark.parametrize("shared", [False, True], ids=["local", "compose"])
def test_what_groups_have_read_outlives_what_they_read(tmp_path: Path, shared: bool) -> None:
    """A role that was stopped goes on where it was, and not at the beginning.

    Inboxes are kept for 30 days, and a case can be open for 400.
    """
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "meta.properties").touch()  # so that nothing is formatted
    configure(tmp_path, 1, 2)
    text = (SHARED if shared else tmp_path / "server.properties").read_text()
    lines = [line for line in text.splitlines() if "=" in line and not line.startswith("#")]
    kept_ms = (
        int(dict(line.split("=", 1) for line in lines)["offsets.retention.minutes"]) * MINUTE_MS
    )
    assert kept_ms >= 400 * DAY_MS
    assert kept_ms < 2**31 * MINUTE_MS  # Kafka reads an int
