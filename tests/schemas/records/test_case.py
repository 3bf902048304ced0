"""Cases and positions: what is usual is left out, and a position has a key of its own."""

import msgspec
import pytest

from schemas.closed_lists import CaseClass
from schemas.records.case import (
    ALL_SAMPLED,
    CALLS_MAX,
    POSITION_KEY,
    CaseSummary,
    Phase,
    Position,
    UrlState,
    position_key,
)

CASE = CaseSummary(
    case_id="c",
    hoster="acme",
    group="acme",
    opened_at=1,
    reported_at=1,
    received_at=1,
    phases=(Phase(1, CaseClass.AWAITING),),
)
KEY = "0123456789abcdef0123456789abcdef"


def test_a_position_s_key_is_no_url_s() -> None:
    """A URL's is 32 hexadecimal digits."""
    assert position_key(12) == b"position/12"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"url_key": POSITION_KEY.decode() + "0" * 23}, UrlState)


def test_what_is_usual_is_left_out() -> None:
    """It comes back with its defaults."""
    raw = msgspec.json.encode(CASE)
    assert b"norm_s" not in raw
    assert b"sampling" not in raw
    assert msgspec.json.decode(raw, type=CaseSummary) == CASE
    assert CASE.sampling is ALL_SAMPLED


def test_probes_are_made_for_whom_resolutions_name() -> None:
    """A decision gives the case to another hoster and changes no server."""
    given = msgspec.structs.replace(CASE, served=("other", "owner"))
    assert CASE.probed_at == ("acme", "acme")
    assert given.probed_at == ("other", "owner")


def test_a_class_outside_the_list_cannot_be_read() -> None:
    """A reader of an older release stops instead of counting it as something else."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'[1,"half_open"]', type=Phase)


@pytest.mark.parametrize("skips", [-1, -500])
def test_a_position_counts_from_nothing(skips: int) -> None:
    """An offset is never negative."""
    fields = {"partition": 0, "offsets": {}, "as_of": 1, "code": "", "method": ""}
    assert msgspec.convert(fields, Position).skips == 0
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields | {"skips": skips}, Position)


def test_a_case_keeps_a_bounded_number_of_checks() -> None:
    """A case stays small whoever checks it a thousand times."""
    assert CALLS_MAX == 16
