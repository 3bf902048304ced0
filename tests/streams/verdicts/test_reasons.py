"""Each reason of a verdict has one sentence of its own, for documents and reports."""

import re

import pytest

from streams.verdicts.reasons import WORDING, VerdictReason
from streams.verdicts.rules import AT_OLD_ADDRESS, RULES


def test_every_reason_has_its_own_words() -> None:
    """No two say the same, so that a reader can tell them apart."""
    assert WORDING.keys() == set(VerdictReason)
    assert len(set(WORDING.values())) == len(VerdictReason)


@pytest.mark.parametrize("reason", VerdictReason)
def test_the_words_are_short_sentences(reason: VerdictReason) -> None:
    """Each begins with a capital letter and ends with a full stop."""
    words = WORDING[reason]
    assert re.fullmatch(r"[A-Z].*[.]", words)
    assert all(len(one.split()) <= 28 for one in words.split(". "))


def test_every_reason_is_given_by_a_rule() -> None:
    """A word that no rule gives would stand on a page for nothing."""
    given = {rule.reason for rule in RULES} | {there.reason for there in AT_OLD_ADDRESS}
    assert given == set(VerdictReason)
