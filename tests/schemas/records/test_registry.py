"""Entries of the registry: their kinds, what they say by default, and what they may not say."""

from typing import Any

import msgspec
import pytest

from schemas.records.registry import (
    REGISTRY_DELAY_S,
    HosterEntry,
    HotlineEntry,
    InclusionEntry,
    MethodEntry,
    NormEntry,
    PersonEntry,
    Registry,
)

HEAD = {"id": "acme", "version": 1, "valid_from": 0}
SIGNATURES = [{"person": "anna", "signature": "0" * 128}] * 2
PERSON = {"name": "Anna", "public_key": "0" * 64, "ledger": "0" * 32, "signatures": SIGNATURES}
KINDS: dict[str, tuple[type, dict[str, Any]]] = {
    "hoster": (HosterEntry, {"name": "Acme"}),
    "hotline": (HotlineEntry, {"name": "Alpha"}),
    "norm": (NormEntry, {}),
    "method": (MethodEntry, {}),
    "inclusion": (InclusionEntry, {}),
    "person": (PersonEntry, PERSON),
}


def read(kind: str, **more: Any) -> Any:
    return msgspec.convert(HEAD | KINDS[kind][1] | {"kind": kind} | more, Registry)


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_is_of_the_kind_that_it_names(kind: str) -> None:
    """It has a version of its own, and holds from an instant."""
    assert type(read(kind)) is KINDS[kind][0]
    with pytest.raises(msgspec.ValidationError):
        read(kind, version=0)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("hoster", {"id": "Acme"}),
        ("hoster", {"country": "nl"}),
        ("hoster", {"type": "reseller"}),
        ("hoster", {"until": -1}),
        ("hotline", {"mode": "guess"}),
        ("hotline", {"feed_delay_s": -1}),
        ("hotline", {"feed_delay_s": 2_592_001}),
        ("inclusion", {"probability": 0}),
        ("inclusion", {"probability": 1.5}),
        ("person", {"public_key": "0" * 63}),
        ("person", {"ledger": ""}),
        ("person", {"name": ""}),
        ("person", {"signatures": SIGNATURES[:1]}),
        ("person", {"founders": [{"id": "anna", "public_key": "0" * 64}] * 3}),
    ],
)
def test_an_entry_is_refused(kind: str, wrong: dict[str, Any]) -> None:
    """An empty sample, a person without two signatures, a country that is no code."""
    with pytest.raises(msgspec.ValidationError):
        read(kind, **wrong)


def test_what_an_entry_says_by_default() -> None:
    """All cases are in the sample, norms are 24 and 48 h, and a hotline reports deliveries."""
    assert read("inclusion").probability == 1
    assert read("norm").norms_s == (86_400, 172_800)
    assert (read("hotline").mode, read("hotline").feed_delay_s) == ("delivery", 3_600)
    assert read("hoster").until is None


def test_an_entry_holds_after_every_reader_has_it() -> None:
    """Ten minutes."""
    assert REGISTRY_DELAY_S == 600
