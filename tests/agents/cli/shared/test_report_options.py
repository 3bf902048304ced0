"""The options of a report that are no figures: a mistake is one line."""

from pathlib import Path
from typing import Any

import pytest

from agents.cli.shared.report_options import Besides, country_of
from agents.errors import UserError

PLAIN: dict[str, Any] = {
    "lang": "en",
    "note": "",
    "embargo": None,
    "errata": None,
    "supersedes": None,
    "reason": None,
    "exposure": None,
    "shrink": True,
    "pdf": True,
}


def test_what_is_asked_for_is_said() -> None:
    """A language, an embargo, no shrunken estimates."""
    found = Besides(**PLAIN | {"lang": "nl", "embargo": "2026-05-01", "shrink": False}).context()
    assert (found.language, found.embargo, found.shrink) == ("nl", "2026-05-01", False)
    assert country_of("NL", "seat") == ("NL", "seat")
    assert country_of(None, "used") == ("", "used")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"note": "x" * 501}, "--note: at most"),
        ({"lang": "fr"}, "--lang: one of en, nl"),
        ({"embargo": "1 May"}, "--embargo: a date"),
        ({"supersedes": Path("x")}, "go together"),
        ({"reason": "so"}, "go together"),
        ({"supersedes": Path("x"), "reason": " "}, "--reason: 1 to"),
    ],
)
def test_a_mistake_is_named(options: dict[str, Any], said: str) -> None:
    """Before a broker is asked."""
    with pytest.raises(UserError, match=said):
        Besides(**PLAIN | options).context()


@pytest.mark.parametrize(
    ("country", "basis", "said"),
    [("Nederland", "used", "two capital"), ("NL", "registered", "not in the ledger")],
)
def test_a_country_and_its_basis(country: str, basis: str, said: str) -> None:
    """What the ledger does not hold is refused."""
    with pytest.raises(UserError, match=said):
        country_of(country, basis)
