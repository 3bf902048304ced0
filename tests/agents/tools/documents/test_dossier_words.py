"""What speaks for the hoster, in words."""

import re
from pathlib import Path

from agents.edges.web.messages import catalogue, speaking
from agents.tools.documents.dossier_words import POINTS, WORDS, point, points, word
from schemas.closed_lists import (
    AnswerKind,
    Basis,
    CheckResult,
    DecisionAction,
    Delivery,
    Flag,
    NormVerdict,
    ProofKind,
)
from schemas.dossier.dossier import Point
from streams.dossier import for_the_hoster

NAMED = {
    *for_the_hoster.CLASSES.values(),
    *(f"answered_{kind}" for kind in AnswerKind),
    *(f"{what}_{one}" for what in ("norm", "order") for one in NormVerdict if one != "late"),
}


def test_everything_that_may_speak_for_the_hoster_has_words_in_both_languages() -> None:
    """Whatever the rules call it; and nothing has words that they never say."""
    source = Path(for_the_hoster.__file__).read_text()
    literal = {*re.findall(r'what="([a-z_]+)"', source), *re.findall(r'"([a-z_]+)": sum', source)}
    assert POINTS.keys() == NAMED | literal
    with speaking("nl"):
        told = {what: point(Point(what=what, more="3600000")) for what in POINTS}
    assert all(told[what].split(" (")[0] == catalogue("nl")[POINTS[what]] for what in POINTS)
    for flag in for_the_hoster.FLAGS:
        assert point(Point(what=f"flag_{flag}")).startswith("marked: ")
    assert Flag.CLOAKED in for_the_hoster.FLAGS


def test_a_number_stands_beside_what_it_counts() -> None:
    """How long the hotline took in a case; in how many cases, of all."""
    assert point(Point(what="hotline_delay", more="7200000")).endswith("(2 h)")
    assert points([Point(what="removed", more="1200")]) == [("1,200", POINTS["removed"])]


def test_what_somebody_stated_has_words_in_both_languages() -> None:
    """Each value of each kind; a mail server and a hoster do not refuse the same."""
    kinds = {
        "basis": Basis,
        "delivery": Delivery,
        "proof": ProofKind,
        "check": CheckResult,
        "answer": AnswerKind,
        "decision": DecisionAction,
    }
    assert {kind: {*words} for kind, words in WORDS.items()} == {
        kind: {*values} for kind, values in kinds.items()
    }
    dutch = catalogue("nl")
    assert {one for words in WORDS.values() for one in words.values()} - dutch.keys() == {"API"}
    with speaking("nl"):
        assert word("delivery", "refused") == "niet aangenomen" != word("answer", "refused")
