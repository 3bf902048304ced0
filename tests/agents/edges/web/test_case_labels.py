"""What readers of the pages are told has words: none is missing, and none stands twice."""

import pytest

from agents.edges.web.case_labels import (
    ANSWERS,
    CHECKS,
    CONTROLS,
    EVENTS,
    FLAGS,
    GRADES,
    PROBE_ERRORS,
    QUARANTINE_WORDS,
    ROLES,
    STANDINGS,
    UNBROKEN,
    VERDICTS,
    class_words,
    in_language,
    norm_words,
    verdicts,
)
from agents.edges.web.messages import speaking
from schemas.closed_lists import (
    AnswerKind,
    CaseClass,
    CheckResult,
    ClockStanding,
    Flag,
    Grade,
    NormVerdict,
    ProbeError,
    Quarantine,
    Role,
)
from schemas.records.history_events import KINDS, ControlsWord
from streams.history.sentence import said as sentence
from streams.norms.maturity import AUTHORITY_ORDER

WORDS = {
    Role: ROLES,
    NormVerdict: VERDICTS,
    Flag: FLAGS,
    Quarantine: QUARANTINE_WORDS,
    Grade: GRADES,
    ClockStanding: STANDINGS,
    AnswerKind: ANSWERS,
    ProbeError: PROBE_ERRORS,
    ControlsWord: CONTROLS,
    CheckResult: CHECKS,
}
LATE, IN_TIME = NormVerdict.LATE, NormVerdict.IN_TIME


@pytest.mark.parametrize("closed", WORDS, ids=lambda closed: closed.__name__)
def test_each_value_has_words_of_its_own(closed) -> None:
    """A new one without words would fail the page."""
    assert WORDS[closed].keys() == set(closed)
    assert len(set(WORDS[closed].values())) == len(closed)


def test_each_class_and_each_kind_of_event_has_words() -> None:
    """A class a name and what it means."""
    names = [class_words(outcome) for outcome in CaseClass]
    assert len({name for name, _ in names}) == len(CaseClass)
    assert all(meaning for _, meaning in names)
    assert EVENTS.keys() == set(KINDS)


@pytest.mark.parametrize(
    ("made", "english", "dutch"),
    [
        (
            sentence("no probe, %(error)s", error=ProbeError.MISSED_POLITENESS),
            "no probe, no turn within our own limits",
            "geen meting, geen beurt binnen onze eigen grenzen",
        ),
        (
            sentence(", controls %(controls)s", controls=ControlsWord.NONE),
            ", controls not probed",
            ", controles niet gemeten",
        ),
        (
            sentence("%(hoster)s answers: %(says)s", hoster="late", says=AnswerKind.NOT_OURS),
            "late answers: It is not on our servers",
            "late antwoordt: Het staat niet op onze servers",
        ),
    ],
)
def test_values_of_a_sentence_are_said_and_names_stay(made, english, dutch) -> None:
    """A closed list's value is no word for a reader; what somebody chose as an id is kept."""
    assert in_language(made) == english
    with speaking("nl"):
        assert in_language(made) == dutch


@pytest.mark.parametrize(
    ("norm_s", "said"),
    [(86_400, "24 h"), (3_600, "1 h"), (1_800, "30 min"), (AUTHORITY_ORDER, "order")],
)
def test_a_norm_is_said_in_hours_or_minutes(norm_s: int, said: str) -> None:
    """Number and unit stay on one line."""
    assert norm_words(norm_s) == said.replace(" ", UNBROKEN)


def test_verdicts_are_said_by_what_they_say() -> None:
    """The worst first; a norm whose time is not over is not due."""
    judged = ((3_600, LATE), (43_200, LATE), (86_400, IN_TIME), (172_800, IN_TIME))
    said = verdicts(judged, {172_800}).replace(UNBROKEN, " ")
    assert said == "late: 1 h, 12 h; in time: 24 h; not due yet: 48 h"
    assert verdicts(()) == ""
