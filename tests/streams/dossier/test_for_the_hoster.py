"""What speaks for the hoster: whatever the ledger has of it is told."""

from ledger_events import DEAD, ONLINE, answer, at, gone_run, notice, placed, report, slots
from quoted_events import told_of

from schemas.closed_lists import CaseClass, Delivery, Flag, HotlineMode, ProbeError
from schemas.dossier.dossier import Point
from schemas.records.facts import Facts
from streams.dossier.for_the_hoster import CLASSES, FLAGS, together


def points(*happened, as_of=60.0) -> dict[str, str]:
    """Return what speaks for the hoster in the only case."""
    (case,) = told_of(*happened, as_of=at(as_of))
    return {one.what: one.more for one in case.speaks_for_the_hoster}


def test_who_was_never_told_or_late_is_told() -> None:
    """No notice, a notice without delivery, a hotline that took its time."""
    assert "never_told" in points(report(seen=0), placed(), slots([2], ONLINE))
    sent = notice(5, result=Delivery.SENT, mode=HotlineMode.SENT_ONLY)
    found = points(report(seen=0), placed(), sent, slots([2], ONLINE))
    assert found["not_delivered"] == "1"
    assert "no_delivery" in found
    assert found["hotline_delay"] == str(5 * 3_600_000)


def test_what_the_hoster_did_is_told() -> None:
    """It removed in time, and it answered."""
    found = points(report(seen=0), placed(), notice(1), slots([2], ONLINE), gone_run(5), answer(6))
    assert {"removed", "norm_in_time", "answered_removed"} <= found.keys()
    assert found["answered_removed"] == str(at(6))


def test_our_own_failures_are_told() -> None:
    """A canary that failed, a clock that was wrong, a sighting that nothing backs."""
    seen = [
        *slots([2], ONLINE, canary_ok=False),
        *slots([3], Facts(error=ProbeError.CLOCK), control=None),
        *slots([40], ONLINE, control=None),
        *slots([41], DEAD),
    ]
    found = points(report(seen=0), placed(), notice(1), seen)
    assert found["canary_failed"] == "6"
    assert found["own_clock"] == "2"
    assert int(found["unbacked"]) >= 2


def test_every_flag_and_every_class_that_weakens_a_case_has_a_name() -> None:
    """A flag that is added later is told without a change here."""
    assert frozenset(Flag) - FLAGS == {Flag.OVERFLOW}
    assert set(CLASSES) <= set(CaseClass)


def test_together_says_in_how_many_cases() -> None:
    """A thing counts once a case, however often it is told there."""
    one, other = Point(what="removed"), Point(what="norm_in_time", more="86400")
    twice = Point(what="norm_in_time", more="172800")
    assert together([[one, other, twice], [one]]) == (
        Point(what="removed", more="2"),
        Point(what="norm_in_time", more="1"),
    )
