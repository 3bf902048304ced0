"""What a process says of itself: each instrument once, those of every subject among them."""

from agents.edges.metric_types.answer_instruments import ANSWER_INSTRUMENTS
from agents.edges.metric_types.feed_instruments import FEED_INSTRUMENTS
from agents.edges.metric_types.instruments import INSTRUMENTS
from agents.edges.metric_types.key_instruments import KEY_INSTRUMENTS


def test_each_stands_in_the_list_once() -> None:
    """A second one would be scraped as a fault."""
    names = [one.name for one in INSTRUMENTS]
    assert len(set(names)) == len(names)


def test_those_of_every_subject_are_among_them() -> None:
    """Keys, feeds and hosters' answers."""
    assert {*ANSWER_INSTRUMENTS, *FEED_INSTRUMENTS, *KEY_INSTRUMENTS} <= set(INSTRUMENTS)


def test_none_is_read_off_a_view() -> None:
    """They are of the process; the figures of hosters are the view's."""
    assert all(one.read is None for one in INSTRUMENTS)
