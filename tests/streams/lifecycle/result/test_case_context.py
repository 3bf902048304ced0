"""Laws of the classes a case goes through (docs/measurement.md, Classes)."""

from ledger_events import (
    GONE,
    MIN,
    ONLINE,
    at,
    classes,
    fold,
    notice,
    placed,
    report,
    slot,
    slots,
    told,
    withdrawal,
)

RUN = [5 + minutes * MIN for minutes in (0, 10, 20, 31)]
AGAIN = [hours + 60 for hours in RUN]


def test_an_end_before_the_notice_is_gone_before_it_until_it_comes_back():
    """Gone, told, back, gone: of the first end it is gone before notice, of the second removed."""
    case = told(
        slot(2, ONLINE), slots(RUN, GONE), slot(60, ONLINE), slots(AGAIN, GONE), notice_h=20
    )
    assert classes(case) == [
        "awaiting",
        "ended_without_notice",
        "gone_before_notice",
        "online",
        "doubted",
        "removed",
    ]


def test_a_class_is_as_what_is_known_now_has_it():
    """Of an end that stands its class holds from its confirmation on; each class once in a row."""
    case = told(slot(2, ONLINE), slots(RUN, GONE))
    assert classes(case) == ["awaiting", "online", "doubted", "removed"]
    assert case.phases[1].from_at == at(1)


def test_a_withdrawal_ends_the_case_that_is_open_then():
    """What was open when the last report was taken back is withdrawn, the case of later reports is
    not; a case that a move opened meanwhile is withdrawn from its opening on.
    """
    first, second = fold(
        report(0, seen=0), placed(), notice(1), withdrawal(5), report(8, id="r2")
    ).cases
    assert classes(first) == ["awaiting", "withdrawn"]  # its notice was taken back with it
    assert classes(second)[0] == "awaiting"
    assert second.opened_at == at(8)
