"""What an inbox says of the files that were handed in."""

from collections.abc import Mapping
from typing import Any

import pytest
from hotline_records import notice, report

from agents.engine.stage import Received
from agents.tools.importing.inbox import ImportedFiles
from schemas.codec import HOTLINE


def _record(partition: int, offset: int, headers: Mapping[str, str | None]) -> Received:
    said: Any = tuple(
        (name, None if text is None else text.encode(errors="surrogateescape"))
        for name, text in headers.items()
    )
    return Received("hotline.line.v1", partition, offset, 0, b"k", b"v", headers=said)


def test_the_last_place_of_each_partition_is_known() -> None:
    """By line and by part of it; records that no file brought are passed over."""
    inbox = ImportedFiles("hotline.line.v1", asked=frozenset({"a"}))
    inbox.add(_record(0, 0, {}))
    inbox.add(_record(0, 1, {"file": "a", "line": "2", "format": "scart"}))
    inbox.add(_record(0, 2, {"file": "a", "line": "2", "part": "1", "format": "scart"}))
    inbox.add(_record(1, 0, {"file": "a", "line": "1"}))
    inbox.add(_record(1, 1, {"file": "b", "line": "9"}))
    assert inbox.of("a").newest == {0: (2, 1), 1: (1, 0)}
    assert (inbox.of("a").records, inbox.of("b").records, inbox.of("c").records) == (3, 1, 0)
    assert inbox.origins() == {0: {1, 2}, 1: {0}}
    assert inbox.formats == {"scart", ""}


def test_notices_are_found_by_both_ids_of_their_mail() -> None:
    """One mail may be about several URLs; other records, torn and empty ones are passed over."""
    inbox = ImportedFiles("hotline.line.v1")
    first = notice("n1", message_id="<1@a.example>", envelope_id="e1")
    second = notice("n2", message_id="<1@a.example>")
    for record in (first, second, first, report("notice"), notice("n3")):
        inbox.add_notice(HOTLINE.encode(record))
    inbox.add_notice(b'{"type":"notice"')
    inbox.add_notice(None)
    assert inbox.noticed("<1@a.example>") == (first, second)
    assert inbox.noticed("e1") == (first,)
    assert inbox.noticed("<2@a.example>") == ()


@pytest.mark.parametrize(
    "headers",
    [
        {"file": "scan.pdf"},
        {"file": "a", "line": "first"},
        {"file": "a", "line": "1", "part": ""},
        {"file": "\udcff", "line": "1"},
        {"file": "a", "line": "1", "format": "\udcff"},
        {"file": None, "line": None},
    ],
)
def test_headers_of_the_hotline_s_own_are_passed_over(headers: dict[str, str | None]) -> None:
    """A hotline may write any headers; none of them keeps its files from being handed in."""
    inbox = ImportedFiles("hotline.line.v1", asked=frozenset({"a"}))
    inbox.add(_record(0, 0, headers))
    assert (inbox.of("a").records, inbox.origins(), inbox.formats) == (0, {}, set())
