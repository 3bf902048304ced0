"""The JSON form of states: flat, as its schema says, and the same state as the packed form's."""

from ledger_events import ONLINE, fold, notice, placed, report, slots
from msgspec import json, structs

from schemas import codec
from schemas.packing import json_of
from schemas.records.case import Rechecks, Sampling
from schemas.records.case_observations import NormProbes

FOUND = fold(report(seen=0), placed(), notice(1), slots([2, 3], ONLINE))
STATE = structs.replace(
    FOUND,
    cases=tuple(
        structs.replace(
            case,
            sampling=Sampling(0.25, sampled=False),
            norm_probes=NormProbes(0b11, 0b100, conclusive=True),
            rechecks=Rechecks(3, 1),
        )
        for case in FOUND.cases
    ),
)


def test_a_case_is_flat_there():
    """Readers in other languages find what was always there, bits included."""
    (case,) = json.decode(json_of(STATE))["cases"]
    assert {name: case[name] for name in ("inclusion", "sampled", "rechecked", "disagreed")} == {
        "inclusion": 0.25,
        "sampled": False,
        "rechecked": 3,
        "disagreed": 1,
    }
    assert case["brackets"] == 0b11 | 1 << 8 | 0b100 << 10
    assert not case.keys() & {"sampling", "rechecks", "norm_probes"}


def test_what_is_usual_is_left_out():
    """As in every record whose defaults are left out."""
    usual = structs.replace(FOUND.cases[0], norm_probes=NormProbes())
    (case,) = json.decode(json_of(structs.replace(FOUND, cases=(usual,))))["cases"]
    assert not case.keys() & {"sampled", "brackets", "rechecked", "disagreed"}


def test_a_state_in_json_is_taken():
    """The form the schema describes is read as well, and figures are made of either."""
    text = json_of(STATE)
    assert codec.STATE.decode(text) == STATE
    reports, cases = codec.STATE.figures(codec.STATE.encode(STATE))
    assert reports == codec.STATE.figures(text)[0] == 1
    for slim, case in zip(cases, STATE.cases, strict=True):
        for name in ("hoster", "role", "noticed_at", "last_seen_at", "phases", "verdicts", "flags"):
            assert getattr(slim, name) == getattr(case, name)
