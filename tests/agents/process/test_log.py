"""Laws of the log: closed fields, one line an event, nothing said that was not asked for."""

import json
import logging
from datetime import datetime
from pathlib import Path

import pytest

from agents.clock import Clock
from agents.config import LogSettings
from agents.process.log import (
    FieldNotAllowed,
    configure,
    debugging,
    errors_only,
    log,
    mute_kafka_client,
)
from schemas.moments import instant

KEY = "0123456789abcdef"


def test_a_line_is_one_object(capfd: pytest.CaptureFixture[str]) -> None:
    """JSON with time, level, event and stage, sorted, one a line; texts are escaped."""
    configure(LogSettings(format="json"))
    log("probe").info("a\nb", url_key=KEY, status=200)
    (line,) = capfd.readouterr().err.splitlines()
    said = json.loads(line)
    assert said.pop("at").endswith("Z")
    assert said == {
        "event": "a\nb",
        "level": "info",
        "stage": "probe",
        "url_key": KEY,
        "status": 200,
    }


def test_a_field_outside_the_list_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    """A URL cannot come into a line by a new field; the error does not hold the value either."""
    configure(LogSettings(format="json"))
    with pytest.raises(FieldNotAllowed) as raised:
        log("probe").info("looked", url="http://secret.example/")
    assert "secret" not in str(raised.value)
    assert "secret" not in capfd.readouterr().err


def test_what_is_below_the_level_is_neither_written_nor_made(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """What is below the level is not written, and not made where it would cost."""
    configure(LogSettings(level="warning"))
    assert not debugging()
    log("probe").info("quiet")
    assert capfd.readouterr().err == ""
    configure(LogSettings(level="debug"))
    assert debugging()
    log("probe").debug("loud", vantage="north")
    at, _, said = capfd.readouterr().err.partition(" ")
    assert said == "hostwatch: loud stage=probe vantage=north\n"
    assert abs(Clock().now() - instant(datetime.fromisoformat(at))) < 60_000


def test_lines_of_libraries_come_the_same_way(capfd: pytest.CaptureFixture[str]) -> None:
    """A warning of a library is an object too; its information is left out."""
    configure(LogSettings(format="json", level="debug"))
    logging.getLogger("aiokafka").info("fetched")
    logging.getLogger("aiokafka.client").warning("away")
    (line,) = capfd.readouterr().err.splitlines()
    said = json.loads(line)
    assert said["where"].startswith(Path(__file__).name)
    assert (said["event"], said["level"], said["library"]) == ("away", "warning", "aiokafka")


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize("secret", ["http://secret.example/"])
def test_a_library_says_what_stands_in_its_code_and_no_data(
    capfd: pytest.CaptureFixture[str], form: str, secret: str
) -> None:
    """Arguments, f-strings, exceptions, stacks and extras: only constants and types are written."""
    configure(LogSettings(format=form))
    library = logging.getLogger("aiohttp.server")
    library.warning("could not parse %s", secret)
    library.warning(f"{secret} could not be parsed at all")
    library.warning(secret)
    library.warning({"url": secret})
    library.error("failed: %r", ValueError(secret), stack_info=True)
    library.warning("more", extra={"url": secret})
    try:
        raise ValueError(secret)  # noqa: TRY301 - caught as libraries do
    except ValueError:
        library.exception("not handled, from %s", secret)
    said = capfd.readouterr().err
    assert "secret" not in said
    assert said.count("ValueError") == 2
    for shown in ("could not parse %s", "could not be parsed at all", "not handled, from %s"):
        assert shown in said


def test_a_place_says_its_line_five_times_a_minute(capfd: pytest.CaptureFixture[str]) -> None:
    """A line that a client can cause for each request fills no disk; other places are heard."""
    configure(LogSettings())
    for _ in range(100):
        logging.getLogger("aiohttp").warning("again")
    logging.getLogger("aiohttp").warning("other")
    said = capfd.readouterr().err
    assert (said.count("again"), said.count("other")) == (5, 1)


def test_a_handler_of_a_library_is_taken_from_it(capfd: pytest.CaptureFixture[str]) -> None:
    """What a library set up for itself writes nothing past the list."""
    library = logging.getLogger("faust.of_its_own")
    library.addHandler(logging.StreamHandler())
    library.propagate = False
    configure(LogSettings(format="json"))
    library.warning("once")
    (line,) = capfd.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "once"


def test_below_errors_nothing_is_said_for_a_while(capfd: pytest.CaptureFixture[str]) -> None:
    """A simulation says no warning of what it does on purpose; behind it all is as before."""
    configure(LogSettings())
    with errors_only():
        log("probe").warning("lost")
        log("probe").error("broken")
    log("probe").info("again")
    said = capfd.readouterr().err
    assert "lost" not in said
    assert "broken" in said
    assert "again" in said


def test_the_broker_s_client_is_heard_where_a_process_goes_on(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A command leaves its lines out; who configures a log, as a worker does, has them."""
    configure(LogSettings())
    mute_kafka_client()
    logging.getLogger("aiokafka.client").error("unreachable")
    logging.getLogger("aiohttp").error("of another library")
    said = capfd.readouterr().err
    assert ("unreachable" in said, "of another library" in said) == (False, True)
    configure(LogSettings())
    logging.getLogger("aiokafka.client").error("unreachable")
    assert "unreachable" in capfd.readouterr().err
