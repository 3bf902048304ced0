"""Figures that were moved on are those that are worked out anew, bit for bit."""

from dataclasses import astuple

from cases import NORMS_S, ON_TIME, START, at, case
from hypothesis import given, settings
from hypothesis import strategies as st
from law_examples import examples
from msgspec.structs import replace

from schemas.closed_lists import CaseClass, Flag, NormVerdict, Role
from schemas.moments import HOUR_MS
from schemas.records.case import CaseSummary, Phase, Rechecks, Return
from schemas.records.case_observations import ALL_SLOTS, BLOCKED, CONCLUSIVE, NOTHING, NormProbes
from streams.rollup import incremental_figures
from streams.rollup.case_figures import figures
from streams.rollup.case_table import CaseTable, UrlCases, flat
from streams.rollup.figures import RemovalTimeReading
from streams.rollup.incremental_figures import FiguresByGroup
from streams.rollup.windows import WIDTH_MS

HOSTERS = ("alpha", "beta")
GROUP = ("alpha", Role.HOSTING)
WIDTHS_H = [width // HOUR_MS for width in WIDTH_MS.values()]
OFTEN = st.integers(-2, 40) | st.sampled_from([h + d for h in WIDTHS_H for d in (-1, 0, 1)])
"""Hours, near the notice and where windows end."""

PROBING = st.sampled_from(
    [
        NOTHING,
        ON_TIME,
        NormProbes(on_time=0x0F),
        NormProbes(unplanned=ALL_SLOTS),
        BLOCKED,
        BLOCKED | CONCLUSIVE,
        BLOCKED | NormProbes(on_time=0x03),
    ]
)
MINUTE_H = 1 / 60


@st.composite
def phases(draw: st.DrawFn, first: float) -> tuple[Phase, ...]:
    """Classes one after the other, some of them to come."""
    found = [(first, draw(st.sampled_from(CaseClass)))]
    for _ in range(draw(st.integers(0, 3))):
        found.append((found[-1][0] + draw(st.integers(1, 30)), draw(st.sampled_from(CaseClass))))
    return tuple(Phase(at(hours), outcome) for hours, outcome in found)


@st.composite
def any_case(draw: st.DrawFn) -> CaseSummary:
    """A case of any kind, told now, later or never."""
    reported = draw(st.integers(0, 60))
    told = draw(st.integers(0, 9))
    noticed = None if told == 0 else reported + draw(st.integers(0, 20))
    gone = draw(st.none() | OFTEN)
    returns = (Return(at(reported), at(reported + 2), at(reported + 40)),)
    made = case(
        hoster=draw(st.sampled_from(HOSTERS)),
        reported=reported,
        noticed=noticed,
        seen=reported + draw(st.integers(0, 60)),
        gone=None if gone is None else reported + max(0, gone),
        norm_s=draw(st.sampled_from(NORMS_S)),
        returns=returns if draw(st.integers(0, 4)) == 0 else (),
        naming=draw(st.booleans()),
        inclusion=draw(st.sampled_from([1.0, 0.5, 0.3])),
        sampled=draw(st.booleans()),
        norm_probes=draw(PROBING),
    )
    judged = tuple(draw(st.sampled_from(NormVerdict)) for _ in made.norms_s)
    return replace(
        made,
        phases=draw(phases(reported)),
        verdicts=judged,
        flags=tuple(draw(st.sets(st.sampled_from(Flag), max_size=2))),
        rechecks=Rechecks(draw(st.integers(0, 2)), draw(st.integers(0, 1))),
    )


CHANGE = st.tuples(st.integers(0, 11), st.lists(any_case(), max_size=2))
STEP = st.tuples(st.lists(CHANGE, max_size=6), OFTEN.map(abs), st.booleans())


def key(number: int) -> bytes:
    return number.to_bytes(16, "big")


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(STEP, min_size=1, max_size=8), st.sampled_from([0, 1, 1_000]))
def test_moved_on_they_are_those_worked_out_anew(steps, anew):
    """Cases change, go and come, time goes by, groups are moved on together or not."""
    table = CaseTable()
    figures_by_group = FiguresByGroup(table, anew)
    now = 0.0
    for changes, hours, both in steps:
        for number, cases in changes:
            table.put(key(number), UrlCases((1,), tuple(cases)), at(now))
            if not cases:
                table.drop(key(number))
        now += hours * (1 if both else MINUTE_H)
        groups = [(hoster, Role.HOSTING) for hoster in HOSTERS[: 1 + both]]
        moved = [figures_by_group.moved(step) for step in figures_by_group.prepare(groups, at(now))]
        for group, found in zip(groups, moved, strict=True):
            held = list(flat(table.snapshot(group)))
            if not held:
                assert found is None
                continue
            anew_found = figures(*group, held, at(now))
            assert found == anew_found
            assert astuple(found) == astuple(anew_found)
            for meaning, spans in found.spans.items():
                assert spans.estimate == anew_found.spans[meaning].estimate


