"""What hosters and owners are called in a publication."""

from hashlib import sha256

from reported import DAY, case

from streams.report.cohort import Cohort
from streams.report.published_names import renamed

COHORT = Cohort(0, 10 * DAY, 86_400)
NAMES = {"acme": "acme", "brand": "brand", "small": "hoster-1", "tiny": "hoster-2", "solo": "solo"}


def hashed(purpose: str, text: str) -> str:
    """Stand for a keyed hash."""
    return sha256(f"{purpose}/{text}".encode()).hexdigest()


def test_an_owner_does_not_tell_who_stands_behind_a_pseudonym() -> None:
    """Its judged hosters share an owner, the others another one; other owners stay as they are."""
    owners = {"acme": "one", "brand": "one", "small": "one", "tiny": "one", "solo": "two"}
    cases = [case(1, hoster=name, group=owners[name]) for name in NAMES]
    found = {one.hoster: one.group for one in renamed(cases, NAMES, COHORT, hashed)}
    assert found["acme"] == found["brand"] == "one"
    assert found["hoster-1"] == found["hoster-2"]
    assert found["hoster-1"].startswith("group-")
    assert found["solo"] == "two"


def test_owners_of_a_kind_keep_their_name() -> None:
    """Where all or none of its hosters are judged nobody can be told by the others."""
    cases = [case(1, hoster=name, group="one") for name in ("acme", "brand")]
    cases += [case(1, hoster=name, group="two") for name in ("small", "tiny")]
    assert [one.group for one in renamed(cases, NAMES, COHORT, hashed)] == ["one"] * 2 + ["two"] * 2


def test_who_had_it_next_has_a_name_of_the_publication_too() -> None:
    """Also where that hoster has no case of the period."""
    cases = [
        case(1, hoster="acme", moved_to="small"),
        case(2, hoster="acme", moved_to="elsewhere"),
        case(3, hoster="acme"),
        case(4, hoster="small"),
    ]
    found = {one.case: one.moved_to for one in renamed(cases, NAMES, COHORT, hashed)}
    assert found["acme-1"] == "hoster-1"
    assert found["acme-2"].startswith("hoster-")
    assert found["acme-3"] == ""
    assert list(found) == sorted(found)
