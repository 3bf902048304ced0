"""What is known of one URL, and what that allows."""

from dataclasses import replace

import pytest
from msgspec import structs

from schemas.closed_lists import NormVerdict, Target
from schemas.moments import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from schemas.records.case import CaseSummary, Return
from sim.oracle.evidence import Evidence
from sim.oracle.examine import examine
from sim.oracle.findings import OracleFinding
from sim.oracle.made_probes import ProbeTimes
from sim.oracle.subject import Subject
from sim.world.absences import TRICK_MS
from sim.world.behaviour import Behaviour
from sim.world.hosters import ALL
from sim.world.material import Material
from sim.world.world import WORLD_START

HOSTER = next(hoster for hoster in ALL if hoster.second)
MOVED_AT = WORLD_START + 5 * HOUR_MS
REMOVED_AT = MOVED_AT + HOUR_MS
DAY_S = DAY_MS // SECOND_MS
STALE_MS = 10 * MINUTE_MS
PROBED_AT = REMOVED_AT + MINUTE_MS


def subject(stale_ms):
    """A URL that moves to a sister of its hoster and is removed an hour later; probed since."""
    item = Material(
        hoster=HOSTER.id,
        host=f"n1.{HOSTER.id}.example",
        path="/a.jpg",
        url=f"http://n1.{HOSTER.id}.example/a.jpg",
        since_at=WORLD_START,
        reported_at=WORLD_START,
        noticed_at=WORLD_START + HOUR_MS,
        removed_at=REMOVED_AT,
        moved_at=MOVED_AT,
        second=HOSTER.second,
        length=50_000,
    )
    evidence = Evidence(
        as_of=REMOVED_AT,
        told_until=REMOVED_AT,
        read_at=REMOVED_AT,
        urls={},
        outcomes=(),
        stale_ms=stale_ms,
    )
    sent = [MOVED_AT + minutes * MINUTE_MS for minutes in (-1, 9, 11, 61)]
    probes = [
        ProbeTimes(HOSTER.id, "quiet", Target.URL, at, at, at + 1, answered=True) for at in sent
    ]
    return Subject(item=item, hoster=HOSTER, cases=(), evidence=evidence, probes=probes)


def case_of(**said):
    """What is published of the URL: its case, and what is said of it."""
    return CaseSummary(
        case_id="c",
        hoster=HOSTER.id,
        group=HOSTER.id,
        opened_at=WORLD_START,
        reported_at=WORLD_START,
        received_at=WORLD_START,
        phases=(),
        **said,
    )


@pytest.mark.parametrize(("stale_ms", "begins"), [(0, []), (STALE_MS, [9])])
def test_who_asked_for_the_name_before_it_moved_may_find_it_gone_where_it_was(stale_ms, begins):
    """A probe that waits between name and request may miss a move by so long, and no longer."""
    known = subject(stale_ms)
    found = [
        minutes
        for minutes in (-1, 9, 11)
        if known.begins_in(WORLD_START, MOVED_AT + minutes * MINUTE_MS + 1)
    ]
    assert found == begins
    assert known.begins_in(WORLD_START, MOVED_AT + 61 * MINUTE_MS + 1)
    assert not known.begins_in(MOVED_AT, MOVED_AT + 9 * MINUTE_MS + 1)


@pytest.mark.parametrize(
    ("behaviour", "away_at"),
    [
        (Behaviour.MOVES_INSIDE, MOVED_AT),
        (Behaviour.LEAVES, MOVED_AT),
        (Behaviour.EXPIRES, REMOVED_AT),
        (Behaviour.NO_NAME, WORLD_START + HOUR_MS + TRICK_MS),
        (Behaviour.NEVER, None),
    ],
)
def test_a_name_asked_for_too_late_names_nobody_and_one_in_time_has_to(behaviour, away_at):
    """From when a name leads elsewhere its hoster cannot be known; before that it has to be."""
    known = replace(subject(0), hoster=replace(HOSTER, behaviour=behaviour))
    assert replace(known, placed_at=None).unplaceable == (away_at is not None)
    for placed_at in (WORLD_START, (away_at or MOVED_AT) - 1):
        assert not replace(known, placed_at=placed_at).unplaceable
    if away_at is not None:
        assert replace(known, placed_at=away_at).unplaceable


@pytest.mark.parametrize(
    ("seen_at", "vouched"),
    [(None, False), (WORLD_START, False), (PROBED_AT, False), (PROBED_AT + 1, True)],
)
def test_what_no_probe_saw_after_the_report_a_person_saw(seen_at, vouched):
    """Who reported it saw it before, and vouches for nothing that came later."""
    case = case_of(last_seen_at=seen_at)
    probe = ProbeTimes(HOSTER.id, "quiet", Target.URL, 0, PROBED_AT, PROBED_AT + 1, answered=True)
    assert replace(subject(0), probes=(probe,)).vouched(case) is vouched