def test_what_did_not_change_is_not_counted_again(monkeypatch):
    """A step costs by what changed and by what is due, not by what is held."""
    table = CaseTable()
    for number in range(1_000):
        table.put(key(number), UrlCases((1,), (case(reported=-number / 10),)), START)
    figures_by_group = FiguresByGroup(table)
    for step in figures_by_group.prepare([GROUP], at(0)):
        figures_by_group.moved(step)
    counted = []
    real = incremental_figures.phase_at
    monkeypatch.setattr(
        incremental_figures, "phase_at", lambda c, t: counted.append(c) or real(c, t)
    )
    table.put(key(5), UrlCases((1,), (case(reported=-2),)), START)
    (step,) = figures_by_group.prepare([GROUP], at(0) + 1)
    found = figures_by_group.moved(step)
    assert found.reported == 1_000
    assert len(counted) <= 4


def test_estimates_of_what_stayed_are_not_made_again():
    """Spans are the same objects as long as no case's span is another, and others then."""
    table = CaseTable()
    for number in range(10):
        hides = CaseClass.UNAVAILABLE if number == 9 else CaseClass.ONLINE
        table.put(key(number), UrlCases((1,), (case(hides, seen=3),)), START)
    figures_by_group, found = FiguresByGroup(table), []
    for flags, seen in ([(), 3], [(Flag.BOUNCED,), 3], [(), 4], [(), 4]):
        told = replace(case(seen=seen), flags=flags)
        table.put(key(0), UrlCases((1,), (told,)), START)
        (step,) = figures_by_group.prepare([GROUP], at(5) + len(found))
        found.append(figures_by_group.moved(step).spans)
    ended = [spans[RemovalTimeReading.EVENT] for spans in found]
    assert ended[0] is ended[1] is not ended[2] is ended[3]
    lasts = [spans[RemovalTimeReading.CENSORED] for spans in found]
    assert len(set(lasts)) == len(lasts)  # who hides is there a little longer each time


def test_notes_of_what_is_no_longer_due_do_not_pile_up():
    """A case whose next turn is another with every reading leaves few notes behind."""
    table = CaseTable()
    for number in range(10):
        table.put(key(number), UrlCases((1,), (case(number=number),)), START)
    figures_by_group = FiguresByGroup(table)
    for turn in range(200):
        later = Phase(at(300 - turn / 10), CaseClass.EXPIRED)
        told = replace(case(), phases=(Phase(START, CaseClass.ONLINE), later), norm_probes=ON_TIME)
        table.put(key(0), UrlCases((1,), (told,)), START)
        (step,) = figures_by_group.prepare([GROUP], at(60) + turn)
        figures_by_group.moved(step)
        assert (
            len(figures_by_group._groups[GROUP].due_queue)
            <= incremental_figures.ENTRIES_MAX * 10 + 1
        )
