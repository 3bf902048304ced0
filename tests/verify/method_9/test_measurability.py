"""Whether a case could be measured, or was hidden from the monitor."""

import pytest
from ledger_events import BOTH, GONE, LIMITED, NORTH, ONLINE, at, observation

from schemas.closed_lists import CaseClass, Verdict
from schemas.codec import FACT
from verify.ledger.facts import Observation, fact
from verify.method_9.measurability import unmeasurable
from verify.method_9.notice_times import NoticeTimes
from verify.method_9.timeline_entry import EntryKind, TimelineEntry
from verify.method_9.verdict import Said

TIMES = NoticeTimes(noticed_at=at(1), norm_from_at=at(1), norm_s=86_400)
UNTIMED = NoticeTimes(norm_s=86_400)
FACTS = {Verdict.ONLINE: ONLINE, Verdict.GONE_HARD: GONE, Verdict.BLOCKED: LIMITED}


def probe(hours: float, verdict: Verdict, *, url_refused: bool = False, **more) -> TimelineEntry:
    """Return what a vantage saw."""
    found = fact(FACT.encode(observation(hours, FACTS[verdict], NORTH, asked=BOTH, **more)[0]))
    assert isinstance(found, Observation)
    return TimelineEntry(
        at=at(hours),
        kind=EntryKind.OBSERVATION,
        seen_at=at(hours),
        who=NORTH,
        said=Said(verdict, url_refused=url_refused),
        observation=found,
    )


def classes(*told: tuple[float, CaseClass]) -> list[tuple[int, CaseClass]]:
    """Return classes and from when on."""
    return [(at(hours), outcome) for hours, outcome in told]


@pytest.mark.parametrize(
    ("told", "hours", "barred"),
    [
        ([], 100, False),
        ([(10, CaseClass.UNAVAILABLE)], 33.9, False),
        ([(10, CaseClass.UNAVAILABLE)], 34, True),
        ([(10, CaseClass.UNAVAILABLE), (30, CaseClass.ONLINE)], 100, False),
        ([(10, CaseClass.UNAVAILABLE), (34, CaseClass.ONLINE)], 100, True),
        ([(10, CaseClass.UNAVAILABLE), (34, CaseClass.DARK)], 100, False),
        ([(10, CaseClass.UNAVAILABLE), (30, CaseClass.UNAVAILABLE)], 34, True),
    ],
)
def test_a_case_that_was_unavailable_for_a_day_is_not_measured(told, hours, barred) -> None:
    """At a stretch; a host that is dark altogether hides nothing."""
    found = unmeasurable(
        [], UNTIMED, classes((0, CaseClass.ONLINE), *told) if told else [], at(hours)
    )
    assert found is barred


def hidden(*seen: TimelineEntry, hours: float = 40) -> bool:
    """Return whether a case with these probes around its norm of 24 h was hidden."""
    return unmeasurable(seen, TIMES, classes((0, CaseClass.ONLINE)), at(hours))


def test_a_case_is_hidden_where_all_probes_around_its_norm_were_barred() -> None:
    """One answer of them is enough; what was barred before or later says nothing."""
    barred = [probe(h, Verdict.BLOCKED) for h in (24.5, 25.5)]
    assert hidden(*barred)
    assert not hidden(*barred, probe(25.6, Verdict.ONLINE))
    assert not hidden(*barred, probe(25.6, Verdict.GONE_HARD))
    assert hidden(*barred, probe(20, Verdict.ONLINE))
    assert hidden(*barred, probe(25.6, Verdict.ONLINE, canary_ok=False))
    assert not hidden()


def test_a_refusal_of_the_url_alone_hides_nothing() -> None:
    """The hoster refuses the URL alone, so it is removed."""
    assert not hidden(probe(24.5, Verdict.BLOCKED, url_refused=True))
    both = (probe(24.5, Verdict.BLOCKED, url_refused=True), probe(25.5, Verdict.BLOCKED))
    assert hidden(*both)


def test_before_the_norm_has_run_out_nothing_is_hidden() -> None:
    """The second slot behind it, its spread included, is waited for."""
    barred = [probe(24.5, Verdict.BLOCKED)]
    assert not hidden(*barred, hours=30)
    assert not unmeasurable(barred, UNTIMED, classes((0, CaseClass.ONLINE)), at(40))
