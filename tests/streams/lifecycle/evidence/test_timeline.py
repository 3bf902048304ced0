"""All that was seen of a URL at a hosting spell, in order of time."""

from ledger_events import ONLINE, at, check, fold, notice, place, placed, report, slots, withdrawal

from schemas.closed_lists import CheckResult
from streams.lifecycle.evidence.hosting_spells import hosting_spells
from streams.lifecycle.evidence.hotline_statements import statements_about
from streams.lifecycle.evidence.timeline import timeline_of
from streams.lifecycle.evidence.timeline_entry import SOURCE, EntryKind, TimelineEntry


def timeline(*happened, nth: int = 0) -> list[TimelineEntry]:
    state = fold(*happened)
    spell = hosting_spells(state)[0][nth]
    return timeline_of(state, spell, statements_about(state, spell))


def kinds(entries: list[TimelineEntry]) -> list[EntryKind]:
    return [entry.kind for entry in entries]


def test_it_is_in_order_of_time_whoever_saw_it() -> None:
    """Reports, notices, probes, controls and checks."""
    found = timeline(
        report(seen=0), placed(), notice(1), slots([2, 3], ONLINE), check(4), withdrawal(5)
    )
    assert [entry.at for entry in found] == sorted(entry.at for entry in found)
    assert {EntryKind.SEEN, EntryKind.PROBED, EntryKind.CONTROL, EntryKind.ABSENT} <= set(
        kinds(found)
    )
    assert [entry.at for entry in found if entry.kind is EntryKind.NOTICE] == [at(1)]


def test_a_check_that_could_not_see_says_nothing() -> None:
    """Nor does one that was dated back."""
    found = timeline(report(), placed(), check(4, CheckResult.COULD_NOT_SEE))
    assert not {EntryKind.SEEN, EntryKind.ABSENT} & set(kinds(found))
    assert EntryKind.SEEN in kinds(timeline(report(), placed(), check(4, CheckResult.PRESENT)))


def test_what_a_source_says_stands_under_its_own_name() -> None:
    """Online until the instant it names, or gone at the report."""
    found = timeline(report(source_online=False, last_online_at=at(-1)), placed())
    assert [(one.kind, one.seen_by) for one in found if one.seen_by == SOURCE] == [
        (EntryKind.SEEN, SOURCE),
        (EntryKind.ABSENT, SOURCE),
    ]


def test_of_another_owner_nothing_is_in_it() -> None:
    """Its probes and its notices are its own spell's."""
    happened = (
        report(),
        placed(0, place(), place("other")),
        notice(1, recipient="other"),
        slots([2], ONLINE, hoster="other"),
    )
    first, second = timeline(*happened), timeline(*happened, nth=1)
    assert not {EntryKind.PROBED, EntryKind.NOTICE} & set(kinds(first))
    assert {EntryKind.PROBED, EntryKind.NOTICE} <= set(kinds(second))
