"""What suffices for an end: enough probes, over long enough, of every vantage, with a control."""

import pytest
from ledger_events import (
    BOTH,
    CONTROL,
    DEAD,
    GONE,
    NORTH,
    ONLINE,
    REFUSED,
    SOUTH,
    WEST,
    at,
    observation,
)

from schemas.closed_lists import CaseClass, Target, Verdict
from schemas.codec import FACT
from schemas.records.facts import Facts
from verify.ledger.facts import Observation, fact
from verify.method_9.gone_run import GoneRun
from verify.method_9.timeline_entry import EntryKind, TimelineEntry
from verify.method_9.verdict import Said

ASKED = (NORTH, SOUTH, WEST)
HOURS = (5, 5.2, 5.6)


def entry(hours: float, facts: Facts, said: Said, who: str, **more) -> TimelineEntry:
    """Return what a vantage saw."""
    flags = {name: more.pop(name) for name in ("away", "differs", "alive") if name in more}
    found = fact(FACT.encode(observation(hours, facts, who, asked=ASKED, **more)[0]))
    assert isinstance(found, Observation)
    return TimelineEntry(
        at=at(hours),
        kind=EntryKind.OBSERVATION,
        seen_at=at(hours),
        who=who,
        said=said,
        observation=found,
        **flags,
    )


def gone(hours: float, who: str = NORTH, verdict=Verdict.GONE_HARD, **more) -> TimelineEntry:
    """Return that it was gone."""
    return entry(hours, GONE, Said(verdict), who, **more)


def refused(hours: float, who: str = NORTH, **more) -> TimelineEntry:
    """Return that the URL alone was refused."""
    return entry(hours, REFUSED, Said(Verdict.BLOCKED, url_refused=True), who, **more)


def dead(hours: float, who: str = NORTH) -> TimelineEntry:
    """Return that the host did not answer."""
    return entry(hours, DEAD, Said(Verdict.UNREACHABLE), who)


def control(hours: float, who: str = NORTH, *, alive: bool = True) -> TimelineEntry:
    """Return what a made-up path answered."""
    said = Said(Verdict.GONE_HARD)
    return entry(hours, CONTROL, said, who, target=Target.MADE_UP_PATH, alive=alive)


def run(*entries: TimelineEntry, controlled: bool = True) -> GoneRun:
    """Return a run of gone probes, a control behind the first."""
    made = GoneRun()
    for one in entries:
        made.add_gone(one)
    if controlled:
        made.add_control(control(9))
    return made


def both(*hours: float, **more) -> list[TimelineEntry]:
    """Return gone probes of two vantages."""
    return [gone(h, who, **more) for h in hours for who in BOTH]


def test_three_probes_of_every_vantage_over_half_an_hour_are_a_removal() -> None:
    """R is when the last of them first said so."""
    late = [gone(5.1, SOUTH), *(gone(h) for h in HOURS), gone(5.7, SOUTH)]
    found = run(*late).confirmed(BOTH, left=False)
    assert found == (CaseClass.REMOVED, at(5.1), False)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (run(*both(*HOURS), controlled=False), "no control"),
        (run(*both(5, 5.2, 5.4)), "too short"),
        (run(*both(5.0)), "too few"),
        (run(*(gone(h) for h in HOURS)), "one vantage never said so"),
        (run(), "nothing"),
    ],
)
def test_less_is_no_end(made: GoneRun, why: str) -> None:
    """Whatever is lacking."""
    assert made.confirmed(BOTH, left=False) is None, why


def test_where_three_are_asked_one_may_be_silent_if_the_others_share_no_network() -> None:
    """It may not have seen it against them."""
    told = both(*HOURS)
    assert run(*told).confirmed(ASKED, left=False) is not None
    same = [gone(h, who, asn=64_496) for h in HOURS for who in BOTH]
    assert run(*same).confirmed(ASKED, left=False) is None
    dissented = run(*told)
    dissented.add_dissent(entry(5.7, ONLINE, Said(Verdict.ONLINE), WEST))
    assert dissented.dissenters() == {WEST}
    assert dissented.confirmed(ASKED, left=False) is None


