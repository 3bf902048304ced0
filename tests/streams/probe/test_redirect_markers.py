"""Where a redirect leads."""

import pytest

from streams.probe.redirect_markers import Marks, marks


@pytest.mark.parametrize(
    ("host", "request_", "want"),
    [
        ("x.example", "/", Marks(to_root=True)),
        ("x.example", "/?x=1", Marks()),
        ("x.example", "/cgi-sys/suspendedpage.cgi", Marks(suspended=True)),
        ("x.example", "/cgi-sys/suspendedpage.cgi?x=1", Marks(suspended=True)),
        ("x.example", "/a/suspended-animation.html", Marks()),
        ("i.example", "/img/removed.png", Marks(placeholder=True)),
        ("i.example", "/404", Marks(placeholder=True)),
        ("i.example", "/404.html", Marks(placeholder=True)),
        ("i.example", "/image-not-found.gif", Marks(placeholder=True)),
        ("i.example", "/photos/not-removed-yet.jpg", Marks()),
        ("i.example", "/404/photo.jpg", Marks()),
        ("sedoparking.com", "/x", Marks(parked=True)),
        ("www.bodis.com", "/", Marks(parked=True, to_root=True)),
        ("notbodis.com", "/x", Marks()),
        ("bodis.com.example", "/x", Marks()),
    ],
)
def test_redirect_markers_match_whole_paths_and_host_names(
    host: str, request_: str, want: Marks
) -> None:
    """Whole paths and whole host names count, not parts of them."""
    assert marks(host, request_) == want
