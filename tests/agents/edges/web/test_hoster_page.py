"""Laws of a hoster's page."""

import re
from dataclasses import replace

from pages import VIEW, held

from agents.edges.web.hoster_page import NOTICED, render_hoster, render_unknown
from schemas.closed_lists import CaseClass
from streams.rollup.figures import RemovalTimeReading
from streams.views.case_list import LISTED_MAX, HosterCases
from streams.views.hoster_view import HosterView, hoster_view
from streams.views.view import HosterInfo, View


def made(hoster: str, view: View = VIEW) -> HosterView:
    cases = held(hoster)
    assert cases is not None
    return hoster_view(hoster, view, cases)


def page(hoster: str, view: View = VIEW) -> str:
    return render_hoster(made(hoster, view), view)


def test_its_figures_are_those_of_the_overview():
    """The present end of the chart, the classes and the norms are one set of figures."""
    found = made("beta")
    figures = next(f for f in VIEW.figures if f.hoster == "beta")
    (part,) = found.roles
    assert part.figures == figures
    assert part.backlog[-1] == (VIEW.as_of, figures.backlog)
    text = page("beta")
    counts = {o: n for o, n in figures.classes.items() if n}
    assert counts[CaseClass.UNAVAILABLE]
    for n in counts.values():
        assert f'<td role="cell" data-label="Hosting"><b>{n}</b></td>' in text


def test_removal_time_is_told_both_ways():
    """At R, with unavailable as still there, drawn full; at L, as removed, drawn dashed."""
    text = page("beta")
    assert text.count('class="line dashed"') == 1
    assert "If removal counts at R, unavailable as still there" in text
    assert "If removal counts at L, unavailable as removed" in text
    found = made("beta")
    (role,) = found.roles
    curves = dict.fromkeys(RemovalTimeReading, role.curves[RemovalTimeReading.CENSORED])
    reach = dict.fromkeys(RemovalTimeReading, role.reach_ms[RemovalTimeReading.CENSORED])
    alike = render_hoster(
        replace(found, roles=(replace(role, curves=curves, reach_ms=reach),)), VIEW
    )
    assert "line dashed" not in alike
    assert "there is one line" in alike


def test_cohorts_have_medians_of_their_own():
    """Cases noticed in the last 28 and 90 days, each with how many they are."""
    text = page("beta")
    figures = next(f for f in VIEW.figures if f.hoster == "beta")
    for cohort, said in NOTICED.items():
        n = figures.estimate(RemovalTimeReading.CENSORED, cohort).n
        assert re.search(rf'{said}</th><td[^>]*data-label="Cases"><b>{n}</b>', text)


def test_what_is_not_reached_or_not_known_is_said():
    """A hoster that removes nothing has no median, and no share left after six weeks."""
    text = page("gamma")
    assert re.search(r'Half removed after"><span class="value">not reached', text)
    assert re.search(r'Left after 42\xa0d"><span class="value">unknown', text)


def test_cases_that_came_back_are_told():
    """Beside the headline, since the share within a norm keeps the first removal."""
    found = made("beta")
    (role,) = found.roles
    back = replace(role, figures=replace(role.figures, reappearances=7))
    assert "came back" not in page("beta")
    said = render_hoster(replace(found, roles=(back,)), VIEW)
    assert "<b>7</b> of these cases came back" in said


def test_a_sample_is_said_to_be_one():
    """Where probes on time are promised to a part, the page says how many had their time."""
    text = page("shield")
    assert "estimated from a sample, p = 0.5, 60 of 119 cases" in text
    assert "not in the sample" in text
    assert "estimated" not in page("beta")


def test_cases_are_listed_and_the_list_says_what_it_leaves_out():
    """As many as a page can hold, the newest first."""
    cases = held("beta")
    assert cases is not None
    pages = [hoster_view("beta", VIEW, cases, n * LISTED_MAX) for n in range(6)]
    ids = [line.case_id for found in pages for line in found.cases.lines]
    assert len(ids) == len(set(ids)) == pages[0].cases.of == 261
    text = render_hoster(pages[1], VIEW, 2)
    assert text.count("<code>") == LISTED_MAX
    assert "Cases 51 to 100 of 261" in text
    assert "Page 2 of 6" in text
    first = pages[1].cases.lines[0].case_id
    assert f'<a href="/case/{first}?hoster=beta"><code>{first}</code>' in text


def test_a_norm_that_still_runs_is_not_due_yet():
    """Neither undetermined nor in time: nobody can say yet, and nobody is late."""
    found = made("beta")
    line = next(one for one in found.cases.lines if one.running)
    assert line.noticed_at is not None
    assert all(VIEW.as_of < line.noticed_at + norm_s * 1_000 for norm_s in line.running)
    text = page("beta")
    assert "not due yet: 24\xa0h, 48\xa0h" in text
    assert re.search(r'data-label="Not due yet"><b>\d+</b>', text)


def test_what_is_not_known_is_hatched_and_never_drawn_as_removed():
    """Unavailable cases, bounds of a share, and what lies between the two curves."""
    text = page("beta")
    assert (
        text.count("url(#unknown")
        == 3 + sum(bool(norm.n) for norm in made("beta").roles[0].figures.norms) - 1
    )
    for rect in re.findall(r"<(?:rect|path) [^>]*url\(#unknown[^)]*\)[^>]*>", text):
        assert "gone" not in rect


def test_nothing_is_said_before_the_ledger_is_read():
    """Figures of a part of the cases would be too low."""
    text = page("beta", replace(VIEW, ready=False))
    assert "Reading the ledger" in text
    assert "<code>" not in text
    assert "<svg" not in text


def test_nothing_of_it_can_become_markup_or_comes_from_outside():
    """Names are text; there is no address of another server and no style attribute."""
    info = replace(VIEW.hosters["beta"], name="<script>x</script>", group='"><b>y')
    text = page("beta", replace(VIEW, hosters={"beta": info}))
    assert "<script>x" not in text
    assert "><b>y" not in text
    assert "style=" not in text
    assert "http:" not in text
    assert "https:" not in text


def test_a_hoster_without_a_case_has_a_page():
    """The registry knows it; there is nothing to chart and nothing to list."""
    info = HosterInfo(name="Omega", country="SE", group="holding")
    view = View(ready=True, as_of=VIEW.as_of, hosters={"omega": info})
    found = hoster_view("omega", view, HosterCases())
    text = render_hoster(found, view)
    assert "This hoster has no case yet" in text
    assert "SE, id omega, owned by holding" in text
    assert "<table" not in text


def test_an_unknown_id_is_not_repeated():
    """What a stranger puts into a link is not shown under our name."""
    assert "No hoster has this id" in render_unknown()