def test_a_vantage_that_turned_lately_needs_far_more() -> None:
    """36 probes over 3 h, and R is the last of them: what is there and gone in turns is neither."""
    hours = [5 + n / 6 for n in range(19)]
    turned = [at(4)]
    assert run(*both(*HOURS)).confirmed(BOTH, left=False, turned=turned) is None
    found = run(*both(*hours)).confirmed(BOTH, left=False, turned=turned)
    assert found == (CaseClass.REMOVED, at(hours[-1]), False)


def test_a_name_that_is_gone_ends_it_where_the_old_address_has_it_no_more() -> None:
    """The name alone ends nothing: it may come back."""
    name = both(*HOURS, verdict=Verdict.DNS_GONE)
    assert run(*name).confirmed(BOTH, left=False) is None
    old = both(5.1, 5.3, 5.7, old_address=True)
    (found, _, _) = run(*name, *old).confirmed(BOTH, left=False)
    assert found is CaseClass.DNS_ENDED


def test_it_has_moved_where_the_name_left_and_another_serves_it() -> None:
    """Without that the name's leaving is no end of a removal either."""
    moved = both(*HOURS, verdict=Verdict.MOVED)
    assert run(*moved).confirmed(BOTH, left=True)[0] is CaseClass.MOVED


def test_a_refusal_of_the_url_alone_counts_once_a_quiet_vantage_is_refused_too() -> None:
    """Until then it is a hoster that bars the monitor."""
    made = GoneRun()
    assert not made.add_unavailable(refused(5))
    assert made.gone_by() == {}
    assert made.add_unavailable(refused(5.1, SOUTH, announced=False))
    assert made.gone_by().keys() == {NORTH, SOUTH}
    assert made.url_refused_at() == {NORTH: at(5), SOUTH: at(5.1)}


def test_three_barred_probes_over_half_an_hour_are_plainly_unavailable() -> None:
    """Not where one said that it is gone."""
    made = GoneRun()
    for hours in HOURS:
        assert not made.is_unavailable()
        made.add_unavailable(dead(hours))
    assert made.is_unavailable()
    made.add_gone(gone(5.7))
    assert not made.is_unavailable()


def test_a_host_is_dark_after_a_week_in_which_nothing_of_it_lived() -> None:
    """Six probes of every vantage and none far apart, its controls dead too."""

    def week(*hours: float, alive: bool | None = False) -> GoneRun:
        made = GoneRun()
        for hour in hours:
            for who in BOTH:
                made.add_unavailable(dead(hour, who))
                if alive is not None:
                    made.add_control(control(hour, who, alive=alive))
        return made

    days = [5 + 24 * n for n in range(8)]
    assert week(*days).dark_since(BOTH, at(days[-1])) == at(5)
    assert week(*days).dark_since(BOTH, at(days[-1] - 1)) is None
    for alive in (True, None):
        assert week(*days, alive=alive).dark_since(BOTH, at(days[-1])) is None
    assert week(5, *days[3:]).dark_since(BOTH, at(days[-1])) is None
    assert week(*days[::4]).dark_since(BOTH, at(days[-1])) is None


def test_a_sighting_against_the_others_ends_what_its_vantage_said() -> None:
    """It has to say so again; how often it dissented is known."""
    made = run(*both(*HOURS))
    made.add_dissent(entry(5.7, ONLINE, Said(Verdict.ONLINE), SOUTH, differs=True))
    assert made.gone_by().keys() == {NORTH}
    assert made.dissents_of(SOUTH) == [at(5.7)]
    made.add_gone(gone(5.8, SOUTH))
    assert (made.dissenters(), made.dissents_of(SOUTH)) == (set(), [])
