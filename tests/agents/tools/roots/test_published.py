"""The file of roots for people outside."""

import pytest
from chain_records import log_of

from agents.edges.crypto.person_key import genuine
from agents.errors import UserError
from agents.tools.roots.published import publish, read_published
from schemas.chain.hour_log import objection

LOG = log_of(6)


def test_a_file_grows_and_what_stands_in_it_stays(tmp_path) -> None:
    """A line that a killed run left half is completed; one that differs is left as it is."""
    file = tmp_path / "roots.ndjson"
    assert publish(file, LOG[:2]) == 2
    whole = file.read_bytes()
    assert publish(file, LOG[:2]) == 0
    assert file.read_bytes() == whole
    assert publish(file, LOG[:4]) == 2
    file.write_bytes(file.read_bytes()[:-50])
    assert publish(file, LOG) == 3
    assert read_published(file) == LOG
    file.write_bytes(file.read_bytes().replace(b'"size":3', b'"size":4', 1))
    before = file.read_bytes()
    with pytest.raises(UserError, match="not the ledger's"):
        publish(file, LOG)
    assert file.read_bytes() == before
    assert "root 1 is not" in (objection(read_published(file), genuine) or "")
    file.write_bytes(b"{}")
    with pytest.raises(UserError, match="no root"):
        read_published(file)
