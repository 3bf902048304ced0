"""The parts of a packed state: readers know them by their place, so places stay."""

from msgspec import msgpack

from schemas.closed_lists import ClockStanding, Role
from schemas.packing.hot_cases import HotCase, HotClock
from schemas.records.case_observations import CONCLUSIVE, NormProbes

CASE = HotCase(
    "acme",
    Role.HOSTING,
    1,
    None,
    None,
    86_400,
    (),
    None,
    None,
    None,
    (),
    "",
    (),
    True,
    None,
    (),
    (),
    None,
    "",
    (),
)
PLACE = {"hoster": 0, "verdicts": 11, "brackets": 20, "sampling": 21, "clocked": 24, "host": 27}


def test_a_field_stands_where_packed_md_says():
    """Elements are added at the end alone; schemas/contract/cases/v1/packed.md lists them."""
    fields = HotCase.__struct_fields__
    assert {name: fields.index(name) for name in PLACE} == PLACE
    assert len(msgpack.decode(msgpack.encode(CASE))) == len(fields) == 28
    assert HotClock.__struct_fields__[0] == "clock"
    assert len(msgpack.decode(msgpack.encode(HotClock(ClockStanding.DELIVERED)))) == 7


def test_probes_are_noted_on_top_of_what_was_noted():
    """In place, since the fast path changes one case of a state at a time."""
    CASE.note(NormProbes(on_time=0b01))
    CASE.note(NormProbes(on_time=0b10))
    CASE.note(CONCLUSIVE)
    assert CASE.norm_probes == NormProbes(on_time=0b11, conclusive=True)
    assert CASE.brackets == 0b11 | 1 << 8
