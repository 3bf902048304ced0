"""A URL's records cost as many as they are: no hotline can hold up the others by one URL."""

from collections.abc import Callable, Sequence
from itertools import chain

import pytest
from growth import check_growth
from ledger_events import (
    CONTROL,
    DEAD,
    GONE,
    KEY,
    NORTH,
    ONLINE,
    REFUSED,
    SOUTH,
    answer,
    check,
    decision,
    notice,
    observation,
    place,
    placed,
    report,
    withdrawal,
)

from schemas import codec
from schemas.closed_lists import Basis, CheckResult, HotlineMode, Target
from schemas.records.facts import Facts
from streams import lifecycle
from streams.lifecycle.events.event_union import Happened

FEW = 500

DENSE_H, SLOT_H, SPARSE_H = 0.0005, 1 / 6, 200
"""Two seconds apart, as the slots of a doubt, and each in a case of its own."""

Kind = Callable[[int, float], Happened]

PRESENT = CheckResult.PRESENT

HOTLINES: dict[str, Kind] = {
    "reports": lambda i, h: report(h, id=f"r{i}", seen=h),
    "reports on which the clock starts": lambda i, h: report(
        h, id=f"r{i}", mode=HotlineMode.ON_REPORT
    ),
    "reports of many hotlines": lambda i, h: report(h, id=f"r{i}", hotline=f"h{i % 20}", seen=h),
    "reports of what is gone": lambda i, h: report(h, id=f"r{i}", source_online=False),
    "notices": lambda i, h: notice(h, reference=f"n{i}"),
    "backdated notices": lambda i, h: notice(h, reference=f"n{i}", backdated=True),
    "orders": lambda i, h: notice(h, reference=f"n{i}", basis=Basis.ORDER, term_s=3_600),
    "notices to strangers": lambda i, h: notice(h, reference=f"n{i}", recipient=f"s{i}"),
    "withdrawals": lambda _, h: withdrawal(h),
    "checks: absent": lambda i, h: check(h, who=f"p{i}"),
    "checks: absent, of one person": lambda _, h: check(h, who="ann"),
    "checks: present": lambda _, h: check(h, PRESENT),
    "checks: in turns": lambda i, h: check(h, PRESENT if i % 2 else CheckResult.ABSENT),
    "answers": lambda _, h: answer(h),
}
OTHERS: dict[str, Kind] = {
    "attributions": lambda _, h: placed(h, vantage=NORTH),
    "attributions elsewhere": lambda i, h: placed(h, place(f"h{i // 2}"), vantage=NORTH),
    "attributions that swing": lambda i, h: placed(h, place(f"h{i // 2 % 2}"), vantage=NORTH),
    "attributions sealed anew": lambda i, h: placed(h, place(sealed=f"s{i}"), vantage=NORTH),
    "decisions": lambda _, h: decision(h),
    "confirmations": lambda i, h: decision(h, "confirm_backdated", case_id=f"c{i}"),
    "observations: online": lambda _, h: observation(h, ONLINE),
    "observations: gone": lambda _, h: observation(h, GONE),
    "observations: dead": lambda _, h: observation(h, DEAD),
    "observations: refused": lambda _, h: observation(h, REFUSED),
    "observations: in turns": lambda i, h: observation(h, ONLINE if i % 2 else GONE),
    "observations: against each other": lambda i, h: observation(
        h, ONLINE if i % 2 else GONE, NORTH if i % 2 else SOUTH
    ),
    "observations: each another answer": lambda i, h: observation(
        h, Facts(status=200, type=f"t{i}", length=i)
    ),
    "controls": lambda _, h: observation(h, CONTROL, target=Target.MADE_UP_PATH),
}
KINDS = HOTLINES | OTHERS
TOGETHER = (
    ("checks: absent, of one person", "observations: online"),
    ("checks: in turns", "observations: gone"),
    ("checks: in turns", "notices"),
    ("checks: in turns", "answers"),
    ("checks: in turns", "withdrawals"),
    ("checks: in turns", "reports of many hotlines"),
    ("reports", "observations: gone"),
    ("backdated notices", "confirmations"),
    ("observations: gone", "controls"),
    ("observations: dead", "controls"),
    ("observations: in turns", "notices"),
)


def happened(kinds: Sequence[str], number: int, apart_h: float) -> list[Happened]:
    """Return so many records of kinds in turns, behind a report, a notice and a placement."""
    each = range(number // len(kinds))
    rows = ([KINDS[kind](i, i * apart_h) for kind in kinds] for i in each)
    return [report(seen=0), notice(0.1), placed(), *chain.from_iterable(rows)]


def folding(kinds: Sequence[str], number: int, apart_h: float) -> Callable[[], object]:
    """Return the folding of so many records, and then of one more."""
    told = happened(kinds, number, apart_h)
    one_more = [answer(number * apart_h + 1)]

    def fold() -> None:
        state = codec.STATE.encode(lifecycle.advance(KEY, None, told))
        lifecycle.update_record(KEY, state, one_more)

    return fold


def check_folding(kinds: Sequence[str], apart_h: float) -> None:
    """Fold few and many."""
    check_growth(lambda number: folding(kinds, number, apart_h), FEW)


@pytest.mark.parametrize("apart_h", [DENSE_H, SPARSE_H])
@pytest.mark.parametrize("kind", HOTLINES)
def test_records_of_hotlines_cost_as_many_as_they_are(kind: str, apart_h: float) -> None:
    """However near to each other or far apart a hotline says that they were."""
    check_folding([kind], apart_h)


@pytest.mark.parametrize("kind", OTHERS)
def test_facts_and_decisions_cost_as_many_as_they_are(kind: str) -> None:
    """At the pace of the timetable's densest slots, for months."""
    check_folding([kind], SLOT_H)


@pytest.mark.parametrize("apart_h", [SLOT_H, SPARSE_H])
@pytest.mark.parametrize("kinds", TOGETHER, ids=" and ".join)
def test_records_that_speak_of_each_other_cost_as_many_as_they_are(
    kinds: tuple[str, str], apart_h: float
) -> None:
    """A person's word is held against the probes near it, and each case takes its own notices."""
    check_folding(kinds, apart_h)
