"""What a dossier is made from: the records that a root covers, and no others."""

import pytest
from chain_records import log_of
from ledger_events import KEY, report

from agents.engine.stage import Received
from agents.errors import UserError
from agents.tools.dossier.read import ReadDossier
from schemas.chain.hour_log import ends_of
from schemas.codec import REPORTS_ENTRY
from schemas.moments import HOUR_MS
from schemas.topics import FACTS, REPORTS


def record(topic: str, offset: int, value: bytes = b"{}") -> Received:
    """Return a record of partition 0."""
    return Received(topic, 0, offset, 7, KEY.encode(), value)


def test_what_no_root_covers_is_left_out() -> None:
    """By the offset at which the roots of a partition end; a partition without one has nothing."""
    roots = log_of(3)
    found = ReadDossier(roots, ends_of(roots))
    assert found.as_of == 3 * HOUR_MS
    assert found.covers(record(FACTS.name, 8))
    assert not found.covers(record(FACTS.name, 9))
    assert not found.covers(record(REPORTS.name, 0))


def test_records_are_decoded_with_their_places_or_named_as_unreadable() -> None:
    """A record that cannot be read ends it in one line."""
    said, _ = report(0)
    found = ReadDossier([], {})
    found.by_url[KEY].append(record(REPORTS.name, 4, REPORTS_ENTRY.encode(said)))
    (one,) = found.quoted(KEY)
    assert (one.name, one.at, one.said) == ("reports.v1/0/4", 7, said)
    found.by_url[KEY].append(record(REPORTS.name, 5))
    with pytest.raises(UserError, match="cannot be read"):
        found.quoted(KEY)