@pytest.mark.parametrize(
    ("sent_h", "behaviour", "stands"),
    [
        ((), Behaviour.CLOAKS_ALL, True),
        ((-1, 25), Behaviour.CLOAKS_ALL, True),
        ((3,), Behaviour.CLOAKS_ALL, False),
        ((), Behaviour.CLOAKS, False),
    ],
)
def test_a_false_removal_stands_where_no_hidden_probe_was_made_within_a_day(
    sent_h, behaviour, stands
):
    """A hidden sighting within the day voids it; a later one is a return."""
    case = case_of(first_end=(WORLD_START, PROBED_AT))
    at = [PROBED_AT + hours * HOUR_MS for hours in sent_h]
    known = subject(0)
    known = replace(
        known,
        hoster=replace(HOSTER, behaviour=behaviour),
        probes=[
            ProbeTimes(HOSTER.id, "hidden", Target.URL, 0, t, t + 1, answered=True) for t in at
        ],
        evidence=replace(known.evidence, vantages=("quiet", "loud"), hidden=("hidden",)),
    )
    assert known.unprobed_by_hidden(case) is stands
    assert not known.unprobed_by_hidden(structs.replace(case, first_end=None))


@pytest.mark.parametrize("probed", [False, True])
def test_what_was_put_back_before_anybody_probed_may_be_called_late(probed):
    """The probes show it before and after; those that show it gone make the same verdict wrong."""
    back_at = REMOVED_AT + 2 * DAY_MS
    sent = [REMOVED_AT + minutes * MINUTE_MS for minutes in (10, 30, 50)] if probed else []
    known = subject(0)
    known = replace(
        known,
        item=replace(known.item, moved_at=None, second="", back_at=back_at),
        probes=[
            ProbeTimes(HOSTER.id, "quiet", target, t, t, t + 1, answered=True)
            for t in sent
            for target in (Target.URL, Target.MADE_UP_PATH, Target.ROOT)
        ],
        evidence=replace(known.evidence, vantages=("quiet",), read_at=back_at + HOUR_MS),
    )
    case = case_of(noticed_at=known.item.noticed_at, norms_s=(DAY_S,), verdicts=(NormVerdict.LATE,))
    found = list(examine(replace(known, cases=(case,))))
    assert (OracleFinding.WRONG_VERDICT in found) is probed


@pytest.mark.parametrize(
    ("gone_h", "counts"), [(None, False), (0.5, False), (2, True), (3, True), (4, False)]
)
def test_a_withdrawal_after_a_removal_leaves_the_notice_though_it_was_put_back(gone_h, counts):
    """Noticed at 1 h, withdrawn at 3 h: the notice counts if R lies between, else it is gone."""
    known, at = subject(0), WORLD_START + 3 * HOUR_MS
    returns = [Return(WORLD_START, WORLD_START + int(gone_h * HOUR_MS), at)] if gone_h else []
    for noticed_at in (None, WORLD_START + HOUR_MS):
        case = case_of(noticed_at=noticed_at, returns=tuple(returns))
        item = replace(known.item, withdrawn_at=at)
        withdrawn = replace(known, item=item, cases=(case,), placed_at=WORLD_START)
        wrong = OracleFinding.NOTICED in list(examine(withdrawn))
        assert wrong == (counts == (noticed_at is None))


@pytest.mark.parametrize(("clock_h", "right"), [(27, True), (1, False), (None, False)])
def test_a_notice_after_the_withdrawal_is_the_clock_of_what_was_withdrawn(clock_h, right):
    """Rule 2.3 takes back what came before the withdrawal; a reminder came 26 h after the first."""
    reminded = next(hoster for hoster in ALL if hoster.behaviour is Behaviour.SECOND_NOTICE)
    known, told_until = subject(0), WORLD_START + 2 * DAY_MS
    item = replace(known.item, hoster=reminded.id, withdrawn_at=WORLD_START + 3 * HOUR_MS)
    noticed_at = None if clock_h is None else WORLD_START + clock_h * HOUR_MS
    case = structs.replace(case_of(noticed_at=noticed_at), hoster=reminded.id, group=reminded.id)
    told = replace(
        known,
        item=replace(item, moved_at=None, second=""),
        hoster=reminded,
        cases=(case,),
        evidence=replace(known.evidence, told_until=told_until),
        placed_at=WORLD_START,
    )
    assert (OracleFinding.NOTICED not in list(examine(told))) is right
