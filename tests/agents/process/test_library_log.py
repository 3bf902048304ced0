"""A library's line keeps its constants and no data, and one place fills no disk."""

import logging
import sys

import pytest

from agents.process.library_log import (
    FRAMES_MAX,
    NOT_SHOWN,
    PER_MINUTE_MAX,
    RateLimitFilter,
    closed_record,
)

SECRET = "http://secret.example/path"


def int_of(text: str) -> int:
    """Fail with the text in the error."""
    return int(text)


def made(message: object, args: object = (), error: BaseException | None = None):
    info = None if error is None else (type(error), error, error.__traceback__)
    return closed_record("aiokafka.client", logging.ERROR, "/x/client.py", 7, message, args, info)


def test_a_constant_of_who_wrote_it_is_shown_and_data_is_not() -> None:
    """What was put into a message is not in the code."""
    assert made("a constant of this very function").getMessage() == (
        "a constant of this very function"
    )
    assert made(f"failed for {SECRET}").getMessage() == NOT_SHOWN
    assert made(7).getMessage() == NOT_SHOWN
    assert SECRET not in made("a constant of this very function", (SECRET,)).getMessage()


def test_the_constant_end_of_a_message_is_shown() -> None:
    """Where it says enough."""
    said = made(f"{SECRET} could not be fetched, so it is tried again").getMessage()
    assert said.strip() == "could not be fetched, so it is tried again"


@pytest.mark.parametrize("begins", ["Task exception was never retrieved", "Unclosed connection"])
def test_known_beginnings_are_shown_without_what_follows(begins: str) -> None:
    """Asyncio and aiohttp write reprs behind them."""
    assert made(f"{begins}\nfuture: {SECRET}").getMessage() == begins


def test_of_an_error_its_type_and_lines_are_kept() -> None:
    """Not its text; one among the arguments counts as well."""
    with pytest.raises(ValueError, match=SECRET) as failed:
        int_of(SECRET)
    error = failed.value
    record, among = made("it failed in this way", error=error), made("x", (error,))
    assert (record.error, among.error) == ("ValueError", "ValueError")
    assert "test_library_log.py" in record.frames
    assert SECRET not in record.frames
    assert record.frames.count("\n  ") <= FRAMES_MAX
    assert (record.library, record.where) == ("aiokafka", "client.py:7")
    assert record.exc_info is None


def test_one_place_has_a_few_lines_a_minute() -> None:
    """Another place has its own."""
    seldom, record = RateLimitFilter(), made("it failed in this way")
    assert [seldom.filter(record) for _ in range(PER_MINUTE_MAX + 2)] == [
        *[True] * PER_MINUTE_MAX,
        *[False] * 2,
    ]
    other = closed_record("aiokafka", logging.ERROR, "/x/other.py", 7, "x", (), None)
    assert seldom.filter(other)
    assert sys.getsizeof(seldom.lines_in_minute) < 10_000
