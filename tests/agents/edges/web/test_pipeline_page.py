"""Laws of the page of the machinery."""

import re

from pages import VIEW, sample_probes, sample_roles

from agents.edges.metrics.engine_metrics import RolesOfProcess
from agents.edges.metrics.probe_metrics import OrderResult
from agents.edges.web.case_labels import FLAGS, QUARANTINE_WORDS, VERDICTS, norm_words
from agents.edges.web.pipeline_page import UNPROBED, render_pipeline
from agents.engine.observe.ownership import Ownership
from schemas.closed_lists import Flag, NormVerdict, Quarantine

PAGE = render_pipeline(VIEW, sample_roles(), sample_probes())


def lines(page: str, caption: str) -> list[str]:
    """Return a table's rows as text, without markup."""
    _, _, below = page.partition(f"<caption>{caption}</caption>")
    body, _, _ = below.partition("</tbody>")
    _, _, body = body.partition("</thead>")
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in rows]


def test_stages_tell_what_is_held_loaded_and_behind():
    """A stage of another process is named, and nothing is claimed of it."""
    assert lines(PAGE, "Stages in this process") == [
        "intake 8 2 2 0",
        "attribution not in this process 8 none none not known here",
        "lifecycle 8 3 2 1,204 facts.v1: 1,204",
        "probe-north 8 1 1 0",
    ]


def test_a_blind_vantage_stands_out():
    """Its canary is in the colour of alarms; what the other one met is told."""
    north, south = lines(PAGE, "Vantages of this process")
    assert north == (
        "north answers as expected 12 9,120 no probe: no polite moment: 14, too late: 3 "
        "8,800 nxdomain: 20, timeout: 300 12,400 40,960 410 agreed, 3 differed"
    )
    assert south.startswith("south no answer as expected 0 0 0")
    assert PAGE.count('data-label="Canary" class="alarm"') == 1


def test_all_reasons_for_quarantine_are_there_the_most_frequent_first():
    """What was met and what was not, each with its meaning."""
    told = lines(PAGE, "Quarantined records by reason")
    assert len(told) == len(Quarantine)
    assert told[0] == "bad url no http or https URL with a host 3"
    assert [int(line.rsplit(" ", 1)[1]) for line in told][:3] == [3, 1, 0]


def test_the_ledger_s_position_is_told():
    """By topic, and whether it moves."""
    assert "<dt>Next offsets of facts.v1, added up</dt><dd>71,222</dd>" in PAGE
    assert "<dt>State</dt><dd>up to date</dd>" in PAGE


def test_a_process_without_figures_tells_its_stages_alone():
    """No link leads to an overview that it does not have."""
    page = render_pipeline(None, RolesOfProcess(ownership=Ownership()), {})
    assert 'href="/"' not in page
    assert "This process runs no stage" in page
    assert "Quarantine" not in page


def test_every_value_of_a_closed_list_has_its_words():
    """A page for a class without words would end in a fault."""
    assert set(FLAGS) == set(Flag)
    assert set(QUARANTINE_WORDS) == set(Quarantine)
    assert set(VERDICTS) == set(NormVerdict)
    assert set(UNPROBED) == set(OrderResult) - {OrderResult.PROBED}
    assert (norm_words(3_600), norm_words(86_400), norm_words(1_800)) == (
        "1\xa0h",
        "24\xa0h",
        "30\xa0min",
    )
