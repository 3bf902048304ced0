"""Laws of the list of one hoster's cases."""

from cases import at, case
from msgspec.structs import replace

from schemas.closed_lists import CaseClass, Flag, NormVerdict, Role
from schemas.identity.ids import case_id
from schemas.records.case import CaseSummary, Phase
from streams.rollup.case_table import CaseTable, UrlCases
from streams.views.case_list import HosterCases, case_list


def held(*urls: tuple[CaseSummary, ...]):
    table = CaseTable()
    for number, cases in enumerate(urls):
        table.put(bytes([number]) * 16, UrlCases((), cases), at(200))
    return HosterCases(roles={role: table.held(("alpha", role)) for role in Role})


def test_ids_are_those_of_the_ledger_s_fold():
    """Whatever owner and number a case was given when it was opened, its line has its own id."""
    reckoned = case_id(bytes(16).hex(), "alpha", Role.HOSTING, 1)
    earlier, later = case(CaseClass.REMOVED, gone=2), case(noticed=90, reported=90)
    told = case_list(
        held((replace(earlier, case_id="a" * 24), replace(later, case_id=reckoned))), at(100)
    )
    assert [line.case_id for line in told.lines] == [reckoned, "a" * 24]


def test_the_newest_notices_come_first_and_the_list_is_bounded():
    """Cases without a notice follow; how many there are in all is said."""
    urls = [(case(noticed=i, reported=i, number=i),) for i in range(9)]
    told = case_list(
        held((case(CaseClass.AWAITING, noticed=None, reported=50),), *urls), at(100), 3
    )
    assert [line.noticed_at for line in told.lines] == [at(8), at(7), at(6)]
    assert told.of == 10
    every = case_list(held((case(CaseClass.AWAITING, noticed=None, reported=50),), *urls), at(100))
    assert every.lines[-1].noticed_at is None


def test_a_case_is_listed_from_when_it_exists_in_the_class_of_the_instant():
    """Both roles are listed; a later case is not."""
    proxied = case(CaseClass.UNAVAILABLE, role=Role.PROXY, noticed=1, since=3, seen=2)
    told = case_list(held((proxied, case(CaseClass.ONLINE, reported=120, noticed=120))), at(100))
    (line,) = told.lines
    assert (line.role, line.case_class, told.of) == (Role.PROXY, CaseClass.UNAVAILABLE, 1)


def test_verdicts_stand_where_figures_count_them():
    """None outside the sample or where nothing is asked; what was late stays late."""
    late = case(seen=30)
    outside = case(seen=30, sampled=False, inclusion=0.5)
    excluded = case(CaseClass.EXCLUDED, seen=30, since=40)
    dark = case(CaseClass.DARK, seen=30, since=40)
    unprobed = replace(case(seen=30), flags=(Flag.NOT_PROBED,))
    told = case_list(held((late,), (outside,), (excluded,), (dark,), (unprobed,)), at(100))
    said = [dict(line.verdicts).get(86_400) for line in reversed(told.lines)]
    assert said == [NormVerdict.LATE, None, None, NormVerdict.LATE, None]


def test_the_second_verdict_stands_beside_the_first():
    """On what followed a return; of an open case it may not be due yet, of no other."""
    norms = (NormVerdict.LATE, NormVerdict.UNDETERMINED)
    back = replace(case(noticed=0, seen=95), again_noticed_at=at(60), again_verdicts=norms)
    gone = replace(back, phases=(Phase(at(0), CaseClass.DARK),))
    for one, running in ((back, {172_800}), (gone, set())):
        (line,) = case_list(held((one,)), at(100)).lines
        assert dict(line.second) == dict(zip(back.norms_s, norms, strict=True))
        assert line.second_running == running
    assert case_list(held((case(),)), at(100)).lines[0].second == ()
