"""What the content looked like, and what it became where a person saw it."""

from verify.method_9.answer_shape import Shapes

ONE, TWO, THREE = (1,), (2,), (3,)


def test_a_shape_that_was_never_seen_is_new_once_others_were() -> None:
    """The first is the material's."""
    shapes = Shapes(set(), [])
    assert not shapes.is_new(ONE)
    shapes.note(ONE)
    assert shapes.is_new(TWO)
    assert not shapes.is_changed(ONE)


def test_what_changed_stays_changed_until_the_old_shape_is_seen_again() -> None:
    """Then both are the material's."""
    shapes = Shapes({ONE}, [])
    shapes.note(TWO)
    assert shapes.is_changed(TWO)
    assert not shapes.is_new(TWO)
    shapes.note(ONE)
    assert not shapes.is_changed(TWO)


def test_a_person_who_saw_it_settles_what_changed() -> None:
    """What changed before that, and not after."""
    shapes = Shapes({ONE}, [10])
    shapes.note(TWO)
    shapes.come_to(9)
    assert shapes.is_changed(TWO)
    shapes.come_to(10)
    assert not shapes.is_changed(TWO)
    shapes.note(THREE)
    shapes.come_to(30)
    assert shapes.is_changed(THREE)
