"""Every kind of sealed text has a place of its own."""

from schemas import seal_context
from schemas.seal_context import bound_to
from schemas.topics import FACTS, REPORTS

KEY, OTHER = "ab" * 16, "cd" * 16
KINDS = (
    seal_context.reported_url,
    seal_context.hotline_ids,
    seal_context.placed_address,
    seal_context.resolved_names,
    seal_context.resolved_addresses,
)


def test_no_two_places_are_one():
    """A text that is moved to another URL or another field does not open there."""
    places = [kind(key) for kind in KINDS for key in (KEY, OTHER)]
    assert len(set(places)) == len(places)


def test_a_place_is_topic_key_and_field():
    """What is made ahead for speed is what `bound_to` makes: texts of years ago open by it."""
    assert seal_context.reported_url(KEY) == bound_to(REPORTS.name, KEY, "sealed")
    assert seal_context.placed_address(KEY) == bound_to(FACTS.name, KEY, "address")
