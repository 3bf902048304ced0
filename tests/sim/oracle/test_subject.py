"""What is known of one URL, and what that allows."""

from dataclasses import replace

import pytest
from msgspec import structs

from schemas.moments import HOUR_MS, MINUTE_MS
from schemas.reasons import Target
from schemas.records.case import CaseSummary, Return
from sim.oracle.evidence import Evidence
from sim.oracle.made_probes import Made
from sim.oracle.subject import Subject
from sim.world.absences import TRICK_MS
from sim.world.behaviour import Behaviour
from sim.world.hosters import ALL
from sim.world.material import Material
from sim.world.world import WORLD_START

HOSTER = next(hoster for hoster in ALL if hoster.second)
MOVED_AT = WORLD_START + 5 * HOUR_MS
REMOVED_AT = MOVED_AT + HOUR_MS
STALE_MS = 10 * MINUTE_MS
LOOKED_AT = REMOVED_AT + MINUTE_MS


def subject(stale_ms):
    """A URL that moves to a sister of its hoster and is removed an hour later; looked at since."""
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
    looks = [Made(HOSTER.id, "quiet", Target.URL, at, at, at + 1, answered=True) for at in sent]
    return Subject(item=item, hoster=HOSTER, cases=(), evidence=evidence, looks=looks)


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
    """A look that waits between name and request may miss a move by so long, and no longer."""
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
    [(None, False), (WORLD_START, False), (LOOKED_AT, False), (LOOKED_AT + 1, True)],
)
def test_what_no_probe_saw_after_the_report_a_person_saw(seen_at, vouched):
    """Who reported it saw it before, and vouches for nothing that came later."""
    case = case_of(last_seen_at=seen_at)
    look = Made(HOSTER.id, "quiet", Target.URL, 0, LOOKED_AT, LOOKED_AT + 1, answered=True)
    assert replace(subject(0), looks=(look,)).vouched(case) is vouched


@pytest.mark.parametrize(
    ("known_at", "behaviour", "awaits"),
    [
        ((-20,), Behaviour.CLOAKS_ALL, True),
        ((-20, 4), Behaviour.CLOAKS_ALL, True),
        ((-20, 20), Behaviour.CLOAKS_ALL, False),
        ((-20,), Behaviour.CLOAKS, False),
    ],
)
def test_a_removal_undone_by_hidden_probes_is_void_once_all_others_are_heard(
    known_at, behaviour, awaits
):
    """Until each known vantage is asked again after the first hidden sighting it is a return."""
    gone_at = LOOKED_AT
    case = case_of(
        last_seen_at=gone_at + 45 * MINUTE_MS,
        first_end=(WORLD_START, gone_at),
        returns=(Return(WORLD_START, gone_at, gone_at + 45 * MINUTE_MS),),
    )
    sent = [("hidden", minutes) for minutes in (10, 25, 45)]
    sent += [(vantage, minutes) for vantage in ("quiet", "loud") for minutes in known_at]
    sent.append(("quiet", 30))  # the other has to be heard, too
    looks = [
        Made(HOSTER.id, vantage, Target.URL, 0, at, at + 1, answered=True)
        for vantage, minutes in sent
        for at in [gone_at + minutes * MINUTE_MS]
    ]
    known = subject(0)
    known = replace(
        known,
        hoster=replace(HOSTER, behaviour=behaviour),
        looks=sorted(looks, key=lambda look: look.done_at),
        evidence=replace(
            known.evidence,
            vantages=("quiet", "loud"),
            hidden=("hidden",),
            read_at=gone_at + HOUR_MS,
            as_of=gone_at + HOUR_MS,
        ),
    )
    assert known.awaits_word(case) is awaits
    assert not known.awaits_word(structs.replace(case, returns=()))
