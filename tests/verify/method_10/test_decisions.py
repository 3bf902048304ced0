"""Laws of 12.6 and 12.8: which decisions hold, and about whose cases each is."""

import pytest
from histories import written
from ledger_events import KEY, decision

from schemas.closed_lists import Role
from schemas.identity.ids import case_id
from verify.ledger.records import UrlRecords, url_records
from verify.method_10.decisions import newest_about, reattributions, standing_decisions

ACME = case_id(KEY, "acme", Role.HOSTING, 0)


def told(*decisions) -> UrlRecords:
    """Return the records of a URL of which only decisions are known."""
    return url_records(KEY, written(list(decisions)))


def test_what_was_taken_back_does_not_hold():
    """The one about all cases and the one about this case stay."""
    found = told(
        decision(1),
        decision(2, case_id=ACME),
        decision(3, case_id="another"),
        decision(4, "revoke", revokes="d1exclude"),
    )
    assert [made.id for made in standing_decisions(found, "exclude", ACME)] == ["d2exclude"]


@pytest.mark.parametrize(
    ("first_name", "role", "id"),
    [
        ("acme", Role.HOSTING, "d7reattribute"),
        ("other", Role.HOSTING, "d5reattribute"),
        ("acme", Role.PROXY, None),
    ],
)
def test_the_newest_about_an_owner_s_cases_says_whose_they_are(first_name, role, id):
    """One that names a case is about the owner of that; one about all, about those that host."""
    found = told(
        decision(5, "reattribute", hoster="beta"),
        decision(7, "reattribute", hoster="gamma", case_id=ACME),
    )
    newest = newest_about(found, first_name, role)
    assert [made.id for made in reattributions(found)] == ["d7reattribute", "d5reattribute"]
    assert (newest and newest.id) == id
