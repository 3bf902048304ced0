"""Laws of what the page of a case says."""

import re
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs
from pages import VIEW, held, view_of

from agents.edges.web.case_page import case_row, render_case, render_search, render_waiting
from agents.edges.web.messages import speaking
from schemas.closed_lists import NormVerdict
from streams.views.case_list import case_list


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


def test_the_second_verdict_stands_by_itself() -> None:
    """Where a case is overdue by it, the page says by which norm, and from when it runs."""
    text = render_case(view_of("06-notice-before-the-return-is-seen"), VIEW)
    first, _, second = text.partition("<h2>Norms after the return</h2>")
    second = second.partition("<h2>")[0]
    assert "overdue" in first
    assert re.findall("<dd>([^<]*)</dd>", first) == ["in time", "in time"]
    assert re.findall("<dd>([^<]*)</dd>", second) == ["late", "late"]
    assert re.search(r"runs from 20[0-9-]+ [0-9:]+\.", second)
    assert "Norms after the return" not in render_case(view_of("04-removal"), VIEW)


def test_hours_count_from_the_hour_of_the_first_report() -> None:
    """The first record stands at its part of that hour, so it is not hour 0."""
    text = render_case(view_of("04-removal"), VIEW)
    assert "Hours count from the full hour before the first report." in text


def test_an_order_whose_term_runs_is_not_due_yet() -> None:
    """As on the page of its hoster."""
    found = view_of("09-norm-that-still-runs")
    order = {"order": NormVerdict.UNDETERMINED}
    said = structs.replace(found.case, verdicts=order, not_due_yet=("order",))
    text = render_case(replace(found, case=said), VIEW)
    assert "<dt>order</dt><dd>not due yet</dd>" in text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "late: 24\xa0h"),
        (
            {"second": ((86_400, NormVerdict.UNDETERMINED),), "second_running": {86_400}},
            "late: 24\xa0h. Second verdict: not due yet: 24\xa0h",
        ),
        ({"sampled": False}, "not in the sample"),
    ],
)
def test_a_line_says_both_verdicts(said: dict[str, Any], words: str) -> None:
    """The second one only where there is one."""
    cases = held("beta")
    assert cases is not None
    line = replace(
        case_list(cases, VIEW.as_of, 1).lines[0],
        verdicts=((86_400, NormVerdict.LATE),),
        running=frozenset(),
    )
    assert case_row(replace(line, **said))["verdicts"] == words


def test_pages_without_a_case_say_why() -> None:
    """One that waits asks again by itself; one that cannot does not."""
    assert 'data-soon="3"' in render_waiting("/case/x")
    assert "data-soon" not in render_waiting("/case/x", said="No.").split("<script>")[0]
    assert "No case has this reference." in render_search(VIEW, [])
    assert "No case has this reference." not in render_search(VIEW)
