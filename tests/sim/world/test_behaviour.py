"""Each behaviour is honest, keeps the material, or hides it; none is two of these."""

from sim.world.behaviour import (
    HONEST,
    NAME_TRICKS,
    OBSTRUCTS,
    PLAYS_WITH_NOBODY,
    RETURNS,
    Behaviour,
)
from sim.world.cloaking import TRICKS
from sim.world.hosters import ALL


def test_every_behaviour_is_of_one_kind() -> None:
    """Honest, putting back, hiding, or simply keeping."""
    kinds = (HONEST, RETURNS, OBSTRUCTS, {Behaviour.NEVER})
    assert sum(len(kind) for kind in kinds) == len(Behaviour)
    assert frozenset().union(*kinds) == frozenset(Behaviour)


def test_whoever_has_a_trick_for_the_monitor_hides() -> None:
    """No honest hoster answers it otherwise than a visitor."""
    assert TRICKS.keys() <= OBSTRUCTS


def test_times_are_told_from_probes_where_nothing_happens_to_the_name() -> None:
    """Of the honest ones."""
    assert PLAYS_WITH_NOBODY < HONEST
    assert not PLAYS_WITH_NOBODY & NAME_TRICKS


def test_each_behaviour_has_a_hoster() -> None:
    """What nobody does, nothing would show."""
    assert {hoster.behaviour for hoster in ALL} == set(Behaviour)
