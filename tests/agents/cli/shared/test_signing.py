"""A reason is kept unsealed for ever, so it names no address."""

import pytest

from agents.cli.shared.signing import REASON_LENGTH_MAX, reason_of
from agents.errors import UserError


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x" * (REASON_LENGTH_MAX + 1),
        "see http://a.example/x",
        "see a.example/x.",
        "www.a-b",
        "asked by j.doe@court.example, today",
        "at 192.0.2.7",
        "at (2001:db8:0:0:0:1)",
        "the site material.example",
        "the site material.example?q=1",
        "the site материал.рф",
        "the picture /path/to/secret",
        "the picture a?id=12",
    ],
)
def test_a_reason_with_an_address_is_refused(text: str) -> None:
    """A URL, a mail address, a host or an IP address; and one that is empty or too long."""
    with pytest.raises(UserError, match="--reason") as refused:
        reason_of(text)
    assert len(text) < 3 or text.strip() not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "a court asks",
        "Order 2026-001234, art. 5.1 (appeal pending); see the letter of 9 March.",
        "Meegedeeld door de officier van justitie: dossier 12/345, 10:30 uur",
        "our own test, i.e. no material",
        "the desk / the court, and/or the police: 30% of 24/7",
    ],
)
def test_plain_words_are_taken(text: str) -> None:
    """Numbers of files, dates, times and abbreviations are no addresses."""
    assert reason_of(f" {text} ") == text
