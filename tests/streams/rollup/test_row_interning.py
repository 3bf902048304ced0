"""Rows hold what figures need, and what recurs once."""

from cases import START, at, case

from schemas.closed_lists import CaseClass, Role
from schemas.records.case import CaseSummary, Phase
from schemas.records.case_observations import NormProbes
from streams.rollup.case_figures import figures
from streams.rollup.row_interning import rows


def test_what_is_dropped_from_a_summary_changes_no_figure():
    """A row keeps less than the topic; figures at any later instant are the same."""
    back_and_forth = case(CaseClass.REMOVED, seen=3, gone=5, reported=-2, noticed=-1)
    dark = case(CaseClass.ONLINE, seen=30)
    phases = (*dark.phases, Phase(at(60), CaseClass.DARK), Phase(at(900), CaseClass.EXPIRED))
    cases = [
        back_and_forth,
        CaseSummary(**{n: getattr(dark, n) for n in dark.__struct_fields__} | {"phases": phases}),
    ]
    kept = rows(cases, at(40))
    assert kept != rows(cases, at(0))
    for hours in (40, 59, 60, 500, 900):
        whole = rows(cases, at(0))
        one, two = (figures("alpha", Role.HOSTING, c, at(hours)) for c in (whole, kept))
        assert one == two


def test_a_figure_keeps_its_type():
    """Bits that equal a share, or another count, are held as what they are: figures shift them."""
    cases = (
        case(inclusion=1.0, norm_probes=NormProbes(on_time=1)),
        case(inclusion=0.5, norm_probes=NormProbes()),
    )
    for held in rows(cases, START):
        assert type(held.norm_probes.on_time) is int
        assert type(held.sampling.inclusion) is float


def test_what_recurs_is_one_object():
    """A rollup holds a row for every case of the ledger."""
    one, two = rows([case(inclusion=0.5), case(number=1, inclusion=0.5)], START)
    for name in ("sampling", "norm_probes", "rechecks", "norms_s", "verdicts", "flags", "clocked"):
        assert getattr(one, name) is getattr(two, name)
