"""Laws of the settings of hosters' own pages."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from agents.page_settings import HosterPageSettings


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
