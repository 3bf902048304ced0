"""Where a response leads, and the facts of a probe."""

import pytest

from agents.edges.http_probe.probe_trace import LOCATION_BYTES_MAX, Trail, echo_free, redirect
from agents.edges.http_probe.response import Head
from schemas.closed_lists import ProbeError
from schemas.identity.ids import canonical

BASE = canonical("http://x.example/a/b.jpg?q=1")


@pytest.mark.parametrize(
    ("location", "want"),
    [
        (b"/c", "x.example/c"),
        (b"c", "x.example/a/c"),
        (b"//y.example/c", "y.example/c"),
        (b"https://Y.example:443/c#f", "y.example/c"),
        (b"?z", "x.example/a/b.jpg?z"),
        ("http://bücher.example/ü".encode(), "xn--bcher-kva.example/%C3%BC"),
        (b"http://x.example/\xfc", "x.example/%C3%BC"),
        (b"http://0x7f.1/", "127.0.0.1/"),
        (b"http://user:word@y.example/", "y.example/"),
        (b"", None),
        (b"ftp://y.example/", None),
        (b"javascript:1", None),
        (b"http://[::1/", None),
        (b"/" + b"x" * LOCATION_BYTES_MAX, None),
    ],
)
def test_a_location_is_read_as_browsers_read_it(location: bytes, want) -> None:
    """A Location is read as browsers read it; what is no http(s) URL is not followed."""
    target = redirect(Head(302, ((b"Location", location),)), BASE)
    assert (target.text if target is not None else None) == want


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 404])
def test_a_location_beside_another_status_leads_nowhere(status: int) -> None:
    """Only 301, 302, 303, 307 and 308 are followed."""
    assert redirect(Head(status, ((b"Location", b"/c"),)), BASE) is None


@pytest.mark.parametrize(
    "form",
    ["https://x.example{}", "http://www.x.example{}", "/login?next={}", "/login?next={quoted}"],
)
def test_paths_that_are_redirected_alike_look_alike(form: str) -> None:
    """The asked path is cut out of where a redirect leads, plain or escaped."""
    cut = []
    for path, quoted in (("/a/b.jpg?q=1", "%2Fa%2Fb.jpg%3Fq%3D1"), ("/a/0f.jpg", "%2Fa%2F0f.jpg")):
        base = canonical(f"http://x.example{path}")
        target = redirect(
            Head(301, ((b"Location", form.format(path, quoted=quoted).encode()),)), base
        )
        assert target is not None
        cut.append(echo_free(target, base.request))
    assert cut[0] == cut[1]


def test_redirects_to_different_places_stay_different() -> None:
    """Nothing is cut out that is not the asked path."""
    first, second = canonical("http://x.example/removed"), canonical("http://x.example/login")
    assert echo_free(first, "/a") != echo_free(second, "/a")
    assert echo_free(canonical("http://x.example/"), "/") == "http://x.example/"


def test_marks_are_of_the_last_redirect() -> None:
    """A chain that leaves the host for a root says both; hashes stand for what was said."""
    trail = Trail(until=0.0)
    trail.followed(canonical("http://x.example/removed.png"), BASE, BASE.request)
    trail.followed(canonical("http://y.example/"), BASE, "/removed.png")
    facts = trail.facts(None, ProbeError.TIMEOUT, lambda purpose, text: f"{purpose}:{len(text)}", 0)
    assert (facts.hops, facts.left_host, facts.to_root) == (2, True, True)
    assert not facts.placeholder
    assert (facts.error, facts.status) == (ProbeError.TIMEOUT, 0)
    assert facts.location_key == "location:17"
    assert facts.etag_key == ""


@pytest.mark.parametrize(
    ("status", "total", "length"),
    [
        (206, b"bytes 0-0/5000", 5_000),
        (206, b"bytes 0-0/*", None),
        (206, b"", None),
        (206, b"bytes 0-0/" + b"9" * 30, None),
        (200, b"", 1),
        (200, b"bytes 0-0/5000", 5_000),
    ],
)
def test_the_length_of_a_part_is_not_the_whole_s(status: int, total: bytes, length) -> None:
    """Else all that a server sends in parts of unknown wholes would look alike."""
    fields = ((b"Content-Length", b"1"), *(((b"Content-Range", total),) if total else ()))
    seen = Trail(until=0).facts(Head(status, fields), None, lambda _, text: text, 0)
    assert seen.length == length


@pytest.mark.parametrize(
    ("said", "type", "keyed"),
    [
        (b"Image/JPEG; q=1", "image/jpeg", ""),
        (b"text/secret.example", "text/other", "media type text/secret.example"),
        (b"image/secret.example", "other", "media type image/secret.example"),
        (b"", "", ""),
    ],
)
def test_a_media_type_of_the_server_s_own_is_kept_as_a_keyed_hash(said, type, keyed) -> None:
    """A type that is not listed tells answers apart, and says nothing of what was written."""
    head = Head(200, ((b"Content-Type", said),))
    facts = Trail(until=0).facts(head, None, lambda purpose, text: f"{purpose} {text}", 0)
    assert (facts.type, facts.type_key) == (type, keyed)
