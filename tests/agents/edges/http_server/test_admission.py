"""Laws of admission: caps in all and per address, and no crowd shuts the others out."""

from dataclasses import dataclass, field

import pytest

from agents.edges.http_server.admission import Admission, ConnectionRefusal, client_network


@dataclass(eq=False)
class Caller:
    """A connection that is counted, until it is ended."""

    admission: Admission
    place: str
    ended: bool = field(default=False, init=False)

    def end(self) -> None:
        """Be ended."""
        self.ended = True


def call(admission: Admission, place: str) -> Caller | None:
    """Connect; None = refused."""
    if not admission.admits(place):
        return None
    caller = Caller(admission, place)
    admission.entered(place, caller)
    return caller


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::9", "2001:0db8:0001:0002"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
    ],
)
def test_what_one_customer_has_counts_as_one_address(address, place):
    """An IPv4 address however it is written, and the /64 of an IPv6 address."""
    assert client_network(address) == place


def test_an_address_has_its_cap_and_gets_it_back():
    """One more than its cap is refused, and taken once another of it has left."""
    admission = Admission(100, 3)
    callers = [call(admission, "a") for _ in range(4)]
    assert callers[3] is None
    assert call(admission, "b")
    admission.left("a", callers[0])
    assert call(admission, "a")
    assert (len(admission), admission.refused) == (4, {ConnectionRefusal.ADDRESS: 1})


def test_a_full_house_is_shared():
    """A newcomer gets the oldest of who holds most, until nobody holds two more than it would."""
    admission = Admission(10, 100)
    crowd = [call(admission, "crowd") for _ in range(10)]
    assert call(admission, "crowd") is None
    newcomers = []
    for _ in range(5):
        newcomers.append(call(admission, "new"))
        for one in crowd[: len(newcomers)]:
            assert one.ended
        admission.left("crowd", crowd[len(newcomers) - 1])
    assert all(newcomers)
    assert call(admission, "new") is None
    assert [one.ended for one in crowd] == [True] * 5 + [False] * 5
    assert admission.refused == {ConnectionRefusal.ALL: 2, ConnectionRefusal.DISPLACED: 5}


def test_who_showed_a_key_keeps_its_place():
    """A connection that is known is not given to a newcomer; where all are, it is refused."""
    admission = Admission(4, 100)
    callers = [call(admission, "a") for _ in range(4)]
    for one in callers[:3]:
        admission.known("a", one)
    assert call(admission, "b") is None
    assert not any(one.ended for one in callers)


def test_one_that_was_given_away_is_not_chosen_again():
    """An end takes a moment: the next newcomer gets another's place."""
    admission = Admission(4, 100)
    callers = [call(admission, "a") for _ in range(4)]
    assert call(admission, "b")
    assert call(admission, "c")
    assert [one.ended for one in callers] == [True, True, False, False]


def test_all_that_leave_leave_nothing():
    """After any coming and going nothing is held of an address."""
    admission = Admission(50, 5)
    callers = [call(admission, f"{n % 20}") for n in range(200)]
    for one in callers:
        if one is not None:
            admission.left(one.place, one)
    assert (len(admission), admission._of, admission._strangers) == (0, {}, {})
