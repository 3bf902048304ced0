"""One packed state of a kind serves all of that kind: what is their own is filled in."""

import pytest
from ledger_events import KEY, START, fold, place, placed, report
from msgspec import structs

from schemas.packing import packed
from schemas.packing.state_template import (
    INSTANTS_FROM,
    INSTANTS_UNTIL,
    Instants,
    Own,
    StateTemplate,
    is_usual,
    packed_reported,
    reported,
    texts_of,
    unpacked_reported,
)
from schemas.records.case import UrlState
from streams.lifecycle.result.expected_probes import EVALUATION_VERSION

AWAY = 90_000
OTHER_KEY = "f" * 32


def instants(state: UrlState, newest_at: int) -> Instants:
    (made,) = state.reports
    return Instants(made.received_at, made.reported_at, made.seen_at or 1, newest_at, newest_at)


def test_a_template_filled_in_is_the_packed_state() -> None:
    """Byte by byte, for a URL with another key, other times and other texts."""
    hours = [0.25, 0.5, 1.0]
    one, two = (
        fold(
            report(1.0 + more, seen=hours[0] + more, reported=hours[1] + more),
            placed(1.5 + more, place(sealed=sealed)),
        )
        for more, sealed in ((0, "address"), (AWAY, "another"))
    )
    two = structs.replace(two, url_key=OTHER_KEY)
    template = StateTemplate(one, instants(one, one.newest_at))
    (told,) = two.reports
    parts = reported(two.url_key, two.sealed, (False, False), told)
    own = Own(
        instants(two, two.newest_at),
        [case.case_id for case in two.cases],
        texts_of(two.placements),
    )
    assert template.filled(parts, own) == packed(two)


@pytest.mark.parametrize("literal", [False, True])
def test_a_reported_state_comes_apart_and_together(literal: bool) -> None:
    """Its packed form is the one of any state; another URL's is not taken for it."""
    state = fold(report(literal=literal))
    (told,) = state.reports
    parts = reported(KEY, state.sealed, (literal, False), told)
    raw = packed_reported(parts, state.newest_at, state.evaluated_by)
    assert raw == packed(state)
    assert unpacked_reported(KEY, raw, state.evaluated_by) == parts
    assert unpacked_reported(OTHER_KEY, raw, state.evaluated_by) is None
    assert unpacked_reported(KEY, raw, "other rules") is None


def test_a_state_with_more_than_a_report_is_read_as_any_other() -> None:
    """Nothing is guessed of what does not fit."""
    assert (
        unpacked_reported(KEY, packed(fold(report(), placed(0, place()))), EVALUATION_VERSION)
        is None
    )
    assert unpacked_reported(KEY, b"damage", EVALUATION_VERSION) is None


@pytest.mark.parametrize(
    ("received_at", "newest_at", "usual"),
    [
        (START, START, True),
        (INSTANTS_FROM, START, True),
        (INSTANTS_FROM - 1, START, False),
        (START, INSTANTS_UNTIL - 1, True),
        (START, INSTANTS_UNTIL, False),
    ],
)
def test_instants_of_eight_bytes_can_be_filled_in(
    received_at: int, newest_at: int, usual: bool
) -> None:
    """Smaller ones are shorter, and greater ones leave no room for what is later."""
    assert is_usual(Instants(received_at, START, START, START, newest_at)) is usual
