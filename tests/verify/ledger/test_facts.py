"""Facts are decoded into what verdicts rest on; equal observations are one."""

import msgspec
import pytest
from ledger_events import CONTROL, ONLINE, observation, place, placed
from msgspec.structs import replace

from schemas.codec import FACT
from schemas.records.case_observations import MARK_AGED, MARK_HEAD_DIFFERS
from schemas.records.facts import Facts
from verify.ledger.facts import PLACES_MAX, Observation, Resolution, fact


def read(made) -> Observation | Resolution:
    return fact(FACT.encode(made[0]))


def answer(facts: Facts):
    found = read(observation(1, facts))
    assert isinstance(found, Observation)
    return found.answer


def test_what_a_verdict_does_not_rest_on_makes_no_other_observation() -> None:
    """Times of a connection, and how much was read."""
    assert read(observation(1, ONLINE)) == read(
        observation(1, replace(ONLINE, connect_ms=9, bytes=7))
    )
    assert read(observation(1, ONLINE)) != read(observation(1, CONTROL))


@pytest.mark.parametrize(("length", "size"), [(None, -1), (0, 0), (1, 1), (1_023, 10), (1_024, 11)])
def test_sizes_within_a_factor_of_two_are_one_class(length: int | None, size: int) -> None:
    """Of a factor of two; not said is a class of its own."""
    assert answer(Facts(status=200, length=length)).size == size


def test_marks_say_what_the_headers_said() -> None:
    """An age that is nought was said, too."""
    assert answer(Facts(status=200, age_s=0)).marked(MARK_AGED)
    assert not answer(Facts(status=200)).marked(MARK_AGED)
    part = answer(Facts(status=206, method="GET", head_status=405))
    assert (part.status, part.marked(MARK_HEAD_DIFFERS)) == (200, True)


def test_a_resolution_names_each_place_once_and_in_order() -> None:
    """Whatever order the name server had; of those beyond the first eight that there are some."""
    places = [place(f"h{n}") for n in range(PLACES_MAX + 2)]
    found = read(placed(0, *places, places[0]))
    assert isinstance(found, Resolution)
    assert len(found.placements) == PLACES_MAX
    assert found.more
    again = read(placed(0, *reversed(places[:PLACES_MAX])))
    assert isinstance(again, Resolution)
    assert again.placements == found.placements


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"type":"other"}'])
def test_what_is_neither_is_refused(damage: bytes) -> None:
    """Nothing is guessed."""
    with pytest.raises(msgspec.DecodeError):
        fact(damage)
