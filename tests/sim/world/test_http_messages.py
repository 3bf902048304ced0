"""What a practice hoster may answer says what it is meant to say."""

from sim.world.http_messages import (
    CHALLENGE,
    DRIP,
    EVERYTHING,
    FAILED,
    FORBIDDEN,
    GONE,
    HOME,
    MISSING,
    PLACEHOLDER,
    TO_HOME,
    TOO_MANY,
    Request,
)


def test_each_answer_has_the_status_that_a_rule_reads() -> None:
    """Gone, refused, limited, failing, or something in the content's place."""
    assert [one.status for one in (MISSING, GONE, FORBIDDEN, CHALLENGE)] == [404, 410, 403, 403]
    assert [one.status for one in (TOO_MANY, FAILED, TO_HOME)] == [429, 503, 302]
    assert [one.status for one in (HOME, PLACEHOLDER, EVERYTHING)] == [200] * 3
    assert TO_HOME.location == "/"


def test_what_takes_the_content_s_place_is_another_shape() -> None:
    """A home page, a picture of nothing and a page for everything are told apart."""
    shapes = {(one.type, one.length.bit_length()) for one in (HOME, PLACEHOLDER, EVERYTHING)}
    assert len(shapes) == 3


def test_a_challenge_and_a_limit_say_so_in_a_field() -> None:
    """As the proxies and servers that they stand for do."""
    assert dict(CHALLENGE.fields) == {"cf-mitigated": "challenge"}
    assert dict(TOO_MANY.fields) == {"Retry-After": "3600"}
    assert DRIP.drips
    assert not EVERYTHING.drips


def test_a_request_shows_no_host_and_no_path() -> None:
    """It may be printed by whoever examines a run."""
    shown = repr(Request(source="127.0.0.1", agent="a", host="secret", path="/hidden"))
    assert "secret" not in shown
    assert "hidden" not in shown
