"""What persons say against probes near it, and what each vantage said last."""

import pytest
from ledger_events import BOTH, GONE, NORTH, ONLINE, SOUTH, at, observation

from schemas.closed_lists import Verdict
from schemas.codec import FACT
from verify.ledger.facts import Observation, fact
from verify.method_9.claims import DisputedClaims, Vantages
from verify.method_9.timeline_entry import EntryKind, TimelineEntry
from verify.method_9.verdict import Said

ANN, BOB = "alpha/ann", "alpha/bob"


def probe(hours: float, verdict: Verdict, who: str = NORTH, **more) -> TimelineEntry:
    """Return what a vantage saw."""
    facts = ONLINE if verdict is Verdict.ONLINE else GONE
    found = fact(FACT.encode(observation(hours, facts, who, asked=BOTH)[0]))
    assert isinstance(found, Observation)
    said = Said(verdict)
    return TimelineEntry(
        at=at(hours),
        kind=EntryKind.OBSERVATION,
        seen_at=at(hours),
        who=who,
        said=said,
        observation=found,
        **more,
    )


def word(hours: float, kind: EntryKind, who: str = ANN) -> TimelineEntry:
    """Return what a person says."""
    return TimelineEntry(at=at(hours), kind=kind, seen_at=at(hours), who=who)


@pytest.mark.parametrize(
    ("seen", "kind", "disputed"),
    [
        ([], EntryKind.ABSENT, False),
        ([probe(4.5, Verdict.ONLINE)], EntryKind.ABSENT, True),
        ([probe(5.9, Verdict.ONLINE)], EntryKind.ABSENT, True),
        ([probe(3.9, Verdict.ONLINE)], EntryKind.ABSENT, False),
        ([probe(4.5, Verdict.ONLINE, changed=True)], EntryKind.ABSENT, False),
        ([probe(4.5, Verdict.BLOCKED)], EntryKind.ABSENT, False),
        ([probe(4.5, Verdict.GONE_HARD)], EntryKind.PRESENT, True),
        (
            [probe(4.5, Verdict.GONE_HARD), probe(4.6, Verdict.ONLINE, SOUTH)],
            EntryKind.PRESENT,
            False,
        ),
        ([probe(4.2, Verdict.GONE_HARD), probe(4.8, Verdict.ONLINE)], EntryKind.PRESENT, False),
    ],
)
def test_a_word_is_disputed_by_probes_within_an_hour(seen, kind, disputed) -> None:
    """Of each vantage the nearest; one that agrees is enough for who says that it is there."""
    words = DisputedClaims(seen)
    assert words.dispute(word(5, kind)) is disputed
    assert words.disputed(kind) == ([at(5)] if disputed else [])
    assert words.by_person(kind) is disputed


def test_a_second_person_settles_what_probes_dispute() -> None:
    """The same one does not; once it is settled nothing is left of it."""
    words = DisputedClaims([probe(4.9, Verdict.ONLINE), probe(5.2, Verdict.ONLINE)])
    assert words.dispute(word(5, EntryKind.ABSENT))
    assert words.dispute(word(5.1, EntryKind.ABSENT))
    assert not words.dispute(word(5.2, EntryKind.ABSENT, BOB))
    words.clear()
    assert words.disputed(EntryKind.ABSENT) == []


def test_a_report_is_not_disputed_by_the_probes_that_it_brings_about() -> None:
    """They are younger than what it says."""
    late, early = [probe(5.1, Verdict.GONE_HARD)], [probe(4.9, Verdict.GONE_HARD)]
    assert not DisputedClaims(late).dispute(word(5, EntryKind.PRESENT, ""))
    words = DisputedClaims(early)
    assert words.dispute(word(5, EntryKind.PRESENT, ""))
    assert not words.by_person(EntryKind.PRESENT)


def named(who: str, *, here: bool | None) -> TimelineEntry:
    """Return a resolution of a vantage."""
    return TimelineEntry(at=at(1), kind=EntryKind.NAMED, seen_at=at(1), who=who, named=here)


def test_a_name_has_left_once_every_vantage_was_led_away_twice_running() -> None:
    """One that was led there again holds it; one without name servers has no say."""
    vantages = Vantages()
    assert not vantages.left()
    for who in (NORTH, NORTH, SOUTH):
        vantages.take_name(named(who, here=False))
    assert not vantages.left()
    vantages.take_name(named(SOUTH, here=False))
    assert vantages.left()
    vantages.take_name(named(NORTH, here=True))
    assert not vantages.left()
    vantages.take_name(probe(2, Verdict.UNREACHABLE))
    assert vantages.left()


def test_those_are_required_that_the_order_asks_and_whose_canary_answers() -> None:
    """An outvoted vantage is not believed while another saw it."""
    vantages, entry = Vantages(), probe(5, Verdict.GONE_HARD)
    assert vantages.required(entry) == {NORTH, SOUTH}
    vantages.sound[SOUTH] = False
    assert vantages.required(entry) == {NORTH}
    vantages.sound[SOUTH] = vantages.saw[SOUTH] = True
    vantages.outvoted.add(NORTH)
    assert vantages.is_outvoted(entry)
    vantages.deny(SOUTH, at(6))
    assert not vantages.is_outvoted(entry)
    vantages.deny(SOUTH, at(5))
    assert vantages.denied[SOUTH] == at(6)
