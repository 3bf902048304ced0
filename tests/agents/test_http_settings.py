"""Laws of the settings of HTTP servers: what goes together, and older names."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from agents.http_settings import HosterPageSettings, IntakeSettings, WebSettings


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cert_file": Path("c")}, "cert_file and key_file go together"),
        ({"port": 9466}, "port needs links_file"),
        ({"public_url": "ftp://x"}, "public_url"),
        ({"prot": 1}, "prot"),
    ],
)
def test_a_mistake_is_named(given, said):
    """Nothing is served by half of what it needs; without a port nothing is served."""
    with pytest.raises(ValidationError, match=said):
        HosterPageSettings(**given)
    assert HosterPageSettings().port is None


@pytest.mark.parametrize(
    ("section", "name", "old_name"),
    [
        (WebSettings, "hosters_shown_max", "hosters_named_max"),
        (IntakeSettings, "connections_per_hotline_max", "connections_per_key_max"),
        (IntakeSettings, "feedback_index_records_max", "told_records_max"),
    ],
)
def test_a_setting_is_taken_under_its_old_name_too(section, name: str, old_name: str) -> None:
    """For one release, and never under both: nobody can say which of the two would hold."""
    value = getattr(section(), name) - 1
    assert getattr(section(**{old_name: value}), name) == value
    assert getattr(section(**{name: value}), name) == value
    with pytest.raises(ValidationError, match=old_name):
        section(**{name: value, old_name: value})
