"""What of a head becomes a fact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.probe import headers
from streams.probe.headers import fields

NOW = 784_903_526_000  # Tue, 15 Nov 1994 12:45:26 GMT


def said(**values: str) -> headers.HeaderFields:
    """Return the fields of a head; underscores stand for dashes."""
    return fields(
        [(name.replace("_", "-").encode(), value.encode()) for name, value in values.items()]
    )


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ("image/jpeg", "image/jpeg"),
        (" Text/HTML ; charset=x", "text/html"),
        ("application/vnd.a+json", "application/vnd.a+json"),
        ("", ""),
        ("image", ""),
        ("image/jp eg", ""),
        ("<script>/x", ""),
        ("a/" + "b" * 63, ""),
        ("=cmd/x", ""),
    ],
)
def test_an_unsound_media_type_is_left_out(value: str, want: str) -> None:
    """A sound media type in lower case, else nothing."""
    assert headers.media_type(said(Content_Type=value)) == want


@pytest.mark.parametrize(
    ("values", "want"),
    [
        ({"Content_Length": "42"}, 42),
        ({"Content_Length": "-1"}, None),
        ({"Content_Length": "4 2"}, None),
        ({"Content_Length": "9" * 16}, None),
        ({}, None),
        ({"Content_Length": "1", "Content_Range": "bytes 0-0/99"}, 99),
        ({"Content_Length": "1", "Content_Range": "bytes 0-0/*"}, 1),
    ],
)
def test_a_length_is_the_whole_s_and_bounded(values, want) -> None:
    """The whole's length, bounded, else not said."""
    assert headers.length(said(**values)) == want


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ("Tue, 15 Nov 1994 12:45:26 GMT", NOW),
        ("Tue, 30 Feb 1994 12:45:26 GMT", None),
        ("Tue, 15 Foo 1994 12:45:26 GMT", None),
        ("yesterday", None),
        ("Thu, 01 Jan 1801 00:00:00 GMT", 0),
    ],
)
def test_last_modified_is_an_instant_or_nothing(value: str, want) -> None:
    """An instant, or nothing."""
    assert headers.modified(said(Last_Modified=value)) == want


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ("120", 120),
        ("99999", headers.RETRY_AFTER_MAX_S),
        ("Tue, 15 Nov 1994 12:46:26 GMT", 60),
        ("Tue, 15 Nov 1994 12:00:00 GMT", 0),
        ("soon", None),
    ],
)
def test_retry_after_is_at_most_an_hour(value: str, want) -> None:
    """Seconds or a date, at most an hour."""
    assert headers.retry_after_s(said(Retry_After=value), NOW) == want


def test_marks_of_caches_and_challenges() -> None:
    """Only the closed list marks an answer."""
    assert headers.cached(said(CF_Cache_Status="HIT"))
    assert headers.cached(said(X_Cache="TCP_MEM_HIT, MISS, Hit from cloud"))
    assert not headers.cached(said(X_Cache="MISS"))
    assert not headers.cached(said(X_Other="HIT"))
    assert headers.challenge(said(cf_mitigated="challenge"))
    assert headers.challenge(said(x_amzn_waf_action="captcha"))
    assert not headers.challenge(said(cf_mitigated="none", server="challenge"))


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("Age", "1", True),
        ("Age", "0", False),
        ("Age", "soon", False),
        ("Cache-Status", "edge; hit", True),
        ("Cache-Status", "origin; fwd=uri-miss, edge; hit; ttl=-412", True),
        ("Cache-Status", "edge;hit=?1", True),
        ("Cache-Status", "edge; hit=?0; fwd=miss", False),
        ("Cache-Status", "hit; fwd=miss", False),
        ("Cache-Status", "edge; fwd=stale", False),
        ("X-Cache", "TCP_MEM_HIT from a23-51 (AkamaiGHost)", True),
        ("X-Cache", "TCP_REMOTE_HIT", True),
        ("X-Cache", "TCP_MISS", False),
        ("X-Cache", "white", False),
        ("CF-Cache-Status", "UPDATING", True),
        ("CF-Cache-Status", "DYNAMIC", False),
        ("X-Cache-Hits", "0, 3", True),
        ("X-Cache-Hits", "0", False),
        ("X-Varnish", "3014789 3014787", True),
        ("X-Varnish", "3014789", False),
        ("X-Vercel-Cache", "PRERENDER", True),
        ("X-Vercel-Cache", "MISS", False),
        ("X-LiteSpeed-Cache", "hit,private", True),
        ("X-Rack-Cache", "stale, valid, store", True),
        ("X-Rack-Cache", "miss, store", False),
        ("Warning", '110 edge "Response is Stale"', True),
        ("Warning", '199 edge "other"', False),
        ("X-Other", "HIT", False),
    ],
)
def test_a_kept_copy_is_known_by_what_caches_say(name, value, kept):
    """By the standards' fields and those that vendors use; whatever else is said is no mark."""
    assert headers.kept_copy(said(**{name.replace("-", "_"): value})) is kept


def test_any_mark_of_a_cache_is_a_kept_copy():
    """What is recorded as cached is compared as well; not all that is compared is recorded."""
    for mark in ({"CF_Cache_Status": "HIT"}, {"Cache_Status": "edge; hit"}):
        assert headers.cached(said(**mark))
        assert headers.kept_copy(said(**mark))
    assert not headers.cached(said(X_Drupal_Cache="HIT"))


def test_the_first_of_a_repeated_field_counts() -> None:
    """A second value changes nothing, in whatever case its name is written."""
    assert fields([(b"ETag", b"1"), (b"etag", b"2"), (b"X-Other", b"3")]) == {b"etag": b"1"}


names = st.sampled_from(
    [
        b"content-type",
        b"content-length",
        b"content-range",
        b"age",
        b"retry-after",
        b"last-modified",
        b"x-cache",
        b"cf-mitigated",
    ]
)


@given(st.lists(st.tuples(names, st.binary(max_size=200)), max_size=8))
def test_any_bytes_are_taken(raw) -> None:
    """No value raises, and what comes out is bounded and of a safe alphabet."""
    head = fields(raw)
    kind = headers.media_type(head)
    assert len(kind) <= 64
    assert kind.isascii()
    assert not set(kind) & set(" \"'<>=\\\n\r\t,;:@")
    for number in (headers.length(head), headers.age_s(head), headers.modified(head)):
        assert number is None or 0 <= number < 10**15
    assert 0 <= (headers.retry_after_s(head, NOW) or 0) <= headers.RETRY_AFTER_MAX_S
    assert isinstance(headers.cached(head), bool)
    assert isinstance(headers.challenge(head), bool)
