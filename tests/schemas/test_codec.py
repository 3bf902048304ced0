"""Decoding: whatever the bytes, the answer is a record or a closed reason."""

import typing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codec, contract
from schemas.closed_lists import Quarantine
from schemas.records.processing import OutcomeRecord
from schemas.topics import TOPICS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)
HEADS = st.fixed_dictionaries(
    {}, optional={"type": JSON | st.just("report"), "kind": JSON | st.just("norm"), "v": JSON}
)


@pytest.mark.parametrize("spec", TOPICS, ids=lambda spec: spec.name)
@given(st.binary(max_size=40) | HEADS.map(msgspec.json.encode))
def test_nothing_but_a_closed_reason_comes_out(spec, raw) -> None:
    """Noise is refused with a reason of the list, and no other exception leaves a decoder."""
    reasons = {Quarantine.MALFORMED, Quarantine.UNKNOWN_TYPE, Quarantine.UNKNOWN_VERSION}
    with pytest.raises(codec.Rejected) as refused:
        spec.codec.decode(raw)
    assert refused.value.reason in reasons
    assert str(refused.value) == refused.value.reason.value


@pytest.mark.parametrize("spec", TOPICS, ids=lambda spec: spec.name)
def test_a_tombstone_is_no_record(spec) -> None:
    """It is refused as malformed, like any other value that is none."""
    with pytest.raises(codec.Rejected) as refused:
        spec.codec.decode(None)
    assert refused.value.reason is Quarantine.MALFORMED


@pytest.mark.parametrize("depth", [100, 100_000])
def test_deeply_nested_json_is_malformed(depth: int) -> None:
    """Deeply nested text is refused as malformed; it does not exhaust the stack."""
    with pytest.raises(codec.Rejected) as refused:
        codec.HOTLINE.decode(b"[" * depth)
    assert refused.value.reason is Quarantine.MALFORMED


def test_a_reason_shows_nothing_of_the_record() -> None:
    """Neither the exception nor its cause carries the record's text."""
    with pytest.raises(codec.Rejected) as refused:
        codec.HOTLINE.decode(b'{"type":"report","v":1,"id":"secret-word","url":5}')
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    assert "secret-word" not in repr(refused.value)


def test_the_other_union_s_field_is_no_kind() -> None:
    """A topic that tells its records by one field does not mistake a field of the other name."""
    with pytest.raises(codec.Rejected) as refused:
        codec.REGISTRY.decode(b'{"kind":"hoster","type":"hosting","v":1}')
    assert refused.value.reason is Quarantine.MALFORMED


def test_a_plain_record_s_type_is_no_kind() -> None:
    """An outcome's own field `type` does not make a faulty outcome one of an unknown type."""
    with pytest.raises(codec.Rejected) as refused:
        codec.OUTCOME.decode(b'{"type":"odd"}')
    assert refused.value.reason is Quarantine.MALFORMED
    assert "type" in OutcomeRecord.__struct_fields__


def test_a_state_that_cannot_be_packed_is_malformed() -> None:
    """JSON has integers of any size; a state with one that the packed form lacks is refused."""
    folder = Path(contract.__file__).parent / contract.newest("cases", codec.STATE) / "valid"
    fields = msgspec.json.decode((folder / "open-case.json").read_bytes())
    assert codec.STATE.decode(msgspec.json.encode(fields))
    fields["cases"][0]["noticed_at"] = 2**70
    with pytest.raises(codec.Rejected) as refused:
        codec.STATE.decode(msgspec.json.encode(fields))
    assert refused.value.reason is Quarantine.MALFORMED


@pytest.mark.parametrize(
    "records", [codec.HOTLINE, codec.REPORTS_ENTRY, codec.FACT, codec.OUTCOME, codec.ORDER]
)
def test_the_collector_passes_by_records_that_come_in_lists(records) -> None:
    """A record that closes no cycle is not walked through for one, thousands at a time."""
    kinds = typing.get_args(records.record) or (records.record,)
    assert not [kind for kind in kinds if kind.__struct_config__.gc]
