"""Laws of what the page of a case says."""

import re

from pages import VIEW, view_of

from agents.edges.web.case_page import render_case, render_search, render_waiting
from agents.edges.web.messages import speaking


def test_what_is_not_known_of_a_case_is_hatched() -> None:
    """From L to R of a removed one; to the present of one that was seen no more."""
    removed = render_case(view_of("04-removal"), VIEW)
    kinds = re.findall(r'class="span (\w+)" [^>]*?(url\(#unknown\))?"?/>', removed)
    assert [kind for kind, _ in kinds] == ["there", "between", "gone"]
    assert re.search(r'class="span between"[^>]*fill="url\(#unknown\)"', removed)
    assert not re.search(r'class="span gone"[^>]*fill=', removed)


def test_a_norm_that_runs_is_not_due_yet_and_its_step_has_a_rule() -> None:
    """Nobody is late or undetermined before the time is over; each change has its rule."""
    text = render_case(view_of("09-norm-that-still-runs"), VIEW)
    assert "<dd>not due yet</dd>" in text
    assert "undetermined" not in text
    late = render_case(view_of("09-late"), VIEW)
    assert re.search(r'data-label="What">within 24 h: late</td>.*?data-label="Rule">9\.2<', late)
    with speaking("nl"):
        dutch = render_case(view_of("09-late"), VIEW)
    assert "binnen 24 u: te laat" in dutch


def test_pages_without_a_case_say_why() -> None:
    """One that waits asks again by itself; one that cannot does not."""
    assert 'data-soon="3"' in render_waiting("/case/x")
    assert "data-soon" not in render_waiting("/case/x", said="No.").split("<script>")[0]
    assert "No case has this reference." in render_search(VIEW, [])
    assert "No case has this reference." not in render_search(VIEW)
