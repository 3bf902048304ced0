"""What was seen of a URL at one spell, in order of time, each thing beside its controls."""

import pytest
from histories import written
from ledger_events import (
    BOTH,
    GONE,
    KEY,
    MISSED,
    NORTH,
    ONLINE,
    SOUTH,
    at,
    check,
    observation,
    place,
    placed,
    report,
    slot,
)

from schemas.closed_lists import CheckResult, Verdict
from schemas.records.facts import Facts
from verify.ledger.records import url_records
from verify.method_9.hosting_spells import hosting_spells
from verify.method_9.timeline import entries
from verify.method_9.timeline_entry import EntryKind, TimelineEntry

COPY = Facts(status=200, type="image/jpeg", length=5_000, cached=True)
AGED = Facts(status=200, type="image/jpeg", length=5_000, cached=True, age_s=7_200)


def seen(*told) -> list[TimelineEntry]:
    """Return what was seen at acme of a URL that was reported at 0."""
    flat = [one for part in told for one in (part if isinstance(part, list) else [part])]
    url = url_records(KEY, written([report(), placed(), *flat]))
    spell = next(one for one in hosting_spells(url) if one.group == "acme")
    return entries(url, spell)


def kinds(*told) -> list[EntryKind]:
    """Return what kinds of entries there are, in order."""
    return [one.kind for one in seen(*told)]


def test_entries_come_in_order_of_time_and_a_word_for_it_comes_first() -> None:
    """Of one instant: present, observation, control, absent."""
    told = slot(5, ONLINE, (NORTH,))
    (first,) = [one for one in seen(told) if one.kind is EntryKind.OBSERVATION]
    instant = (first.at - at(0)) / 3_600_000
    both = [check(instant), check(instant, CheckResult.PRESENT, who="bob")]
    assert kinds(told, both) == [
        EntryKind.PRESENT,
        EntryKind.OBSERVATION,
        EntryKind.CONTROL,
        EntryKind.CONTROL,
        EntryKind.ABSENT,
    ]


@pytest.mark.parametrize(
    "beside",
    [
        observation(5, ONLINE, hoster="other", hosters=("other",)),
        observation(5, MISSED),
        check(5, CheckResult.NEVER_ILLEGAL),
        placed(5),
    ],
)
def test_what_is_no_sign_of_the_spell_is_left_out(beside) -> None:
    """Another hoster's answer, a slot nobody probed in, a withdrawal, the first resolution."""
    assert seen(beside) == []


def test_a_vantage_s_resolution_says_whether_it_led_there() -> None:
    """Where it was led, and not what it got there."""
    away = placed(6, place("other"), vantage=SOUTH)
    found = seen(placed(5, vantage=NORTH), away)
    assert [(one.who, one.named, one.kind) for one in found] == [
        (NORTH, True, EntryKind.NAMED),
        (SOUTH, False, EntryKind.NAMED),
    ]


def verdict(facts: Facts, **more) -> TimelineEntry:
    """Return what one observation says."""
    (found,) = [
        one for one in seen(slot(5, facts, (NORTH,), **more)) if one.kind is EntryKind.OBSERVATION
    ]
    return found


def test_an_observation_says_what_it_is_beside_its_controls() -> None:
    """A sighting whose control is another answer differs, and is backed."""
    online, gone = verdict(ONLINE), verdict(GONE)
    assert (online.said.verdict, online.differs, online.unbacked) == (Verdict.ONLINE, True, False)
    assert gone.said.verdict is Verdict.GONE_HARD
    assert verdict(ONLINE, control=None).unbacked


def test_a_copy_speaks_of_when_it_was_made_or_of_nothing() -> None:
    """One of unknown age shows nothing of the origin."""
    aged = verdict(AGED)
    assert (aged.aged, aged.online) == (True, True)
    assert aged.observation.sent_at - aged.seen_at == 7_200_000
    assert verdict(COPY).said.verdict is Verdict.UNKNOWN


def test_another_shape_than_at_first_has_changed() -> None:
    """Until the old one is seen again."""
    other = Facts(status=200, type="image/png", length=90_000)
    told = [slot(h, facts, (NORTH,)) for h, facts in ((5, ONLINE), (6, other), (7, ONLINE))]
    found = [one for one in seen(*told) if one.kind is EntryKind.OBSERVATION]
    assert [one.changed for one in found] == [False, True, False]


def test_a_hidden_re_check_is_beside_those_that_are_asked() -> None:
    """It goes on from what they saw: what it sees first is known already."""
    told = [slot(5, ONLINE, (NORTH,)), slot(9, ONLINE, ("hidden",), asked=BOTH)]
    found = [one for one in seen(*told) if one.kind is EntryKind.OBSERVATION]
    assert [(one.who, one.by_hidden_vantage, one.changed) for one in found] == [
        (NORTH, False, False),
        ("hidden", True, False),
    ]


def test_a_hidden_re_check_takes_up_what_the_others_saw_before_it() -> None:
    """A page that any path gets says that it is gone, where they saw something else."""
    page = Facts(status=200, type="text/html", length=3_000)
    alike = slot(9, page, ("hidden",), control=page, asked=BOTH)
    for before, verdict in (([], Verdict.UNKNOWN), (slot(5, ONLINE, (NORTH,)), Verdict.GONE_SOFT)):
        (found,) = [one for one in seen(before, alike) if one.by_hidden_vantage]
        assert found.said.verdict is verdict


def test_what_a_source_says_is_a_word_of_nobody() -> None:
    """When it saw it, and that it was gone at its last observation."""
    offline = report(1, id="r2", source_online=False, last_online_at=at(0.5))
    found = seen(offline)
    assert [(one.kind, one.at, one.who) for one in found] == [
        (EntryKind.PRESENT, at(0.5), ""),
        (EntryKind.ABSENT, at(0.5), ""),
    ]
