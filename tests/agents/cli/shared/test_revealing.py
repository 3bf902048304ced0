"""What a person has to give so that something sealed is opened."""

import pytest

from agents.cli.shared.revealing import authority
from agents.edges.crypto.person_key import PersonKey
from agents.errors import UserError


def test_a_reason_and_a_key_go_with_reveal_and_only_with_it(tmp_path) -> None:
    """Each alone is refused in one line; neither is nothing to open."""
    file = tmp_path / "anna.pem"
    key = PersonKey.create(file)
    assert authority(False, None, None) is None
    for given in (
        (False, "why", None),
        (False, None, file),
        (True, "why", None),
        (True, None, file),
    ):
        with pytest.raises(UserError, match="--reveal"):
            authority(*given)
    by = authority(True, " why ", file)
    assert by is not None
    assert (by.key.public_key, by.reason) == (key.public_key, "why")


def test_a_reason_holds_no_url(tmp_path) -> None:
    """It is kept unsealed for ever."""
    PersonKey.create(tmp_path / "anna.pem")
    with pytest.raises(UserError, match="no URL"):
        authority(True, "see http" + "://a.example/", tmp_path / "anna.pem")
