"""Laws of links and their journal."""

import stat
from pathlib import Path

import pytest

from agents.edges.hoster_web.links import Link, Links, created, links_of, read, revoked
from agents.errors import UserError
from schemas.identity.ids import KeyedHash

HASH = KeyedHash(b"a secret of sixteen bytes or more")
LINK = Link(id="0123456789abcdef", hoster="acme", made_at=10, made_by="anna", expires_at=100)


def test_a_link_opens_until_it_ends_or_is_taken_back(tmp_path: Path) -> None:
    """From the next reading of the journal on, which is kept and readable by its owner alone."""
    file = tmp_path / "state" / "links"
    token = created(file, HASH, LINK)
    links = Links(file, HASH)
    assert links.link(token, 99) == LINK
    assert links.link(token, 100) is None
    assert Links(file, KeyedHash(b"another ledger's secret, as long")).link(token, 99) is None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token not in file.read_text()
    revoked(file, LINK.id, "bram", 50)
    assert links.link(token, 99) is None
    (kept,) = links_of(read(file)).values()
    assert (kept.made_by, kept.revoked_by, kept.revoked_at) == ("anna", "bram", 50)
    with pytest.raises(UserError, match="was revoked before"):
        revoked(file, LINK.id, "bram", 60)
    with pytest.raises(UserError, match="there is no link"):
        revoked(file, "f" * 16, "bram", 60)


def test_a_journal_that_cannot_be_read_opens_nothing(tmp_path: Path) -> None:
    """Nobody gets in by what was known before, and the line is named."""
    file = tmp_path / "links"
    token = created(file, HASH, LINK)
    links = Links(file, HASH)
    assert links.link(token, 50) is not None
    with file.open("ab") as opened:
        opened.write(b"half a line")
    assert links.link(token, 50) is None
    with pytest.raises(UserError, match="line 2: not an event"):
        links_of(read(file))
    file.unlink()
    assert links.link(token, 50) is None
    assert read(file) == b""
