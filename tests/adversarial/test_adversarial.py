"""The product against worlds that hide, cheat and fail, labelled before it was judged by them."""

import hashlib
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from adversarial import instant, read
from adversarial_judge import judged
from adversarial_loop import Loop
from adversarial_table import ALLOWED, EXCEPTED, judge_all, wrong
from histories import written

from agents.tools.verification.published import PublishedState
from schemas.closed_lists import Flag, NormVerdict, Target
from schemas.codec import STATE
from schemas.records.facts import Observation
from streams import lifecycle
from verify.compared.compare import cases_differ
from verify.ledger.records import url_records
from verify.method_10.cases import cases

HERE = Path(__file__).parent
OPEN = HERE / "open.jsonl.gz"
CASES = {case.id: case for case in read(OPEN)}
SAMPLE = sorted(CASES)[::80]
"""Cases that both programs judge: each kind has 20, so every fourth kind has one here."""

ALL_ALONG = ((-1_000.0, "online"),)


def test_the_open_half_is_as_it_was_frozen():
    """Nobody changed a label after the rules were judged by it; it is large and has many kinds."""
    assert hashlib.sha256(OPEN.read_bytes()).hexdigest() in (HERE / "README.md").read_text()
    kinds = Counter(case.kind for case in CASES.values())
    assert len(CASES) >= 1_200
    assert len(kinds) >= 40
    assert min(kinds.values()) >= 20


@pytest.mark.timeout(1_800)  # all take 60 s of both cores when they are free
@pytest.mark.parametrize("each", [40, pytest.param(1, marks=pytest.mark.soak)])
def test_at_most_one_in_a_thousand_is_said_wrongly(each):
    """Of the judgeable cases at most 1 in 1,000 is called removed, and online, wrongly.

    Each fortieth has every other kind; of so few none may be wrong.
    """
    chosen = sorted(CASES)[::each]
    kinds = {CASES[id].kind for id in chosen}
    assert len(kinds) * (2 if each > 1 else 1) >= len({case.kind for case in CASES.values()})
    n, removed, online = wrong(judge_all(CASES[id] for id in chosen))
    assert removed * ALLOWED <= n
    assert online * ALLOWED <= n


@pytest.mark.parametrize(
    "kind", ["honest_404", "gone_before_notice", "lawful_disabling", "soft404"]
)
def test_the_judge_notices_a_false_removal(kind):
    """Were the material there all along, what is said of these would be false."""
    for number in range(3):
        case = CASES[f"open-{kind}-{number}"]
        assert not judged(case).false_removed
        assert judged(msgspec.structs.replace(case, truth=ALL_ALONG)).false_removed


@pytest.mark.parametrize("id", sorted(EXCEPTED))
def test_what_is_excepted_is_at_odds_with_its_label_and_no_probe_showed_it(id):
    """R is the first gone verdict since L, and what was asked after it never saw it again (4.4)."""
    case = CASES[id]
    assert judged(case).false_removed
    loop = Loop(case)
    (said,) = loop.run()[-1].cases
    observations = [seen for seen, _ in loop.happened if isinstance(seen, Observation)]
    observations = [
        seen for seen in observations if seen.target is Target.URL and seen.facts.error is None
    ]
    since = [seen for seen in observations if seen.sent_at > said.last_seen_at]
    assert {seen.vantage for seen in since} == {"loud", "quiet", "hidden"}
    assert {seen.facts.status for seen in since} <= {404, 410}
    firsts = {seen.vantage: seen.done_at for seen in reversed(since)}
    assert said.gone_at == max(firsts["loud"], firsts["quiet"])


@pytest.mark.parametrize("kind", ["never_removed", "cloaks_agent", "vantages_dead"])
def test_the_judge_notices_a_false_sighting(kind):
    """Had the material been gone from the first hour on, what is said of these would be false."""
    gone = (*ALL_ALONG, (1.0, "gone"))
    for number in range(3):
        case = CASES[f"open-{kind}-{number}"]
        assert not judged(case).false_online
        assert judged(msgspec.structs.replace(case, truth=gone)).false_online


def test_a_sham_is_found_out_within_the_hour_though_a_late_control_confirmed_the_end():
    """All but a hidden vantage get the page of anything missing, explained by a control later on.

    By then all others were asked at a later slot than that of the first hidden re-check.
    """
    (case,) = (one for one in read(HERE / "second.jsonl.gz") if one.id == "second-soft_sham-5")
    said = judged(case)
    assert not said.false_removed
    assert said.last == "online"


def test_the_notice_of_a_removal_that_nobody_observed_is_no_sighting():
    """It was gone before the report, a day at most after its hotline saw it: L is the notice."""
    case = CASES["open-gone_before_report-0"]
    (said,) = Loop(case).run()[-1].cases
    assert Flag.UNOBSERVED in said.flags
    assert said.last_seen_at == said.noticed_at
    assert NormVerdict.LATE not in said.verdicts
    assert not judged(case).false_online


def test_the_judge_tells_apart_where_a_person_is_asked():
    """Something else answers all that one vantage asks, so the case says that it is unproven."""
    case = CASES["open-vantage_dead-0"]
    said = judged(msgspec.structs.replace(case, truth=(*ALL_ALONG, (1.0, "gone"))))
    assert said.flagged
    assert not said.false_online


@pytest.mark.parametrize("id", SAMPLE)
def test_both_programs_and_both_ways_of_the_fold_say_the_same(id):
    """Hostile histories too: probe by probe or at once, by the fold or by the plain program."""
    case = CASES[id]
    loop = Loop(case)
    loop.run()
    assert STATE.encode(lifecycle.advance(loop.key, None, loop.happened)) == loop.record
    published, url = PublishedState.of(loop.record), url_records(loop.key, written(loop.happened))
    for hours in (case.follow_h / 3, case.follow_h, case.follow_h + 500):
        at = instant(hours)
        assert not list(cases_differ(loop.key, cases(url, at), published.cases(at))), hours
