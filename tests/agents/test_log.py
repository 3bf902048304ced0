"""Laws of the log: closed fields, one line an event, nothing said that was not asked for."""

import json
import logging
from collections.abc import Iterator

import pytest

from agents.config import LogSettings
from agents.log import FieldNotAllowed, configure, debugging, log

KEY = "0123456789abcdef"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the log and the libraries' handlers as they were."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    configure(LogSettings(level="warning"))
    root.handlers[:], _ = before
    root.setLevel(before[1])


def test_a_line_is_one_object(capfd: pytest.CaptureFixture[str]) -> None:
    """JSON with time, level, event and stage, sorted, one a line; texts are escaped."""
    configure(LogSettings(format="json"))
    log("probe").info("a\nb", url_key=KEY, status=200)
    (line,) = capfd.readouterr().err.splitlines()
    said = json.loads(line)
    assert said.pop("at").endswith("Z")
    assert said == {
        "event": "a\nb", "level": "info", "stage": "probe", "url_key": KEY, "status": 200,
    }  # fmt: skip


def test_a_field_outside_the_list_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    """A URL cannot come into a line by a new field; the error does not hold the value either."""
    configure(LogSettings(format="json"))
    with pytest.raises(FieldNotAllowed) as raised:
        log("probe").info("looked", url="http://secret.example/")
    assert "secret" not in str(raised.value)
    assert "secret" not in capfd.readouterr().err


def test_levels_are_kept(capfd: pytest.CaptureFixture[str]) -> None:
    """What is below the level is not written, and not made where it would cost."""
    configure(LogSettings(level="warning"))
    assert not debugging()
    log("probe").info("quiet")
    assert capfd.readouterr().err == ""
    configure(LogSettings(level="debug"))
    assert debugging()
    log("probe").debug("loud", vantage="north")
    assert capfd.readouterr().err == "hostwatch: loud stage=probe vantage=north\n"


def test_lines_of_libraries_come_the_same_way(capfd: pytest.CaptureFixture[str]) -> None:
    """A warning of a library is an object too; its information is left out."""
    configure(LogSettings(format="json", level="debug"))
    logging.getLogger("aiokafka").info("fetched")
    logging.getLogger("aiokafka").warning("away")
    (line,) = capfd.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"], said["library"]) == ("away", "warning", "yes")
