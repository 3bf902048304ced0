"""Laws of the overview: what is known stands on it, what is not known is said."""

import re
from dataclasses import replace

from views import sample_view

from agents.edges.web.formatting import share, spoken
from agents.edges.web.overview_page import (
    CHART_HEIGHT,
    CHART_WIDTH,
    CHARTS_MAX,
    chart,
    intake,
    render,
)
from schemas.closed_lists import Role
from schemas.moments import HOUR_MS
from streams.views.view import BacklogSamples, View

VIEW = sample_view()


def backlog(*counts: int) -> BacklogSamples:
    """Return a hoster's backlog of so many cases, hour by hour."""
    at = tuple(n * HOUR_MS for n in range(len(counts)))
    return BacklogSamples(hoster="gamma", role=Role.HOSTING, at=at, backlog=counts)


def test_the_page_needs_nothing_from_outside():
    """No address of another server, no file beside it, no style attribute."""
    page = render(VIEW)
    led = re.findall(r'(?:src|href|action)="([^"]*)"', page)
    assert all(one == "data:," or one.startswith(("/", "#")) for one in led)
    hosters = sorted(f"/hoster/{part.hoster}" for part in VIEW.shown)
    assert sorted(one for one in led if one.startswith("/hoster/")) == hosters
    assert "style=" not in page
    assert "http://" not in page
    assert "https://" not in page


def test_names_cannot_become_markup():
    """A hoster's name from the registry is text."""
    info = {"gamma": replace(VIEW.hosters["gamma"], name="<script>x</script>")}
    assert "<script>x" not in render(replace(VIEW, hosters=info))


def test_the_page_says_what_it_does_not_know():
    """Before the table was read there are no figures; a ledger that stands still is said."""
    reading = render(replace(VIEW, ready=False))
    assert "Reading the ledger" in reading
    assert "Gamma" not in reading
    stale = render(replace(VIEW, stale=True))
    assert f"its cases stand as of {spoken(VIEW.ledger_at)}, those of the others go on" in stale
    assert "not reached" in render(VIEW)
    assert "No case yet" in render(View(ready=True))


def test_what_is_estimated_says_so():
    """A sampled hoster's line has p, how many cases of how many, an interval; others have none."""
    page = render(VIEW)
    (told,) = re.findall(r"estimated from a sample, p = [^<]*(?=<)", page)
    shield = next(f for f in VIEW.shown if f.hoster == "shield").norm(86_400)
    limits = share(*shield.interval)
    assert (
        told
        == f"estimated from a sample, p = 0.5, {shield.n} of {shield.n_eligible}; 95 %: {limits}"
    )


def test_cases_that_came_back_are_shown_beside_the_removals():
    """A hoster whose removals do not last shows neither as prompt nor as idle without a word."""
    assert "came back</small>" not in render(VIEW)
    first, *rest = VIEW.figures
    text = render(replace(VIEW, figures=(replace(first, reappearances=1_200), *rest)))
    assert "<small>1,200 came back</small>" in text


def test_missed_probes_rechecks_and_hotlines_delays_are_shown():
    """Each with its words: what was not probed on time, seen in hiding, and told late."""
    gamma = next(f for f in VIEW.figures if f.hoster == "gamma")
    found = replace(gamma, unprobed=17)
    total = replace(VIEW.totals[0], rechecked=1_200, disagreed=30)
    page = render(replace(VIEW, figures=(found,), totals=(total,)))
    assert '<td role="cell" data-label="Not probed on time"><b>17</b></td>' in page
    assert "hosting: 1,200 cases, 30 seen online" in page
    assert "half within 15 min" in page
    assert "no notice" in page  # of the hotline whose notices started no clock


def test_a_chart_stays_in_its_frame_and_ends_at_the_present():
    """A step for each count, none outside of the frame; one count alone is a level line."""
    counts = (0, 7, 3, 7)
    drawn = chart(backlog(*counts), VIEW)
    heights = [float(y) for y in re.findall(r"V([0-9.]+)", drawn.line)]
    assert len(heights) == len(counts) - 1
    assert heights[0] == heights[2] < heights[1] < CHART_HEIGHT
    assert all(0 <= float(x) <= CHART_WIDTH for x in re.findall(r"[MH]([0-9.]+)", drawn.line))
    assert (drawn.now, drawn.top, drawn.end_y) == (7, 7, heights[-1])
    lone = chart(backlog(4_000), VIEW)
    assert (lone.now, lone.span) == (4_000, "no time yet")
    assert "from 4,000 to 4,000, at most 4,000" in lone.label


def test_as_many_charts_are_drawn_as_a_reader_compares():
    """The table has all hosters; what folds many into one has no chart."""
    one = VIEW.backlog_samples[0]
    many = tuple(replace(one, hoster=f"h{n}") for n in range(CHARTS_MAX + 3))
    other = replace(one, hoster="other")
    page = render(replace(VIEW, backlog_samples=(other, *many)))
    assert len(re.findall(r'aria-label="Backlog of ', page)) == CHARTS_MAX
    assert "Backlog of other" not in page


def test_what_became_of_a_hotlines_records_is_said():
    """How many had which outcome, each reason of a refusal, and how fast its notices come."""
    found = intake(VIEW, "south")
    assert {name: n for name, n in found.items() if isinstance(n, int) and n} == {
        "accepted": 330,
        "quarantined": 4,
    }
    assert found["reasons"] == "3 bad url, 1 malformed"
    assert found["delay"] == "no notice"
    assert intake(VIEW, "north")["accepted"] == 1_222
